"""What was learnt from an assistant's intent labels is stored, so that it is learnt once.

Every process reads it beside the examples; `learnt_model` is the embedding model of its vectors. An
example may stand without a vector until the head is trained.
"""

from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

TENANT_TABLES = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        alter table intent_label_heads
            add column learnt_revision int,
            add column learnt_model text,
            add column learnt bytea;
        """
    )
