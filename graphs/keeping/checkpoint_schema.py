"""LangGraph's tables, with a tenant on every row.

The saver's statements do not know of tenants: the column's default takes the tenant from the
connection's setting, and row-level security shows no other tenant's rows.
"""

import psycopg
from langgraph.checkpoint.postgres import PostgresSaver
from psycopg import sql
from psycopg.rows import DictRow, dict_row

CHECKPOINT_TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")


def install_schema(owner_url: str) -> None:
    """LangGraph's own set-up, then the tenants' column and policies; a repeat changes nothing.

    Run it under the migrations' lock: two set-ups at once fail on a fresh database.
    """
    with psycopg.Connection[DictRow].connect(
        owner_url, autocommit=True, prepare_threshold=None, row_factory=dict_row
    ) as conn:
        conn.execute("set client_min_messages = warning")
        _drop_broken_indexes(conn)
        PostgresSaver(conn).setup()
        with conn.transaction():
            for table in CHECKPOINT_TABLES:
                _add_tenant(conn, table)
            conn.execute("grant select on checkpoint_migrations to frontdesk_app")


def _drop_broken_indexes(conn: psycopg.Connection[DictRow]) -> None:
    """A set-up killed inside `create index concurrently` leaves an index that nobody uses."""
    broken = conn.execute(
        """
        select indexrelid::regclass::text as name
          from pg_index
         where not indisvalid
           and indrelid = any(select to_regclass(t) from unnest(%(tables)s::text[]) as t)
        """,
        {"tables": list(CHECKPOINT_TABLES)},
    ).fetchall()
    for index in broken:
        conn.execute(sql.SQL("drop index {}").format(sql.SQL(str(index["name"]))))  # pyright: ignore[reportArgumentType]  # quoted by regclass


def _add_tenant(conn: psycopg.Connection[DictRow], table: str) -> None:
    present = conn.execute(
        """
        select 1
          from pg_attribute
         where attrelid = to_regclass(%(table)s)
           and attname = 'tenant_id'
           and not attisdropped
        """,
        {"table": table},
    ).fetchone()
    if present is not None:
        return
    conn.execute(
        sql.SQL(
            """
            alter table {table} add column tenant_id uuid not null
                default nullif(current_setting('app.tenant_id', true), '')::uuid;
            alter table {table} enable row level security;
            alter table {table} force row level security;
            create policy tenant on {table}
                using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
                with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
            grant select, insert, update, delete on {table} to frontdesk_app;
            """
        ).format(table=sql.Identifier(table))
    )
