"""Since when what is sealed under a data key is sealed for its row: at once where nothing is sealed yet,
else a day from now, as servers of the release before run on for a while and could not read it.
"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

TENANT_TABLES: tuple[str, ...] = ()
ROUTING_COLUMNS: dict[str, str] = {}


BIND = """
alter table data_keys no force row level security;
do $$
declare
    binds_from timestamptz := '2000-01-01 00:00:00+00';
begin
    if exists (select 1 from data_keys) then
        binds_from := now() + interval '1 day';
    end if;
    execute format('alter table data_keys add column binds_from timestamptz not null default %L',
                   binds_from);
end $$;
alter table data_keys force row level security;
"""


def upgrade() -> None:
    op.execute(BIND)
