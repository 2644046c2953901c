"""The audit log: who did what, in one chain a tenant that can be added to and not changed.

The app may read and insert, nothing else. Erasing a whole tenant takes its log too: by a function of
the owner's that does nothing unless the tenant is being erased.
"""

from alembic import op

from tenants.migrations.row_security import isolate

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TENANT_TABLES = ("audit_log",)
ROUTING_COLUMNS: dict[str, str] = {}


def upgrade() -> None:
    op.execute(
        """
        create table audit_log (
            tenant_id  uuid not null,
            seq        bigint not null,
            at         timestamptz not null,
            actor_kind text not null,
            actor_id   text not null,
            action     text not null,
            subject    text not null,
            address    text not null,
            browser    text not null,
            content    bytea not null,
            hash       bytea not null,
            primary key (tenant_id, seq)
        );
        create index audit_log_actor on audit_log (tenant_id, actor_id, seq);
        create index audit_log_subject on audit_log (tenant_id, subject, seq);
        """
    )
    for table in TENANT_TABLES:
        isolate(table)
    op.execute(
        """
        revoke update, delete on audit_log from frontdesk_app;

        create function erase_audit_log() returns bigint
            language sql security definer set search_path = pg_catalog, public
        as $$
            with gone as (
                delete from public.audit_log
                 where tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
                   and exists (select 1
                                 from public.tenants t
                                where t.tenant_id = audit_log.tenant_id
                                  and t.status = 'erasing')
                returning 1)
            select count(*) from gone
        $$;
        revoke all on function erase_audit_log() from public;
        grant execute on function erase_audit_log() to frontdesk_app;
        """
    )
