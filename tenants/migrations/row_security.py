"""What every revision does to a table with a tenant's data: isolate it, name what the router reads."""

from alembic import op


def isolate(table: str) -> None:
    """Row-level security, enabled and forced, with the one policy; the app may read and write."""
    op.execute(
        f"""
        alter table {table} enable row level security;
        alter table {table} force row level security;
        create policy tenant on {table}
            using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
            with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
        grant select, insert, update, delete on {table} to frontdesk_app;
        """
    )


def let_router_read(table: str, columns: str) -> None:
    """Let the router see these columns (ids, hashes, times, counts) of every tenant."""
    op.execute(
        f"""
        create policy router on {table} for select to frontdesk_router using (true);
        grant select ({columns}) on {table} to frontdesk_router;
        """
    )
