"""Rules of keeping, applied by a clock that a test sets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from graphs.keeping.checkpoints import PostgresSavers
from server.working.retention import Nightly
from tenants.database.connection import Pool, tenant_transaction
from tenants.keeping import retention
from tenants.keeping.retention import Rules
from tenants.transcripts import conversation_files, conversations, events, messages
from tenants.transcripts.blocks import text_block
from tests.graphs.conversation import Talk, machine
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import DIMENSION, WordEmbedder, put, qa
from tests.tenants.transcripts.test_outcomes import one_turn

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


async def with_everything(pool: Pool, rules: Rules) -> Seeded:
    """A tenant with messages, two checkpoints, a turn's log, an operator's event and two files."""
    seeded = await seeded_with(pool, rules)
    talk = Talk(machine(savers=PostgresSavers(pool)))
    talk.context = replace(
        talk.context,
        tenant_id=str(seeded.tenant_id),
        conversation_id=str(seeded.conversation_id),
    )
    for _ in range(2):
        await talk.say("Do you ship to Switzerland?")
    await one_turn(pool, seeded, "answered")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        told = events.NewEvent("operator_message", {"text": "A word of an operator's"})
        await events.append(conn, seeded.conversation_id, [told])
        base = await conversation_files.open_base(
            conn,
            seeded.conversation_id,
            embedding_model=WordEmbedder.model_id,
            dimension=DIMENSION,
        )
    await put(pool, seeded.tenant_id, base.knowledge_base_id, qa("The first?", "Of the first day."))
    await put(pool, seeded.tenant_id, base.knowledge_base_id, qa("The second?", "Twelve days on."))
    await brought(pool, seeded, "The second?", days_later=12)
    return seeded


async def brought(pool: Pool, seeded: Seeded, title: str, *, days_later: int) -> None:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(
            """
            update documents set created_at = created_at + make_interval(days => %(days)s)
             where tenant_id = %(tenant_id)s and title = %(title)s
            """,
            {"days": days_later, "title": title},
        )


async def kept(pool: Pool, tenant_id: UUID) -> dict[str, int]:
    """How much there is of each class that has a rule."""
    async with tenant_transaction(pool, tenant_id) as conn:
        [found] = await conn.dicts(
            """
            select (select count(*)::int from messages where tenant_id = %(tenant_id)s) as messages,
                   (select count(*)::int from checkpoints
                     where tenant_id = %(tenant_id)s) as checkpoints,
                   (select count(*)::int from events where tenant_id = %(tenant_id)s) as events,
                   (select count(distinct document_id)::int from documents
                     where tenant_id = %(tenant_id)s) as files,
                   (select count(*)::int from chunk_texts
                     where tenant_id = %(tenant_id)s) as passages,
                   (select count(*)::int from knowledge_bases
                     where tenant_id = %(tenant_id)s) as bases
            """
        )
    return found


async def test_each_class_goes_after_its_own_days_and_not_before(pool: Pool) -> None:
    rules = Rules(message_days=40, log_days=20, file_days=10, checkpoint_days=30)
    strict, forever = await with_everything(pool, rules), await with_everything(pool, FOR_GOOD)
    all_of_it = await kept(pool, forever.tenant_id)
    assert all_of_it == await kept(pool, strict.tenant_id)
    assert min(all_of_it.values()) > 0 and all_of_it["checkpoints"] == all_of_it["files"] == 2
    tonight = datetime.now(UTC).replace(hour=3, minute=0)
    times = [tonight]
    night = Nightly(lambda: times[-1])

    async def after(days: int) -> dict[str, int]:
        """What has changed by that night."""
        times.append(tonight + timedelta(days=days))
        await night.look(pool)
        found = await kept(pool, strict.tenant_id)
        assert await kept(pool, forever.tenant_id) == all_of_it
        return {name: n for name, n in found.items() if n != all_of_it[name]}

    assert await after(9) == {}
    assert await after(11) == {"files": 1, "passages": 1}  # the other came twelve days later
    assert await after(19) == {"files": 1, "passages": 1}
    no_log = {"files": 1, "passages": 1, "events": 0}
    assert await after(21) == no_log
    no_files = {"files": 0, "passages": 0, "bases": 0, "events": 0}
    assert await after(23) == no_files
    assert await after(29) == no_files
    assert await after(31) == no_files | {"checkpoints": 1}
    assert await after(39) == no_files | {"checkpoints": 1}
    assert set((await after(41)).items()) >= {("messages", 0), ("checkpoints", 0), ("events", 0)}
