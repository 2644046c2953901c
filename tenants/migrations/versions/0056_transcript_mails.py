"""Mails in the outbox are counted by the day: how many of a conversation, to an address, of a tenant."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute("create index outbox_mails on outbox (tenant_id, created_at) where kind = 'mail'")
