"""Receipts of erasures, how long a tenant keeps things, and consent as it was given."""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TENANT_TABLES = ("erasures",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        -- What was erased, how much, when and by whom. `subject_id` leads nowhere any more.
        create table erasures (
            tenant_id   uuid not null,
            erasure_id  uuid not null,
            subject     text not null check (subject in ('conversation', 'contact', 'tenant')),
            subject_id  uuid not null,
            actor_kind  text not null,
            actor_id    text not null,
            n_rows      jsonb not null default '{}',
            started_at  timestamptz not null default now(),
            finished_at timestamptz,
            primary key (tenant_id, erasure_id)
        );

        alter table tenants
            add column message_days int check (message_days between 1 and 36500),
            add column log_days int check (log_days between 1 and 36500),
            add column file_days int check (file_days between 1 and 36500);
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    op.execute("revoke delete on erasures from frontdesk_app")
