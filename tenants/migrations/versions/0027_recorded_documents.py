"""Recordings say whose passages they hold, so that they go when one of the documents is erased."""

from alembic import op

revision = "0027"
down_revision = "0024"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        alter table turn_recordings
            add column document_ids uuid[] not null default '{}';
        create index turn_recordings_documents on turn_recordings using gin (document_ids);
        """
    )
