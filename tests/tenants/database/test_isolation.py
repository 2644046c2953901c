"""Take one guard of the database away, and the server says which one and does not start."""

import psycopg
import pytest

from tenants.database.isolation import faults_of
from tests.databases import Database

# What somebody may do to a database, and what the server then says.
BROKEN = {
    "alter table messages disable row level security": "row-level security is not forced on messages",
    "alter table checkpoints no force row level security": (
        "row-level security is not forced on checkpoints"
    ),
    "drop policy tenant on turns": "turns has no policy",
    "create policy all_rows on turns using (true)": "the policy all_rows of turns is not the tenant's",
    "create policy look on turns for select to frontdesk_app using (true)": (
        "the policy look of turns is not the tenant's"
    ),
    "alter policy tenant on turns using (true) with check (true)": (
        "the policy tenant of turns is not the tenant's"
    ),
    "alter policy tenant on turns with check (true)": (
        "the policy tenant of turns is not the tenant's"
    ),
    "create table loose_words (word text)": "loose_words has no tenant_id",
    "create view loose_view as select * from messages": (
        "the view loose_view looks with the rights of its owner"
    ),
    "create materialized view loose_view as select * from messages": (
        "the view loose_view looks with the rights of its owner"
    ),
    "create function loose_look() returns bigint language sql security definer "
    "as 'select count(*) from messages'": "the function loose_look runs with the rights of its owner",
    "grant select on messages to frontdesk_router": (
        "the router may do more with messages than read its columns"
    ),
    "grant update (slug) on tenants to frontdesk_router": (
        "the router may do more with tenants than read its columns"
    ),
    "grant pg_read_all_data to frontdesk_app": (
        "the role frontdesk_app may act as pg_read_all_data"
    ),
    "alter table messages owner to frontdesk_app": "the role frontdesk_app owns 1 tables",
    "alter role frontdesk_app bypassrls": "the role frontdesk_app may bypass row-level security",
    "alter role frontdesk_app superuser": "the role frontdesk_app is a superuser",
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_guard_that_is_gone_is_named(database: Database, broken: str) -> None:
    async with await psycopg.AsyncConnection.connect(database.superuser) as conn:
        await conn.execute(broken.encode())
        await conn.execute("set local role frontdesk_app")
        assert BROKEN[broken] in await faults_of(conn)
        await conn.rollback()


async def test_with_every_guard_in_place_nothing_is_said(database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(database.superuser) as conn:
        await conn.execute("set local role frontdesk_app")
        assert await faults_of(conn) == []
