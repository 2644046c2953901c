"""Recorded turns that can be replayed, forks that say where they began, idle conversations pruned.

A recording holds what models and tools gave to one turn, so that its nodes can be run again without
them. It has a `turn_id` and no more keys: erasing a conversation takes it along.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TENANT_TABLES = ("turn_recordings", "tenant_features")
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table turn_recordings (
            tenant_id  uuid not null,
            turn_id    uuid not null,
            content    bytea not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, turn_id)
        );

        -- a tenant's own value of a feature, for a share of its conversations
        create table tenant_features (
            tenant_id  uuid not null,
            feature    text not null,
            value      text not null,
            percent    int not null check (percent between 0 and 100),
            updated_at timestamptz not null default now(),
            primary key (tenant_id, feature)
        );

        alter table tenants
            add column prune_after_days int check (prune_after_days between 1 and 3650);

        alter table conversations
            add column pruned_at      timestamptz,
            add column forked_turn_id uuid,
            add column forked_step    int;
        create index conversations_unpruned on conversations (tenant_id, last_active_at)
            where pruned_at is null or pruned_at < last_active_at;
        create index conversations_forks on conversations (tenant_id, forked_from)
            where forked_from is not null;
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
