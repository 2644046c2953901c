"""`frontdesk audit`: with an anchor that was kept elsewhere nothing can be taken out unseen."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from server.commands import audit_command
from server.start import Prepared
from settings import Settings
from tenants.actors import SYSTEM, Actor
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.ids import new_id
from tenants.keeping import audit, erasures
from tenants.keeping.audit import Entry
from tests.databases import MASTER_KEY, Database
from tests.seeds import Seeded, seed_tenant


@pytest.fixture
def prepared(database: Database, tmp_path: Path) -> Prepared:
    """A server whose data folder holds no anchors: who changed the database has emptied it."""
    return Prepared(database.app, database.owner, tmp_path, "", MASTER_KEY, embedded=False)


@pytest.fixture
async def beside(pool: Pool) -> Seeded:
    """Another tenant: the log of everybody's neighbour is written by other tests' servers, too."""
    return await seed_tenant(pool)


@pytest.fixture
async def chain(pool: Pool, beside: Seeded) -> str:
    """A tenant whose log has eight rows; the one beside it has one."""
    seeded = await seed_tenant(pool)
    await _act(pool, str(beside.tenant_id), "elsewhere")
    for n in range(8):
        await _act(pool, str(seeded.tenant_id), f"act {n}")
    return str(seeded.tenant_id)


async def _act(pool: Pool, tenant_id: str, what: str) -> None:
    async with tenant_transaction(pool, UUID(tenant_id)) as conn:
        entry = Entry(Actor("operator", "ann"), what, "key:1", details={"what": what})
        await audit.append(conn, entry, master_key=MASTER_KEY)


async def _anchored(prepared: Prepared, tenant: str) -> Path:
    """A file with where the tenant's chain ends now, outside the data folder."""
    file = prepared.data / "elsewhere.jsonl"
    lines = await audit_command.anchor(Settings(), prepared, tenant)
    file.write_text("\n".join(lines))
    return file


async def _is_whole(prepared: Prepared, tenant: str, file: Path | None) -> bool:
    return (await audit_command.verify(Settings(), prepared, tenant, file))[1]


TAMPERING = {
    "edit": "update audit_log set action = 'x' where tenant_id = %(t)s and seq = 4",
    "deletion": "delete from audit_log where tenant_id = %(t)s and seq = 4",
    "swap": "update audit_log set seq = case seq when 3 then 103 else 3 end where tenant_id = %(t)s and seq in (3, 5);"
    " update audit_log set seq = 5 where tenant_id = %(t)s and seq = 103",
    "truncation": "delete from audit_log where tenant_id = %(t)s and seq > 5",
    "truncation to nothing": "delete from audit_log where tenant_id = %(t)s",
}


@pytest.mark.parametrize("how", TAMPERING)
async def test_what_was_done_to_a_chain_is_found(
    pool: Pool, database: Database, prepared: Prepared, chain: str, beside: Seeded, how: str
) -> None:
    file = await _anchored(prepared, chain)
    assert await _is_whole(prepared, chain, file)
    _run(database, chain, TAMPERING[how])
    assert not await _is_whole(prepared, chain, file)
    # without an anchor the tail is missed by nobody: that is what anchors are for
    assert await _is_whole(prepared, chain, None) == how.startswith("truncation")
    assert await _is_whole(prepared, str(beside.tenant_id), None)


async def test_a_chain_that_was_written_anew_with_the_right_key_is_found(
    pool: Pool, database: Database, prepared: Prepared, chain: str
) -> None:
    file = await _anchored(prepared, chain)
    _run(database, chain, "delete from audit_log where tenant_id = %(t)s")
    for n in range(12):
        await _act(pool, chain, f"act {n}")
    assert await _is_whole(prepared, chain, None)
    lines, whole = await audit_command.verify(Settings(), prepared, chain, file)
    assert not whole and "row 8 is another one than its anchor saw" in " ".join(lines)


async def test_a_chain_may_grow_behind_its_anchor(
    pool: Pool, prepared: Prepared, chain: str
) -> None:
    file = await _anchored(prepared, chain)
    await asyncio.gather(*(_act(pool, chain, f"later {n}") for n in range(3)))
    lines, whole = await audit_command.verify(Settings(), prepared, chain, file)
    assert whole and lines[0].endswith("11 rows, 1 anchors, whole")


async def test_a_tenant_that_vanished_is_a_fault_unless_it_was_erased(
    pool: Pool, prepared: Prepared, beside: Seeded
) -> None:
    file, gone = prepared.data / "elsewhere.jsonl", str(new_id())
    file.write_text(json.dumps({"tenant_id": gone, "seq": 3, "hash": "ab" * 32}))
    lines, whole = await audit_command.verify(Settings(), prepared, gone, file)
    assert not whole and lines == [f"{gone}: an anchor, and no such tenant"]
    async with tenant_transaction(pool, UUID(gone)) as conn:
        receipt = new_id()
        await erasures.begin(conn, receipt, "tenant", conn.tenant_id, SYSTEM)
        await erasures.add(conn, receipt, {"tenants": 1}, is_last=True)
    assert await _is_whole(prepared, gone, file)
    with pytest.raises(NotFound):
        await audit_command.verify(Settings(), prepared, str(new_id()), file)


@pytest.mark.parametrize("content", ["", "\n\n", "{}", '{"tenant_id": "x"}', "what is this?"])
async def test_a_file_that_proves_nothing_is_refused(
    prepared: Prepared, chain: str, content: str
) -> None:
    file = prepared.data / "elsewhere.jsonl"
    file.write_text(content)
    with pytest.raises(Invalid):
        await audit_command.verify(Settings(), prepared, chain, file)
    with pytest.raises(Invalid):
        await audit_command.verify(Settings(), prepared, chain, prepared.data / "missing")


def _run(database: Database, tenant_id: str, statements: str) -> None:
    with psycopg.connect(database.superuser) as conn:
        for one in statements.split(";"):
            conn.execute(one, {"t": tenant_id})  # pyright: ignore[reportArgumentType, reportCallIssue]  # a test's own table of statements
