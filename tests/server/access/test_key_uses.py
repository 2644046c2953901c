"""Uses of API keys in the audit log: the first of a day at once, the others counted together."""

from datetime import date
from pathlib import Path
from uuid import UUID

from server.access.auditing import AuditTrail
from server.access.callers import Caller
from server.access.key_uses import KeyUses
from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.keeping import audit
from tenants.keeping.audit import Logged
from tests.databases import MASTER_KEY
from tests.seeds import seed_tenant


def key_of(tenant_id: UUID) -> Caller:
    key_id = str(new_id())
    return Caller("api_key", key_id, key_id, tenant_id, frozenset({"admin"}))


async def logged(pool: Pool, tenant_id: UUID) -> list[Logged]:
    async with tenant_transaction(pool, tenant_id) as conn:
        return await audit.list_page(conn, audit.Wanted(), limit=9)


def test_the_first_use_of_each_day_is_told_apart() -> None:
    days = [date(2030, 1, 31)]
    uses, caller = KeyUses(lambda: days[-1]), key_of(new_id())
    key = (caller.tenant_id, caller.id)
    for address in ("203.0.113.9", "203.0.113.10"):
        uses.count(caller, address=address, user_agent="curl/8")
    assert uses.due(first_only=True) == [key]
    first = uses.take(key)
    assert (first.times, first.address, first.browser) == (2, "203.0.113.9", "curl")
    uses.count(caller, address="203.0.113.9", user_agent=None)
    assert uses.due(first_only=True) == [] and uses.due(first_only=False) == [key]
    uses.give_back(key, first)  # it could not be logged
    assert uses.due(first_only=True) == [key] and uses.take(key).times == 3
    days.append(date(2030, 2, 1))
    uses.count(caller, address="203.0.113.9", user_agent=None)
    assert uses.due(first_only=True) == [key]


def test_only_keys_are_counted() -> None:
    uses = KeyUses()
    contact = Caller("contact", "c", "c", new_id(), frozenset())
    for caller in (contact, Caller("platform", "platform", "platform")):
        uses.count(caller, address="", user_agent=None)
    assert uses.due(first_only=False) == []


async def test_the_first_use_stands_in_the_chain_before_the_others_are_counted_together(
    pool: Pool, tmp_path: Path
) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool, "Other")
    trail = AuditTrail(pool, master_key=MASTER_KEY, folder=tmp_path)
    caller = key_of(seeded.tenant_id)
    for _ in range(2):
        trail.uses.count(caller, address="203.0.113.9", user_agent="curl/8")
        await trail.flush(first_only=True)
    [row] = await logged(pool, seeded.tenant_id)
    assert (row.action, row.subject) == ("api_key_used", f"api_key:{caller.id}")
    assert (row.address, row.browser) == ("203.0.113.9", "curl")
    assert row.public()["details"] == {"times": 1, "first_of_day": True}
    await trail.flush()
    newest, _ = await logged(pool, seeded.tenant_id)
    assert newest.public()["details"] == {"times": 1}
    assert await logged(pool, other.tenant_id) == []
    assert (await audit.verify(pool, seeded.tenant_id, master_key=MASTER_KEY)) == (2, [])


async def test_a_tenant_that_is_being_erased_gets_no_row_any_more(
    pool: Pool, tmp_path: Path
) -> None:
    seeded = await seed_tenant(pool)
    trail = AuditTrail(pool, master_key=MASTER_KEY, folder=tmp_path)
    trail.uses.count(key_of(seeded.tenant_id), address="", user_agent=None)
    trail.uses.count(key_of(new_id()), address="", user_agent=None)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute("update tenants set status = 'erasing' where tenant_id = %(tenant_id)s")
    await trail.flush()
    assert await logged(pool, seeded.tenant_id) == []
    assert trail.uses.due(first_only=False) == []
