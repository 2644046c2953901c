"""Whose a handoff is, before anybody claims it, and by when it should be answered."""

from alembic import op

from tenants.migrations.row_security import isolate, let_router_read

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

TENANT_TABLES = ("teams", "service_targets")
ROUTING_COLUMNS = {
    "handoffs": "tenant_id, handoff_id, status, replied_at, reply_due_at, reply_overdue_at, "
    "resolve_due_at, resolve_overdue_at"
}


def upgrade() -> None:
    op.execute(
        """
        create table teams (
            tenant_id  uuid not null,
            team_id    uuid not null,
            name       text not null,
            member_ids uuid[] not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, team_id)
        );
        create unique index teams_by_name on teams (tenant_id, lower(name));

        create table service_targets (
            tenant_id           uuid primary key,
            first_reply_seconds integer,
            resolution_seconds  integer,
            updated_at          timestamptz not null default now()
        );

        alter table handoffs
            add column assignee_id        uuid,
            add column team_id            uuid,
            add column assigned_at        timestamptz,
            add column replied_at         timestamptz,
            add column reply_due_at       timestamptz,
            add column reply_overdue_at   timestamptz,
            add column resolve_due_at     timestamptz,
            add column resolve_overdue_at timestamptz;
        create index handoffs_due on handoffs (least(reply_due_at, resolve_due_at))
            where status <> 'resolved';
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    for table, columns in ROUTING_COLUMNS.items():
        let_router_read(table, columns)
