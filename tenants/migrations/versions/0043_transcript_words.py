"""Transcripts that can be searched though their text is sealed: keyed hashes of words, by conversation.

`words_seq` says up to which message a conversation's words are there; what lies behind (older rows,
forks, messages of an older release) is made up for in the background.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TENANT_TABLES = ("transcript_words",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table transcript_words (
            tenant_id       uuid not null,
            word_hash       bigint not null,
            conversation_id uuid not null,
            primary key (tenant_id, word_hash, conversation_id)
        );
        create index transcript_words_conversation on transcript_words (tenant_id, conversation_id);

        alter table conversations add column words_seq int not null default 0;
        create index conversations_unworded on conversations (tenant_id)
            where words_seq < last_message_seq;
        """
    )
    isolate("transcript_words")
