"""Connectors know what their service can be asked, what was chosen of it, and what changed since."""

from alembic import op

revision = "0045"
down_revision = "0035"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        alter table connectors
            add column operations   jsonb not null default '[]',
            add column looked_at    timestamptz,
            add column document_url text,
            add column chosen       jsonb not null default '[]',
            add column suspended    jsonb not null default '{}';
        """
    )
