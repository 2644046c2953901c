"""The settings that a fork tries instead of its assistant's own; null where it tries none."""

from alembic import op

revision = "0055"
down_revision = "0051"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute("alter table conversations add column forked_settings jsonb")
