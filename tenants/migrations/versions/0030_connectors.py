"""Services of a tenant's own that its assistants may ask: how they are called, and a sealed secret."""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0030"
down_revision = "0033"
branch_labels = None
depends_on = None

TENANT_TABLES = ("connectors",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table connectors (
            tenant_id    uuid not null,
            connector_id uuid not null,
            kind         text not null check (kind in ('http', 'openapi', 'mcp')),
            name         text not null,
            settings     jsonb not null,
            secret       bytea,
            position     int not null default 0,
            disabled_at  timestamptz,
            actor_kind   text not null,
            actor_id     text not null,
            created_at   timestamptz not null default now(),
            updated_at   timestamptz not null default now(),
            primary key (tenant_id, connector_id)
        );
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
