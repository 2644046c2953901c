"""How many messages a turn has is read for all turns of a process together."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {
    "turn_queue": "tenant_id, turn_id, conversation_id, seq, state, lease_expires_at, created_at, "
    "not_before, messages"
}


def upgrade() -> None:
    op.execute("grant select (messages) on turn_queue to frontdesk_router")
