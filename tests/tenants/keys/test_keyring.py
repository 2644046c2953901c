"""What people say is sealed under keys of their own, and opens for nobody else."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tenants.database.connection import Pool, TenantConnection, make_pool, tenant_transaction
from tenants.errors import Unavailable
from tenants.ids import new_id
from tenants.keeping import conversation_erasing
from tenants.keys import codec
from tenants.keys.keyring import SEALED, Keyring
from tenants.keys.master_keys import LocalMasterKeys
from tenants.people import contacts
from tenants.people.contacts import PROFILE
from tenants.transcripts import messages
from tenants.transcripts.blocks import text_block
from tenants.transcripts.messages import Message, NewMessage
from tests.at_rest import dumped, found_in
from tests.databases import MASTER_KEY, Database, keyring_of_tests
from tests.seeds import Seeded, seed_tenant

SAID = "My parcel for Quillfeather-88 is lost."


async def say(conn: TenantConnection, seeded: Seeded, text: str = SAID) -> Message:
    return await messages.insert(
        conn,
        NewMessage(seeded.conversation_id, "api", "in", "contact", None, [text_block(text)]),
    )


@pytest.fixture
async def other(database: Database) -> AsyncIterator[Pool]:
    """Another process over the same database."""
    async with make_pool(
        database.app, min_size=1, max_size=2, timeout_seconds=20, keys=keyring_of_tests()
    ) as pool:
        yield pool


async def stored(pool: Pool, database: Database, seeded: Seeded) -> bytes:
    with psycopg.connect(database.superuser) as conn:
        row = conn.execute(
            "select content from messages where tenant_id = %s", [seeded.tenant_id]
        ).fetchone()
    assert row is not None
    return row[0]


async def test_what_is_said_is_read_by_every_process_and_by_nobody_from_the_files(
    pool: Pool, other: Pool, database: Database, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await say(conn, seeded)
    for process in (pool, other):
        async with tenant_transaction(process, seeded.tenant_id) as conn:
            [read] = await messages.list_page(conn, seeded.conversation_id, limit=9)
        assert read.text == SAID
    assert (await stored(pool, database, seeded)).startswith(SEALED)
    everything = dumped(database.superuser, str(seeded.tenant_id))
    assert found_in(b"".join(everything.values()), ["Quillfeather-88", "Ada Marlow"]) == set()


async def test_a_value_opens_in_its_own_tenant_and_column_alone(
    pool: Pool, database: Database, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await say(conn, seeded)
        await say(conn, seeded, "again")
    sealed = await stored(pool, database, seeded)
    with psycopg.connect(database.superuser) as conn:
        conn.execute(
            "update contacts set profile = %s where tenant_id = any(%s)",
            [sealed, [seeded.tenant_id, neighbour.tenant_id]],
        )
        conn.rollback()
        conn.execute(
            "update contacts set profile = %s where tenant_id = %s", [sealed, seeded.tenant_id]
        )
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        moved = await contacts.get(conn, seeded.contact_id)
    with pytest.raises(ValueError, match=r"messages\.content stands in contacts\.profile"):
        codec.decode(moved.profile, PROFILE)


async def test_no_tenants_value_opens_under_another(pool: Pool, database: Database) -> None:
    first, second = await seed_tenant(pool, "First"), await seed_tenant(pool, "Second")
    with psycopg.connect(database.superuser) as conn:
        conn.execute(
            """
            update contacts set profile = (select profile from contacts where tenant_id = %s)
             where tenant_id = %s
            """,
            [first.tenant_id, second.tenant_id],
        )
        conn.execute(  # not even with the key beside it
            """
            insert into data_keys (tenant_id, key_id, contact_id, version, master_id, wrapped)
            select %s, key_id, %s, 9, master_id, wrapped from data_keys where contact_id = %s
            """,
            [second.tenant_id, second.contact_id, first.contact_id],
        )
    with pytest.raises(Unavailable):
        async with tenant_transaction(pool, second.tenant_id) as conn:
            await contacts.get(conn, second.contact_id)


async def test_nothing_is_looked_up_while_the_keys_are_warm(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await say(conn, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        before = await _scans(conn)
        await say(conn, seeded)
        await messages.list_page(conn, seeded.conversation_id, limit=9)
        assert await _scans(conn) == before


async def _scans(conn: TenantConnection) -> Any:
    """How often this connection has looked into the keys' table."""
    cursor = await conn.execute(
        """
        select coalesce(sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)), 0)::int
          from pg_stat_xact_user_tables
         where relname = 'data_keys'
        """
    )
    return await cursor.fetchall()


async def test_a_key_of_a_transaction_that_was_rolled_back_is_never_used(
    pool: Pool, other: Pool
) -> None:
    seeded = await seed_tenant(pool)
    asked = ("email", "rolled@back.example", {"name": "Kept"})
    rolled_back = tenant_transaction(pool, seeded.tenant_id)
    conn = await rolled_back.__aenter__()
    gone = await contacts.find_or_create(conn, *asked)  # makes three keys
    assert not await rolled_back.__aexit__(ZeroDivisionError, ZeroDivisionError(), None)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        kept = await contacts.find_or_create(conn, *asked)
    assert kept.contact_id != gone.contact_id
    async with tenant_transaction(other, seeded.tenant_id) as conn:
        again = await contacts.find_or_create(conn, *asked)
        assert (again.contact_id, again.details) == (kept.contact_id, {"name": "Kept"})


async def test_an_erased_contacts_words_cannot_be_read_from_a_backup(
    pool: Pool, other: Pool, database: Database
) -> None:
    """The backup is of everything but the keys, which are kept apart (docs/at_rest.md)."""
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await say(conn, seeded)
        spared = await contacts.create(conn, {"name": "Spared"})
    with psycopg.connect(database.superuser) as conn:
        conn.execute("create temporary table backup as select * from messages")
        conn.execute("create temporary table people as select * from contacts")
        conn.commit()
        async with tenant_transaction(pool, seeded.tenant_id) as scoped:
            await conversation_erasing.erase_contact(scoped, seeded.contact_id)
        where = [seeded.tenant_id]
        assert conn.execute("select 1 from data_keys where contact_id = %s", [seeded.contact_id])
        conn.execute("insert into messages select * from backup where tenant_id = %s", where)
        conn.execute(
            "insert into contacts select * from people where tenant_id = %s on conflict do nothing",
            where,
        )
    async with tenant_transaction(other, seeded.tenant_id) as conn:
        [lost] = await messages.list_page(conn, seeded.conversation_id, limit=9)
        assert (await contacts.get(conn, spared.contact_id)).details == {"name": "Spared"}
        gone = await contacts.get(conn, seeded.contact_id)
    for content in (lost.content, gone.profile):
        with pytest.raises(ValueError, match="unknown form"):
            codec.decode(content)
    with psycopg.connect(database.superuser) as conn:
        conn.execute("delete from messages where tenant_id = %s", [seeded.tenant_id])


async def test_the_plain_form_of_an_older_release_is_read(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    with psycopg.connect(database.superuser) as conn:
        conn.execute(
            "update contacts set profile = %s where tenant_id = %s",
            [bytes(codec.encode({"name": "Old"})), seeded.tenant_id],
        )
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert (await contacts.get(conn, seeded.contact_id)).details == {"name": "Old"}


async def test_another_master_key_is_said_to_be_missing(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    ring = Keyring(LocalMasterKeys(b"x" * 32))
    async with make_pool(
        database.app, min_size=1, max_size=1, timeout_seconds=20, keys=ring
    ) as foreign:
        with pytest.raises(Unavailable, match="master key"):
            async with tenant_transaction(foreign, seeded.tenant_id) as conn:
                await contacts.get(conn, seeded.contact_id)
    both = Keyring(LocalMasterKeys(b"x" * 32, [MASTER_KEY]))
    async with (
        make_pool(database.app, min_size=1, max_size=1, timeout_seconds=20, keys=both) as rotating,
        tenant_transaction(rotating, seeded.tenant_id) as conn,
    ):
        assert (await contacts.get(conn, seeded.contact_id)).details == {"name": "Ada Marlow"}


async def test_addresses_are_found_by_hash_and_read_from_their_seal(
    pool: Pool, other: Pool, database: Database, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    with psycopg.connect(database.superuser) as conn:  # as an older release stored it
        conn.execute(
            "insert into contact_identities (tenant_id, channel, address, contact_id)"
            " values (%s, 'email', 'old@quillfeather.example', %s)",
            [seeded.tenant_id, seeded.contact_id],
        )
    for process in (pool, other):
        async with tenant_transaction(process, seeded.tenant_id) as conn:
            found = await contacts.find_or_create(conn, "email", "old@quillfeather.example", {})
            fresh = await contacts.find_or_create(conn, "email", "new@quillfeather.example", {})
            known = await contacts.identities(conn, fresh.contact_id)
        assert found.contact_id == seeded.contact_id
        assert [one.address for one in known] == ["new@quillfeather.example"]
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        theirs = await contacts.find_or_create(conn, "email", "new@quillfeather.example", {})
    with psycopg.connect(database.superuser) as conn:
        hashes = conn.execute(
            "select address from contact_identities where contact_id = any(%s)",
            [[fresh.contact_id, theirs.contact_id]],
        ).fetchall()
    assert len(set(hashes)) == 2, "two tenants' hashes of one address have nothing in common"
    everything = dumped(database.superuser, str(seeded.tenant_id))
    assert found_in(b"".join(everything.values()), ["quillfeather.example"]) == set()


async def test_the_ring_forgets_the_longest_unused(pool: Pool, database: Database) -> None:
    ring = Keyring(LocalMasterKeys(MASTER_KEY), most=3)
    async with make_pool(
        database.app, min_size=1, max_size=1, timeout_seconds=20, keys=ring
    ) as small:
        seeded = await seed_tenant(small)
        made: list[UUID] = []
        for number in range(8):
            async with tenant_transaction(small, seeded.tenant_id) as conn:
                made.append((await contacts.create(conn, {"name": f"N{number}"})).contact_id)
        async with tenant_transaction(small, seeded.tenant_id) as conn:
            read = [(await contacts.get(conn, one)).details["name"] for one in made]
            listed = await contacts.list_page(conn, limit=20)
        assert read == [f"N{number}" for number in range(8)]
        assert {one.details["name"] for one in listed} == {*read, "Ada Marlow"}


def test_unmarked_bytes_are_never_mistaken_for_sealed_ones() -> None:
    keys = keyring_of_tests().of(new_id())
    value = SEALED + bytes([3]) + b"abc" + b"k" * 60
    assert keys.open(value) is value and keys.missing == {b"k" * 16}
