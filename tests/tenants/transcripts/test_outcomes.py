"""What a conversation came to, with its history."""

import asyncio
from uuid import UUID

import pytest

from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.desk import handoffs
from tenants.running import decision_figures, turns
from tenants.running.turn_ends import OpenedHandoff, TurnEnd
from tenants.transcripts import conversations, outcomes
from tenants.transcripts.blocks import text_block
from tenants.transcripts.outcomes import Settling
from tests.seeds import Seeded, seed_tenant
from tests.tenants.desk.test_handoffs import ANN, DONE
from tests.tenants.running.test_turns import end, say, take

NOW = Settling(0)


async def one_turn(pool: Pool, seeded: Seeded, *labels: str, **more: object) -> UUID:
    """A turn whose intents came to `labels`; its conversation may be settled at once."""
    accepted = await say(pool, seeded, "Do you open on Sundays?")
    lease = await take(pool, seeded, accepted.turn_id)
    assert lease is not None
    intents = [{"text": "Sundays?", "status": label} for label in labels]
    given: dict[str, object] = {"intents": intents, "decision": "deliver", "settling": NOW}
    await end(pool, lease, TurnEnd("completed", **(given | more)))  # pyright: ignore[reportArgumentType]
    return accepted.turn_id


async def settle(pool: Pool, seeded: Seeded) -> str | None:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await outcomes.settle(conn, seeded.conversation_id)


async def listed(pool: Pool, seeded: Seeded) -> list[str]:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return [o.outcome for o in await outcomes.history(conn, seeded.conversation_id)]


@pytest.mark.parametrize(
    ("labels", "decision", "outcome"),
    [
        (["answered", "answered"], "deliver", "resolved_by_assistant"),
        (["answered"], "offer", "resolved_by_assistant"),
        (["answered", "open"], "deliver", "abandoned"),
        (["answered"], "clarify", "abandoned"),
        ([], "deliver", None),
    ],
)
async def test_silence_settles_what_was_asked_last(
    pool: Pool, neighbour: Seeded, labels: list[str], decision: str, outcome: str | None
) -> None:
    seeded = await seed_tenant(pool)
    await one_turn(pool, seeded, *labels, decision=decision)
    async with router_transaction(pool) as router:
        due = {one.conversation_id for one in await outcomes.due(router)}
    assert seeded.conversation_id in due
    assert neighbour.conversation_id not in due
    assert await settle(pool, seeded) == outcome
    assert await settle(pool, seeded) is None  # once
    assert await listed(pool, seeded) == ([outcome] if outcome else [])
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert (await conversations.get(conn, seeded.conversation_id)).status == "resolved"


async def test_who_wanted_a_person_and_got_none_was_not_served(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await one_turn(pool, seeded, reason="contact_asked")
    assert await settle(pool, seeded) == "abandoned"


async def test_a_conversation_that_goes_on_is_not_settled(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await one_turn(pool, seeded, "answered", settling=Settling(600))
    assert await settle(pool, seeded) is None
    await one_turn(pool, seeded, "answered")
    await say(pool, seeded, "And on Mondays?")  # accepted, not yet run
    assert await settle(pool, seeded) is None
    assert await listed(pool, seeded) == []


async def test_what_was_mended_since_the_last_outcome_is_counted_in_it(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await one_turn(pool, seeded, "answered", recoveries=["spelling"])
    await one_turn(pool, seeded, "answered", recoveries=["spelling", "clarifying"])
    await settle(pool, seeded)
    await one_turn(pool, seeded, "answered", recoveries=["forgotten_request"])
    await settle(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        found = await outcomes.history(conn, seeded.conversation_id)
    assert [(o.outcome, o.recoveries) for o in found] == [
        ("resolved_by_assistant", {"clarifying": 1, "spelling": 2}),
        ("reopened", {}),
        ("resolved_by_assistant", {"forgotten_request": 1}),
    ]


async def test_an_operators_outcome_stands_until_something_new_is_asked(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    accepted = await say(pool, seeded, "Do you open on Sundays?")
    lease = await take(pool, seeded, accepted.turn_id)
    assert lease is not None
    opened = OpenedHandoff("b" * 32, "not_in_knowledge", {})
    labels = [{"text": "Sundays?", "status": "handed_off"}]
    ended = await end(pool, lease, TurnEnd("waiting_for_operator", intents=labels, handoff=opened))
    assert ended.handoff_id is not None
    assert await settle(pool, seeded) is None  # the operator's turn
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        resolved = await handoffs.resolve(conn, ended.handoff_id, DONE, actor=ANN, name="Ann")
    lease = await take(pool, seeded, resolved.turn_id)
    assert lease is not None
    await end(pool, lease, TurnEnd("completed", settling=NOW))
    assert await settle(pool, seeded) is None
    assert await listed(pool, seeded) == ["resolved_by_operator"]
    await one_turn(pool, seeded, "open")
    assert await settle(pool, seeded) == "abandoned"
    assert await listed(pool, seeded) == ["resolved_by_operator", "reopened", "abandoned"]


async def test_a_question_asked_back_is_judged_by_the_next_turn(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first = await one_turn(pool, seeded, "open", decision="clarify")
    second = await one_turn(pool, seeded, "open", decision="clarify", clarification_helped=False)
    await one_turn(pool, seeded, "answered", clarification_helped=True)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        judged = [await decision_figures.of_turn(conn, one) for one in (first, second)]
        days = await decision_figures.of_days(conn, days=1)
        assert (await turns.get(conn, second)).status == "completed"
    assert [one["clarification_helped"] for one in judged] == [False, True]
    assert days["clarifications"] == {"asked": 2, "helped": 1, "in_vain": 1, "not_replied": 0}


async def test_another_tenants_figures_are_not_counted(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    await one_turn(pool, seeded, "answered", recoveries=["spelling"], sentiment="negative")
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        days = await decision_figures.of_days(conn, days=1)
    assert days["recoveries"] == {}
    assert days["sentiments"] == {}


async def test_who_writes_as_the_conversation_is_settled_keeps_it_open(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    await one_turn(pool, seeded, "answered")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turns.accept(
            conn,
            seeded.conversation_id,
            blocks=[text_block("And on Mondays?")],
            author=seeded.contact,
        )
        settling = asyncio.create_task(settle(pool, seeded))
        await asyncio.wait({settling}, timeout=1)  # it waits for who writes
    assert await settling is None
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert (await conversations.get(conn, seeded.conversation_id)).status == "open"
