"""What a conversation came to, and what led there.

A conversation that nobody writes in any more is settled: the periodic work finds it by its time,
which is all that the router sees of it. A turn keeps which rule fired, what went wrong and was
mended on the way (`recoveries`), and of a question that we asked back whether it was worth asking.
An operator may say until when they are there; null means that it was never said.
"""

from alembic import op

from tenants.migrations.row_security import let_router_read

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {
    "conversations": "tenant_id, conversation_id, settle_at",
}


def upgrade() -> None:
    op.execute(
        """
        alter table turns
            add column recoveries text[] not null default '{}',
            add column rule text,
            add column clarification_helped boolean;
        alter table conversations add column settle_at timestamptz;
        create index conversations_settle on conversations (settle_at)
            where settle_at is not null;
        alter table conversation_outcomes
            add column recoveries jsonb not null default '{}';
        alter table operators add column available_until timestamptz;
        """
    )
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
