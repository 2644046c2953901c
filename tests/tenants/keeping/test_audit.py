"""The audit log's chain: added to by many at once, changed by nobody without a trace."""

import asyncio

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tenants.actors import Actor
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.keeping import audit
from tenants.keeping.audit import Anchor, Entry
from tenants.keeping.erasing import erase_tenant
from tenants.people import operators
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant

MASTER = b"m" * 32


async def _act(pool: Pool, seeded: Seeded, what: str) -> Anchor:
    entry = Entry(Actor("operator", "ann"), what, "key:1", "203.0.113.9", details={"what": what})
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await audit.append(conn, entry, master_key=MASTER)


async def _faults(pool: Pool, seeded: Seeded, *anchors: Anchor) -> list[str]:
    return (await audit.verify(pool, seeded.tenant_id, master_key=MASTER, anchors=anchors))[1]


@pytest.fixture
async def chain(pool: Pool, neighbour: Seeded) -> tuple[Seeded, Anchor]:
    """A tenant with eight rows, and where they end."""
    await _act(pool, neighbour, "elsewhere")
    seeded = await seed_tenant(pool)
    for n in range(7):
        await _act(pool, seeded, f"act {n}")
    return seeded, await _act(pool, seeded, "the last")


async def test_acts_at_once_make_one_chain_without_gaps(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool, "Clinic")
    await asyncio.gather(
        *(_act(pool, one, f"act {n}") for n in range(15) for one in (seeded, other))
    )
    for one in (seeded, other):
        rows, faults = await audit.verify(pool, one.tenant_id, master_key=MASTER)
        assert (rows, faults) == (15, [])
    assert await audit.verify(pool, seeded.tenant_id, master_key=b"x" * 32) != (15, [])


async def test_an_act_that_was_rolled_back_leaves_nothing(pool: Pool) -> None:
    seeded = await seed_tenant(pool)

    async def in_vain() -> None:
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await audit.append(conn, Entry(Actor("operator", "a"), "x"), master_key=MASTER)
            await operators.get(conn, new_id())

    with pytest.raises(NotFound):
        await in_vain()
    await _act(pool, seeded, "y")
    assert (await audit.verify(pool, seeded.tenant_id, master_key=MASTER)) == (1, [])


TAMPERING = {
    "edit": "update audit_log set action = 'x' where tenant_id = %(t)s and seq = 4",
    "edit of who": "update audit_log set actor_id = 'bob' where tenant_id = %(t)s and seq = 4",
    "edit of when": "update audit_log set at = at + interval '1 s' where tenant_id = %(t)s and seq = 4",
    "edit of what changed": "update audit_log set content = content || ' ' where tenant_id = %(t)s and seq = 4",
    "edit with another hash": "update audit_log set action = 'x', hash = sha256('x') where tenant_id = %(t)s and seq = 4",
    "deletion": "delete from audit_log where tenant_id = %(t)s and seq = 4",
    "deletion of the first": "delete from audit_log where tenant_id = %(t)s and seq = 1",
    "deletion at the end": "delete from audit_log where tenant_id = %(t)s and seq >= 7",
    "deletion of all": "delete from audit_log where tenant_id = %(t)s",
    "swap": "update audit_log set seq = 103 where tenant_id = %(t)s and seq = 3;"
    " update audit_log set seq = 3 where tenant_id = %(t)s and seq = 5;"
    " update audit_log set seq = 5 where tenant_id = %(t)s and seq = 103",
    "closing the gap": "delete from audit_log where tenant_id = %(t)s and seq = 4;"
    " update audit_log set seq = seq + 99 where tenant_id = %(t)s and seq > 4;"
    " update audit_log set seq = seq - 100 where tenant_id = %(t)s and seq > 99",
}


@pytest.mark.parametrize("how", TAMPERING.values(), ids=TAMPERING.keys())
async def test_whoever_owns_the_database_cannot_change_the_log_unseen(
    pool: Pool, database: Database, chain: tuple[Seeded, Anchor], how: str
) -> None:
    seeded, anchor = chain
    assert await _faults(pool, seeded, anchor) == []
    with psycopg.connect(database.superuser) as conn:
        for one in how.split(";"):
            conn.execute(one, {"t": seeded.tenant_id})  # pyright: ignore[reportArgumentType, reportCallIssue]  # a test's own table of statements
    assert await _faults(pool, seeded, anchor) != []


async def test_the_app_may_add_to_the_log_and_nothing_else(
    pool: Pool, chain: tuple[Seeded, Anchor]
) -> None:
    seeded, _ = chain
    for statement in (
        "update audit_log set action = 'x' where tenant_id = %(tenant_id)s",
        "delete from audit_log where tenant_id = %(tenant_id)s",
        "truncate audit_log",
    ):
        with pytest.raises(InsufficientPrivilege):
            async with tenant_transaction(pool, seeded.tenant_id) as conn:
                await conn.execute(statement)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        cursor = await conn.execute("select erase_audit_log()")
        assert (await cursor.fetchone() or [None])[0] == 0  # the tenant is not being erased
    assert await _faults(pool, seeded) == []


async def test_an_erased_tenant_takes_its_log_along(
    pool: Pool, chain: tuple[Seeded, Anchor], neighbour: Seeded
) -> None:
    seeded, _ = chain
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute("update tenants set status = 'erasing' where tenant_id = %(tenant_id)s")
    await erase_tenant(pool, seeded.tenant_id)
    assert (await audit.verify(pool, seeded.tenant_id, master_key=MASTER))[0] == 0
    assert (await audit.verify(pool, neighbour.tenant_id, master_key=MASTER))[0] > 0
