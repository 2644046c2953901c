"""A running turn takes further messages until its first words are shown; channels may wait a little.

`messages` counts what belongs to the turn and `joinable` says whether more may come, both in the
queue row, so that one locked row decides. `not_before` is a debounce that outlives its process.
"""

from alembic import op

revision = "0010"
down_revision = "0012"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS = {
    "turn_queue": "tenant_id, turn_id, conversation_id, seq, state, lease_expires_at, created_at, "
    "not_before"
}


def upgrade() -> None:
    op.execute(
        """
        alter table turn_queue add column messages int not null default 1;
        alter table turn_queue add column joinable boolean not null default true;
        alter table turn_queue add column not_before timestamptz;
        update turn_queue q
           set messages = greatest(1, (select count(*) from messages m
                                        where m.tenant_id = q.tenant_id and m.turn_id = q.turn_id)),
               joinable = q.state = 'queued';
        grant select (not_before) on turn_queue to frontdesk_router;
        """
    )
