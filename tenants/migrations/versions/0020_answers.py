"""How many written sentences of a turn were not shown, and which revision an assistant went back to.

`withheld_sentences` counts what a model wrote and no passage says. `restored_from` names the
revision whose settings a later one brought back; both are ordinary revisions.
"""

from alembic import op

revision = "0020"
down_revision = "0013"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        alter table turns add column withheld_sentences int;
        alter table assistant_revisions add column restored_from int;
        """
    )
