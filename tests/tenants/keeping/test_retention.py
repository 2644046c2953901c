"""Rules of keeping, applied by a clock that a test sets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.working.retention import Nightly
from tenants.database.connection import Pool, tenant_transaction
from tenants.keeping import retention
from tenants.keeping.retention import Rules
from tenants.transcripts import conversations, messages
from tenants.transcripts.blocks import text_block
from tests.seeds import Seeded, seed_tenant

FOR_GOOD = Rules(None, None, None, None)


async def seeded_with(pool: Pool, rules: Rules) -> Seeded:
    seeded = await seed_tenant(pool, "Kept")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await retention.put_rules(conn, rules)
        await messages.insert(
            conn,
            messages.NewMessage(
                seeded.conversation_id, "api", "in", "contact", None, [text_block("Hello")]
            ),
        )
    return seeded


async def left(pool: Pool, seeded: Seeded) -> list[int]:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return [
            len(await conversations.list_page(conn, limit=9)),
            len(await messages.list_page(conn, seeded.conversation_id, limit=9)),
        ]


async def test_what_is_older_than_the_rule_goes_in_the_night_and_nothing_else(pool: Pool) -> None:
    strict = await seeded_with(pool, replace(FOR_GOOD, message_days=30))
    loose = await seeded_with(pool, replace(FOR_GOOD, message_days=90, log_days=1))
    forever = await seeded_with(pool, FOR_GOOD)
    waiting = await seeded_with(pool, replace(FOR_GOOD, message_days=1))
    async with tenant_transaction(pool, waiting.tenant_id) as conn:
        await conversations.set_status(conn, waiting.conversation_id, "waiting_for_operator")
    midnight = datetime.now(UTC).replace(hour=0, minute=30)
    times = [midnight]
    night = Nightly(lambda: times[-1])
    assert not await night.look(pool), "not before the night's hour"
    times.append(midnight + timedelta(days=29, hours=2))
    await night.look(pool)
    assert await left(pool, strict) == [1, 1]
    times.append(midnight + timedelta(days=29, hours=9))
    assert not await night.look(pool), "once a night"
    times.append(midnight + timedelta(days=32, hours=2))
    gone = await night.look(pool)
    assert gone["messages"] >= 1 and gone["conversations"] >= 1
    assert await left(pool, strict) == [0, 0]
    assert await left(pool, loose) == await left(pool, forever) == [1, 1]
    assert await left(pool, waiting) == [1, 1]
