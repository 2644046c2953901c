"""What contacts think is read, and erased, by conversation."""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute("create index feedback_conversation on feedback (tenant_id, conversation_id)")
