"""The hosts of single pages, which a reply may link to, are found without reading other documents."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create index documents_pages on documents (tenant_id, knowledge_base_id)
            where kind = 'url' and source_id is null and v_to = 2147483647
        """
    )
