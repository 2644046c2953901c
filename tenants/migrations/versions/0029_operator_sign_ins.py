"""Links that sign an operator in once: the spent ones, so that none is good twice."""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

TENANT_TABLES = ("operator_sign_ins",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table operator_sign_ins (
            tenant_id   uuid not null,
            link_id     uuid not null,
            operator_id uuid not null,
            signed_in_at timestamptz not null default now(),
            primary key (tenant_id, link_id)
        );
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
