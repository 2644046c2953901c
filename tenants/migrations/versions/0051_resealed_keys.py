"""Which old data keys nothing is sealed under any more, so that nobody looks for it again."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute("alter table data_keys add column resealed_at timestamptz")
