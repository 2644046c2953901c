"""Facts that contacts tell of themselves, each with the turn it came from, each forgotten alone.

What is forgotten loses its words and keeps the ids of the messages that said it, so that the
conversation's memory of them is cleared too.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TENANT_TABLES = ("facts",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table facts (
            tenant_id       uuid not null,
            fact_id         uuid not null,
            contact_id      uuid not null,
            conversation_id uuid not null,
            turn_id         uuid not null,
            kind            text not null,
            told            bytea,
            message_ids     uuid[] not null default '{}',
            created_at      timestamptz not null default now(),
            forgotten_at    timestamptz,
            primary key (tenant_id, fact_id),
            check ((told is null) = (forgotten_at is not null))
        );
        create index facts_contact on facts (tenant_id, contact_id, fact_id);
        create index facts_conversation on facts (tenant_id, conversation_id);
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
