"""Sources that knowledge is kept in step with: pages, sitemaps, crawls, named imports."""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute("select 1")
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
