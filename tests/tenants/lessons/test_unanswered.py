"""Questions nobody could answer become one suggestion each, however often and however they came."""

import asyncio
import os
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, make_pool, router_transaction, tenant_transaction
from tenants.database.postgres import EmbeddedPostgres
from tenants.ids import new_id
from tenants.knowledge import knowledge_bases
from tenants.lessons import answered_since, recorded_questions, suggestions, unanswered
from tenants.lessons.recorded_questions import AskedQuestion
from tenants.lessons.suggestions import Suggestion
from tenants.lessons.unanswered_erasing import forget_words
from tenants.running import turn_ends
from tenants.running.turn_ends import TurnEnd
from tenants.transcripts.blocks import text_block
from tests.databases import Database, fresh_database
from tests.seeds import Seeded, seed_tenant
from tests.tenants.asking import ask
from tests.tenants.knowledge_made import WordEmbedder, make_base
from tests.tenants.running.test_turns import say, take

SHIPPING = (
    "Do you deliver parcels to Norway?",
    "do you deliver big parcels to Norway",
    "Do you really deliver parcels to Norway?",
)


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Generator[Database]:
    """A database in which no server of other tests groups what these tests ask."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"unanswered_{worker}") as made:
        yield made


@pytest.fixture(scope="module")
async def pool(database: Database, anyio_backend: str) -> AsyncGenerator[Pool]:
    """The app role's connections to it."""
    async with make_pool(database.app, min_size=2, max_size=8, timeout_seconds=20) as opened:
        yield opened


@pytest.fixture(scope="module")
async def neighbour(pool: Pool) -> Seeded:
    """A second tenant in it."""
    return await seed_tenant(pool, "Neighbour")


async def group(pool: Pool, tenant_id: UUID, limit: int = unanswered.MAX_BATCH) -> int:
    return await unanswered.group(pool, tenant_id, embedder=WordEmbedder(), limit=limit)


async def suggested(pool: Pool, tenant_id: UUID) -> list[Suggestion]:
    async with tenant_transaction(pool, tenant_id) as conn:
        return await suggestions.list_page(conn, limit=100, sort="asked")


async def test_what_means_the_same_is_one_suggestion_with_a_count(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    theirs = await make_base(pool, neighbour.tenant_id)
    for name, query in zip(("Ben Oak", "Cleo Dunn", "Dan Eck"), SHIPPING, strict=True):
        await ask(pool, seeded, base, query, contact=name)
        await ask(pool, neighbour, theirs, query, contact=name)
    await ask(pool, seeded, base, "Which wine goes with fish?", contact="Ben Oak")
    await ask(pool, seeded, base, SHIPPING[0])
    assert await group(pool, seeded.tenant_id) == 5
    assert await group(pool, seeded.tenant_id) == 0, "a repeat finds nothing"
    often, once = await suggested(pool, seeded.tenant_id)
    assert (often.kind, often.status, often.asked, often.contacts) == (
        "unanswered_question", "open", 4, 4,
    )  # fmt: skip
    assert often.public()["examples"] == list(SHIPPING), "each wording once"
    assert often.first_asked_at is not None and often.last_asked_at is not None
    assert often.first_asked_at < often.last_asked_at
    assert once.entry["question"] == "Which wine goes with fish?" and once.asked == 1
    assert await suggested(pool, neighbour.tenant_id) == [], "theirs wait for their own turn"


async def test_who_names_another_place_asks_something_else(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0], "Do you deliver parcels to Iceland?")
    await group(pool, seeded.tenant_id)
    assert len(await suggested(pool, seeded.tenant_id)) == 2


async def test_only_gaps_in_knowledge_are_grouped(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0], status="answered", reason=None)
    await ask(pool, seeded, base, SHIPPING[0], reason="model_unavailable")
    await ask(pool, seeded, None, SHIPPING[0])  # an assistant without knowledge
    await ask(pool, seeded, base, "?!", "and the of")
    await group(pool, seeded.tenant_id)
    assert await suggested(pool, seeded.tenant_id) == []


async def test_no_personal_data_enters_a_suggestion(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    query = "Can you send my invoice 4711-B to ada.marlow@example.com? I am Ada."
    await ask(pool, seeded, base, query)
    await group(pool, seeded.tenant_id)
    [one] = await suggested(pool, seeded.tenant_id)
    shown = one.public()
    assert shown["question"] == "Can you send my invoice [number] to [e-mail]? I am [name]."
    assert shown["removed"] == ["e-mail", "name", "number"]
    assert {mark["kind"] for mark in shown["marks"]} == {"e-mail", "name", "number"}
    for told in ("4711", "example.com", "Ada", "ada"):
        assert told.encode() not in one.content


async def test_a_dismissed_question_is_counted_and_stays_closed(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0])
    await group(pool, seeded.tenant_id)
    [one] = await suggested(pool, seeded.tenant_id)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await suggestions.decide(conn, one.suggestion_id, "dismissed", actor=SYSTEM)
    await ask(pool, seeded, base, SHIPPING[1], contact="Ben Oak")
    await group(pool, seeded.tenant_id)
    [same] = await suggested(pool, seeded.tenant_id)
    assert (same.status, same.asked, same.contacts) == ("dismissed", 2, 2)


async def test_an_answered_question_asked_in_vain_again_is_open_again(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0])
    await group(pool, seeded.tenant_id)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        [due] = await answered_since.to_check(conn, limit=10)
        assert due.assistant_id == seeded.assistant_id
        await answered_since.mark_checked(conn, [due], {due.suggestion_id})
        assert await answered_since.to_check(conn, limit=10) == []
    [closed] = await suggested(pool, seeded.tenant_id)
    assert closed.status == "answered"
    await ask(pool, seeded, base, SHIPPING[2])
    await group(pool, seeded.tenant_id)
    [again] = await suggested(pool, seeded.tenant_id)
    assert (again.status, again.asked) == ("open", 2)


async def test_two_processes_count_each_question_once(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    for _ in range(4):
        await ask(pool, seeded, base, *SHIPPING)
    await asyncio.gather(*(group(pool, seeded.tenant_id) for _ in range(5)))
    [one] = await suggested(pool, seeded.tenant_id)
    assert one.asked == 12


async def test_grouping_goes_on_where_a_bounded_step_stopped(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, *SHIPPING)
    assert [await group(pool, seeded.tenant_id, limit=2) for _ in range(3)] == [2, 1, 0]
    [one] = await suggested(pool, seeded.tenant_id)
    assert one.asked == 3


async def test_archived_knowledge_learns_nothing(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0])
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await knowledge_bases.archive(conn, base)
    await group(pool, seeded.tenant_id)
    assert await suggested(pool, seeded.tenant_id) == []
    assert await group(pool, seeded.tenant_id) == 0, "and it is not looked at for ever"


async def test_the_router_sees_whose_questions_wait(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0])
    async with router_transaction(pool) as router:
        waiting = await recorded_questions.tenants_with_new(router, limit=1_000)
    assert seeded.tenant_id in waiting
    await group(pool, seeded.tenant_id)
    async with router_transaction(pool) as router:
        assert seeded.tenant_id not in await recorded_questions.tenants_with_new(
            router, limit=1_000
        )
        assert seeded.tenant_id in await answered_since.tenants_to_check(router, limit=1_000)


async def test_a_turns_end_records_its_questions_once(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    accepted = await say(pool, seeded, SHIPPING[0])
    lease = await take(pool, seeded, accepted.turn_id)
    assert lease is not None
    asked = AskedQuestion(SHIPPING[0], SHIPPING[0], "unanswered", "not_in_knowledge", 0.1, "en")
    end = TurnEnd(
        "completed",
        reply={"message_id": str(new_id()), "content": [text_block("I do not know.")]},
        questions=[asked],
        knowledge_versions={str(base): 0},
    )
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turn_ends.finish(conn, lease, end)
    assert await group(pool, seeded.tenant_id) == 1
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        [kept] = await recorded_questions.most_asked(conn, [seeded.assistant_id], days=1, limit=10)
    assert kept.details["query"] == SHIPPING[0] and kept.contact_id == seeded.contact_id
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert (
            await recorded_questions.most_asked(conn, [seeded.assistant_id], days=1, limit=10) == []
        )


async def test_questions_are_forgotten_after_their_time(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    await ask(pool, seeded, None, "Is it open?", "Is it closed?")
    await ask(pool, neighbour, None, "Is it open?")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(
            """
            update recorded_questions
               set asked_at = %(then)s
             where tenant_id = %(tenant_id)s
            """,
            {"then": datetime.now(UTC) - timedelta(days=91)},
        )
    async with router_transaction(pool) as router:
        assert seeded.tenant_id in await recorded_questions.tenants_with_old(
            router, days=90, limit=1_000
        )
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await recorded_questions.forget_old(conn, days=90) == 2
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await recorded_questions.forget_old(conn, days=90) == 0


async def test_an_erased_conversations_words_leave_the_suggestions(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0], "Who tunes my glockenspiel?")
    await ask(pool, seeded, base, SHIPPING[1], contact="Ben Oak")
    await group(pool, seeded.tenant_id)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await forget_words(conn, seeded.conversation_id)
    [left] = await suggested(pool, seeded.tenant_id)
    assert left.entry["question"] == SHIPPING[1] and left.asked == 2
    assert left.public()["examples"] == [SHIPPING[1]]


async def test_an_operators_answer_outlives_the_conversation_it_came_from(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await ask(pool, seeded, base, SHIPPING[0])
    await group(pool, seeded.tenant_id)
    [one] = await suggested(pool, seeded.tenant_id)
    filled = one.entry | {"question": "Delivery to Norway?", "answer": "Yes."}
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await suggestions.fill(
            conn,
            one.suggestion_id,
            filled,
            actor=SYSTEM,
            conversation_id=seeded.conversation_id,
            handoff_id=new_id(),
        )
        await forget_words(conn, seeded.conversation_id)
    [left] = await suggested(pool, seeded.tenant_id)
    assert left.entry["answer"] == "Yes." and left.public()["examples"] == []
