"""After a key was renewed everything under its old version is sealed anew, beside those who write."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from server.working import resealing as rounds
from server.working.job_kinds import PERIODIC
from tenants.database.connection import Pool, tenant_transaction
from tenants.database.desk_connection import keys_of
from tenants.keys import codec, data_keys, key_rotation, resealing
from tenants.keys.keyring import CURRENT_SECONDS, SEALED, new_key
from tenants.keys.resealing import OldKey, Place
from tenants.running import turns
from tenants.working import jobs
from tests.databases import Database, keyring_of_tests
from tests.seeds import Seeded, seed_tenant

INPUT = Place("jobs", "input", ("job_id",))
LATER = timedelta(seconds=3 * CURRENT_SECONDS)


async def some_jobs(pool: Pool, tenant_id: UUID, n: int) -> list[UUID]:
    """Rows that belong to no contact: they are sealed under the tenant's own key."""
    async with tenant_transaction(pool, tenant_id) as conn:
        return [await jobs.create(conn, "import", total=1, given={"n": i}) for i in range(n)]


async def inputs(pool: Pool, tenant_id: UUID) -> list[int]:
    async with tenant_transaction(pool, tenant_id) as conn:
        cursor = await conn.execute(
            "select input, job_id from jobs where tenant_id = %(tenant_id)s"
        )
        return sorted(codec.decode(i, jobs.INPUT, own)["n"] for i, own in await cursor.fetchall())


async def renewed(pool: Pool, tenant_id: UUID) -> list[OldKey]:
    """The tenant's own key has a new version; the old ones."""
    async with tenant_transaction(pool, tenant_id) as conn:
        await key_rotation.renew(conn, keyring_of_tests().master)
        return await resealing.old_keys(conn)


def stored(database: Database, table: str, column: str, tenant_id: UUID) -> list[bytes]:
    """What lies in the database, as it lies there."""
    with psycopg.connect(database.superuser) as conn:
        rows: list[Any] = conn.execute(
            f"select {column} from {table} where tenant_id = %s order by 1".encode(), [tenant_id]
        ).fetchall()
    return [bytes(row[0]) for row in rows if row[0] is not None]


def under(values: list[bytes]) -> set[UUID]:
    """The ids of the keys that sealed these."""
    heads = [one[len(SEALED) + 1 + one[len(SEALED)] :][:16] for one in values]
    assert all(one.startswith(SEALED) for one in values)
    return {UUID(bytes=head) for head in heads}


async def test_everything_under_the_old_version_is_sealed_anew_and_reads_the_same(
    pool: Pool, database: Database, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    await some_jobs(pool, seeded.tenant_id, 7)
    await some_jobs(pool, neighbour.tenant_id, 2)
    theirs = stored(database, "jobs", "input", neighbour.tenant_id)
    profile = stored(database, "contacts", "profile", seeded.tenant_id)
    [old] = await renewed(pool, seeded.tenant_id)
    assert under(stored(database, "jobs", "input", seeded.tenant_id)) == {old.key_id}
    assert await rounds.left(pool, seeded.tenant_id) == 7
    told: list[tuple[str, int]] = []
    await rounds.reseal_tenant(
        pool, seeded.tenant_id, on_slice=lambda table, n: told.append((table, n))
    )
    assert ("jobs", 7) in told
    assert await rounds.left(pool, seeded.tenant_id) == 0
    assert old.key_id not in under(stored(database, "jobs", "input", seeded.tenant_id))
    assert await inputs(pool, seeded.tenant_id) == list(range(7))
    assert stored(database, "contacts", "profile", seeded.tenant_id) == profile, "under another key"
    assert stored(database, "jobs", "input", neighbour.tenant_id) == theirs


async def test_it_goes_on_where_it_was_left(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    await some_jobs(pool, seeded.tenant_id, 7)
    keys = await renewed(pool, seeded.tenant_id)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await resealing.reseal_slice(conn, INPUT, keys, limit=3) == 3
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await resealing.count_left(conn, INPUT, keys) == 4
    keys = await renewed(pool, seeded.tenant_id)  # a third version, in the middle of it
    assert len(keys) == 2
    assert await rounds.left(pool, seeded.tenant_id) == 7
    await rounds.reseal_tenant(pool, seeded.tenant_id)
    assert len(under(stored(database, "jobs", "input", seeded.tenant_id))) == 1
    assert await inputs(pool, seeded.tenant_id) == list(range(7))


async def test_all_tenants_are_gone_through_past_one_whose_keys_are_lost(
    pool: Pool, database: Database
) -> None:
    lost, seeded = await seed_tenant(pool, "Lost"), await seed_tenant(pool)
    for one in (lost, seeded):
        await some_jobs(pool, one.tenant_id, 2)
        await renewed(pool, one.tenant_id)
    with psycopg.connect(database.superuser) as conn:
        conn.execute(
            "update data_keys set wrapped = sha256('x') || sha256('y') where tenant_id = %s and version = 2",
            [lost.tenant_id],
        )
    assert await rounds.reseal_all(pool) >= 2
    assert await rounds.left(pool, seeded.tenant_id) == 0
    assert await rounds.left(pool, lost.tenant_id) == 2


async def test_a_row_that_somebody_writes_is_left_for_another_time(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first, *_ = await some_jobs(pool, seeded.tenant_id, 3)
    keys = await renewed(pool, seeded.tenant_id)
    async with tenant_transaction(pool, seeded.tenant_id) as writing:
        await writing.execute(
            "update jobs set phase = 'x' where tenant_id = %(tenant_id)s and job_id = %(job_id)s",
            {"job_id": first},
        )
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            assert await resealing.reseal_slice(conn, INPUT, keys) == 2
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await resealing.reseal_slice(conn, INPUT, keys) == 1


async def test_whoever_writes_and_reads_meanwhile_notices_nothing(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    await some_jobs(pool, seeded.tenant_id, 60)
    going = True

    async def writer() -> int:
        written = 0
        while going or written < 5:
            await some_jobs(pool, seeded.tenant_id, 1)
            assert len(await inputs(pool, seeded.tenant_id)) >= 60
            written += 1
        return written

    people = [asyncio.create_task(writer()) for _ in range(3)]
    try:
        await renewed(pool, seeded.tenant_id)
        await rounds.reseal_tenant(pool, seeded.tenant_id)
    finally:
        going = False
    written = sum(await asyncio.gather(*people))
    assert len(await inputs(pool, seeded.tenant_id)) == 60 + written
    await rounds.reseal_tenant(
        pool, seeded.tenant_id
    )  # what a process wrote under the version that it still knew
    assert len(under(stored(database, "jobs", "input", seeded.tenant_id))) == 1


async def test_a_contacts_new_version_takes_over_all_their_words(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turns.accept(
            conn,
            seeded.conversation_id,
            blocks=[{"type": "text", "text": "Hello"}],
            author=seeded.contact,
        )
        newest = await data_keys.newest(conn.raw, seeded.tenant_id, seeded.contact_id)
        master = keyring_of_tests().master
        made = await new_key(master, seeded.tenant_id, seeded.contact_id, version=2)
        await data_keys.add(conn.raw, seeded.tenant_id, made)
    assert newest is not None
    await rounds.reseal_tenant(pool, seeded.tenant_id)
    for table, column in (("messages", "content"), ("events", "data"), ("contacts", "profile")):
        assert under(stored(database, table, column, seeded.tenant_id)) == {made.key_id}, table


async def test_what_is_done_is_not_looked_for_again_once_every_process_knows(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await some_jobs(pool, seeded.tenant_id, 2)
    await renewed(pool, seeded.tenant_id)

    async def are_done() -> bool:
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            found = await resealing.old_keys(conn)
        return all(one.resealed_at is not None for one in found)

    await rounds.reseal_tenant(pool, seeded.tenant_id)
    assert not await are_done(), "a server may write under the old one for an hour"
    await rounds.reseal_tenant(pool, seeded.tenant_id, now=datetime.now(UTC) + LATER)
    assert await are_done()


async def test_every_sealed_column_is_gone_through(pool: Pool, database: Database) -> None:
    """Whatever lies sealed in any table of this run's database is in a place that is resealed."""
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        known = {(one.table, one.column) for one in await resealing.places(conn)}
        assert keys_of(conn.raw) is not None
    with psycopg.connect(database.superuser) as conn:
        columns = conn.execute(
            """
            select c.relname, a.attname
              from pg_class c
              join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                                 and a.atttypid = 'bytea'::regtype
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            """
        ).fetchall()
        holding = {
            (table, column)
            for table, column in columns
            if conn.execute(
                f"select 1 from {table} where substring({column} from 1 for 3) = %s limit 1".encode(),
                [SEALED],
            ).fetchone()
        }
    assert holding and holding <= known
    assert {("messages", "content"), ("handoffs", "resolution"), ("outbox", "payload")} <= known
    assert {("checkpoint_blobs", "blob"), ("checkpoint_writes", "blob")} <= known


def test_server_and_worker_reseal_by_themselves() -> None:
    assert PERIODIC["resealing"] == (rounds.EVERY_SECONDS, rounds.reseal_due)
