"""The vector of a pair's own question, without its answer, beside the pair's text.

So a contact's question is compared with what pairs ask in the statement that finds them, and nothing
but that question is embedded in a turn. It counts in the space it was made in: after a change of the
embedding model, or where an older release wrote the pair, it is made when first needed.
"""

from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        alter table chunk_texts
            add column question_emb halfvec,
            add column question_space smallint,
            add column question_hash uuid;
        create index chunk_texts_question on chunk_texts (tenant_id, question_hash)
         where question_hash is not null;
        """
    )
