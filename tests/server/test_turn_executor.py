"""The executor: leases, failures, deadlines, order, take-over, drain; the machine is a fake."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from psycopg import OperationalError

from graphs.keeping.checkpoints import Fence, PostgresSavers
from graphs.without_graph import AlreadyShown
from server.running.drain import Drain
from server.running.leased_runs import MAX_ATTEMPTS, Publish, TurnLimits
from server.running.streams import Hub
from server.running.turns import SOON_SECONDS, TurnExecutor
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import LeaseLost, Unavailable
from tenants.ids import new_id
from tenants.running import leases, turns
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tenants.running.turn_results import KeptState
from tenants.running.usage import Usage
from tenants.transcripts import bursts, conversations, events
from tenants.transcripts.blocks import text_block
from tests.seeds import Seeded, seed_tenant

Run = Callable[[Lease, Publish], Awaitable[TurnEnd]]
LIMITS = TurnLimits(lease_seconds=2, deadline_seconds=5, drain_seconds=0.3)


class FakeRuns:
    """A machine that does what the test says, and remembers what it ran."""

    def __init__(self, run: Run | None = None) -> None:
        self.ran: list[UUID] = []
        self._run = run

    def does(self, run: Run) -> None:
        """What it does from now on."""
        self._run = run

    async def run(
        self, lease: Lease, publish: Publish, spent: list[Usage], *, seconds: float
    ) -> TurnEnd:
        self.ran.append(lease.turn_id)
        return await self._run(lease, publish) if self._run else reply("Hello.")

    async def overdue(self, lease: Lease, shown: AlreadyShown) -> TurnEnd | None:
        return reply(f"{shown.text} A colleague will go on.".strip())

    def joined(self, turn_id: UUID, messages: int) -> None:
        """It never starts afresh."""


def reply(text: str) -> TurnEnd:
    content = [text_block(text)]
    return TurnEnd("completed", reply={"message_id": str(new_id()), "content": content})


def executor(
    pool: Pool, runs: FakeRuns, *, limits: TurnLimits = LIMITS, drain: Drain | None = None
) -> TurnExecutor:
    async def read_log(
        tenant_id: UUID, conversation_id: UUID, after: int, limit: int
    ) -> events.Some:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.read_some(
                conn, conversation_id, after, limit=limit, most_bytes=10_000
            )

    async def last_ids(tenant_id: UUID, ids: Any) -> dict[UUID, int]:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.last_ids(conn, ids)

    return TurnExecutor(pool, Hub(read_log, last_ids), runs, drain=drain or Drain(), limits=limits)


async def accept(pool: Pool, shop: Seeded, text: str = "Hi", **more: Any) -> UUID:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        accepted = await turns.accept(
            conn, shop.conversation_id, blocks=[text_block(text)], author=shop.contact, **more
        )
    return accepted.turn_id


async def ended(
    running: TurnExecutor, shop: Seeded, turn_id: UUID, seconds: float = 60
) -> dict[str, Any]:
    answer = await running.wait(shop.tenant_id, shop.conversation_id, turn_id, seconds=seconds)
    assert isinstance(answer, dict), answer
    return answer


@pytest.fixture
async def shop(pool: Pool) -> Seeded:
    return await seed_tenant(pool, "Executor")


async def test_a_turn_runs_once_and_its_answer_is_the_stored_one(pool: Pool, shop: Seeded) -> None:
    runs = FakeRuns()
    running = executor(pool, runs)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id)
    assert answer["message"]["text"] == "Hello." and runs.ran == [turn_id]
    assert await ended(running, shop, turn_id) == answer


async def test_a_failure_ends_the_turn_with_a_problem(pool: Pool, shop: Seeded) -> None:
    async def fail(lease: Lease, publish: Publish) -> TurnEnd:
        raise KeyError("secret detail")

    async def away(lease: Lease, publish: Publish) -> TurnEnd:
        raise Unavailable("the model is away")

    for run, code in ((fail, "turn_failed"), (away, "unavailable")):
        running = executor(pool, FakeRuns(run))
        turn_id = await accept(pool, shop)
        running.start(shop.tenant_id, turn_id)
        answer = await ended(running, shop, turn_id)
        assert (answer["status"], answer["problem"]["code"]) == ("failed", code)
        assert "secret" not in str(answer)


async def test_a_turn_that_takes_too_long_ends_behind_what_was_shown(
    pool: Pool, shop: Seeded
) -> None:
    async def sleep(lease: Lease, publish: Publish) -> TurnEnd:
        publish("message_delta", {"text": "Yes."})
        await asyncio.sleep(60)
        return reply("late")

    limits = TurnLimits(lease_seconds=2, deadline_seconds=0.2, drain_seconds=1)
    running = executor(pool, FakeRuns(sleep), limits=limits)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id)
    assert answer["message"]["text"] == "Yes. A colleague will go on."


class NobodyWaits(FakeRuns):
    """A machine whose turns are somebody's work, not a contact's question."""

    async def overdue(self, lease: Lease, shown: AlreadyShown) -> TurnEnd | None:
        return None


async def test_a_turn_that_nobody_waits_for_is_tried_again_behind_its_deadline(
    pool: Pool, shop: Seeded
) -> None:
    async def slow_once(lease: Lease, publish: Publish) -> TurnEnd:
        if len(runs.ran) == 1:
            await asyncio.sleep(600)
        return reply("Hello.")

    runs = NobodyWaits(slow_once)
    limits = TurnLimits(lease_seconds=30, deadline_seconds=2, drain_seconds=1, put_off_seconds=0)
    running = executor(pool, runs, limits=limits)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    while running.running:
        await asyncio.sleep(0.01)
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id)
    assert answer["message"]["text"] == "Hello." and runs.ran == [turn_id, turn_id]


async def test_a_turn_that_nobody_waits_for_and_that_never_ends_is_given_up(
    pool: Pool, shop: Seeded
) -> None:
    async def stuck(lease: Lease, publish: Publish) -> TurnEnd:
        await asyncio.sleep(600)
        return reply("late")

    runs = NobodyWaits(stuck)
    limits = replace(LIMITS, deadline_seconds=0.1, put_off_seconds=0)
    running = executor(pool, runs, limits=limits)
    turn_id = await accept(pool, shop)
    while len(runs.ran) < MAX_ATTEMPTS:
        running.start(shop.tenant_id, turn_id)
        await asyncio.sleep(0.01)
    while running.running:
        await asyncio.sleep(0.01)
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id, seconds=30)
    assert (answer["status"], answer["problem"]["code"]) == ("failed", "turn_failed")


async def test_a_run_that_does_not_stop_holds_nobody(pool: Pool, shop: Seeded) -> None:
    going = asyncio.Event()
    late: list[LeaseLost] = []

    async def stubborn(lease: Lease, publish: Publish) -> TurnEnd:
        while not going.is_set():
            with suppress(asyncio.CancelledError):
                await going.wait()
        publish("message_delta", {"text": "Late words."})
        try:
            async with tenant_transaction(pool, lease.tenant_id) as conn:
                await bursts.close(conn, lease, heard=1)
        except LeaseLost as error:
            late.append(error)
        return reply("late")

    limits = TurnLimits(lease_seconds=2, deadline_seconds=0.2, drain_seconds=1)
    running = executor(pool, FakeRuns(stubborn), limits=limits)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id, seconds=10)
    assert answer["message"]["text"] == "A colleague will go on."
    while running.running:
        await asyncio.sleep(0.01)
    going.set()
    while not late:
        await asyncio.sleep(0.01)
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        log = await events.read_after(conn, shop.conversation_id, 0)
    assert [event.type for event in log].count("message") == 1


async def test_a_run_that_lost_the_database_runs_again_and_shows_nothing_twice(
    pool: Pool, shop: Seeded
) -> None:
    frames: list[str] = []

    async def away_once(lease: Lease, publish: Publish) -> TurnEnd:
        publish("message_delta", {"text": f"Try {len(runs.ran)}."})
        if len(runs.ran) < 3:
            raise OperationalError("the connection is lost")
        return reply("Hello.")

    runs = FakeRuns(away_once)
    running = executor(pool, runs)

    async def read() -> None:
        hub = running._hub  # pyright: ignore[reportPrivateUsage]
        turn = hub.read(shop.tenant_id, shop.conversation_id, 0, until_turn=turn_id, pings=False)
        frames.extend([f.data["text"] async for f in turn if f.type == "message_delta"])

    turn_id = await accept(pool, shop)
    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id)
    await reading
    assert (answer["status"], answer["message"]["text"]) == ("completed", "Hello.")
    assert runs.ran == [turn_id] * 3 and frames == ["Try 1."]


async def test_a_turn_whose_state_died_with_the_database_runs_again_before_it_ends(
    pool: Pool, shop: Seeded
) -> None:
    thread = RunnableConfig(
        configurable={"thread_id": str(shop.conversation_id), "checkpoint_ns": ""}
    )
    used = Usage("answer", "m", 100, 3, 0, Decimal("0.01"), "p", call_id=new_id())
    runs = FakeRuns()

    async def keep(lease: Lease, publish: Publish) -> TurnEnd:
        """The first time the disk has nothing of it, the second time all but the interrupt."""
        kept = KeptState(str(new_id()), waits=True)
        saver = PostgresSavers(pool).saver(lease.tenant_id, Fence(lease.turn_id, lease.fence))
        if len(runs.ran) > 1:
            state = empty_checkpoint() | {"id": kept.checkpoint_id}
            here = await saver.aput(thread, cast(Checkpoint, state), {}, {})
            if len(runs.ran) > 2:
                await saver.aput_writes(here, [("__interrupt__", "a person")], str(new_id()))
        return replace(reply(f"Run {len(runs.ran)}."), kept=kept, usage=[used])

    runs.does(keep)
    running = executor(pool, runs)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id)
    assert answer["message"]["text"] == "Run 3." and len(runs.ran) == 3
    assert answer["usage"]["input_tokens"] == 100  # all runs told of one and the same call


async def test_giving_a_turn_back_uses_up_no_attempt(pool: Pool, shop: Seeded) -> None:
    turn_id = await accept(pool, shop)
    for _ in range(2 * MAX_ATTEMPTS):
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            lease = await leases.claim(conn, turn_id, owner=new_id(), lease_seconds=60)
            assert lease is not None and lease.attempts == 1
            await leases.release(conn, lease)
    running = executor(pool, FakeRuns())
    running.start(shop.tenant_id, turn_id)
    assert (await ended(running, shop, turn_id))["status"] == "completed"


async def test_turns_of_a_conversation_run_one_after_the_other(pool: Pool, shop: Seeded) -> None:
    going, shown = asyncio.Event(), asyncio.Event()
    at_once = 0

    async def slow(lease: Lease, publish: Publish) -> TurnEnd:
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            await bursts.close(conn, lease, heard=1 if len(runs.ran) == 1 else 2)
        shown.set()
        await going.wait()
        at_once -= 1
        return reply("Hello.")

    runs = FakeRuns(slow)
    running = executor(pool, runs)
    first = await accept(pool, shop, "one")
    running.start(shop.tenant_id, first)
    await shown.wait()
    second = await accept(pool, shop, "two")
    assert await accept(pool, shop, "three") == second, "it joins the turn that has not begun"
    running.start(shop.tenant_id, second)
    await asyncio.sleep(0.1)
    assert runs.ran == [first]
    going.set()
    await ended(running, shop, second)
    assert runs.ran == [first, second]


async def run_out(pool: Pool, shop: Seeded, turn_id: UUID) -> None:
    """Let the lease of a turn be over now: waiting for it would depend on the machine's speed."""
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await run_out_in(conn, turn_id)


async def run_out_in(conn: TenantConnection, turn_id: UUID) -> None:
    await conn.execute(
        """
        update turn_queue set lease_expires_at = now() - interval '1 second'
         where tenant_id = %(tenant_id)s and turn_id = %(turn_id)s
        """,
        {"turn_id": turn_id},
    )


async def test_another_process_takes_over_when_the_lease_ran_out(pool: Pool, shop: Seeded) -> None:
    turn_id = await accept(pool, shop)
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        dead = await leases.claim(conn, turn_id, owner=new_id(), lease_seconds=60)
    assert dead is not None
    runs = FakeRuns()
    running = executor(pool, runs)
    await running.sweep()
    assert turn_id not in runs.ran
    await run_out(pool, shop, turn_id)
    await running.sweep()
    await ended(running, shop, turn_id)
    assert turn_id in runs.ran


async def test_a_process_that_lost_its_lease_writes_nothing(pool: Pool, shop: Seeded) -> None:
    other = executor(pool, FakeRuns())

    async def stall(lease: Lease, publish: Publish) -> TurnEnd:
        await run_out(pool, shop, lease.turn_id)
        other.start(shop.tenant_id, lease.turn_id)
        await ended(other, shop, lease.turn_id)
        return reply("stale")

    running = executor(pool, FakeRuns(stall))
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    assert (await ended(running, shop, turn_id))["message"]["text"] == "Hello."
    while running.running:
        await asyncio.sleep(0.01)
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        log = await events.read_after(conn, shop.conversation_id, 0)
    assert [event.type for event in log].count("message") == 1


async def died_with(pool: Pool, shop: Seeded, turn_id: UUID, processes: int) -> None:
    for _ in range(processes):
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            assert await leases.claim(conn, turn_id, owner=new_id(), lease_seconds=60)
        await run_out(pool, shop, turn_id)


async def test_a_turn_that_kills_every_process_goes_to_a_person(pool: Pool, shop: Seeded) -> None:
    turn_id = await accept(pool, shop)
    await died_with(pool, shop, turn_id, MAX_ATTEMPTS)
    runs = FakeRuns()
    running = executor(pool, runs, limits=replace(LIMITS, lease_seconds=0.3))
    running.start(shop.tenant_id, turn_id)
    answer = await ended(running, shop, turn_id)
    assert answer["message"]["text"] == "A colleague will go on."
    assert turn_id not in runs.ran


async def test_nobody_died_with_a_turn_whose_lease_ran_out_under_the_living(
    pool: Pool, shop: Seeded
) -> None:
    going = asyncio.Event()

    async def held(lease: Lease, publish: Publish) -> TurnEnd:
        await going.wait()
        return reply("Late.")

    turn_id = await accept(pool, shop)
    await died_with(pool, shop, turn_id, MAX_ATTEMPTS - 1)
    limits = replace(LIMITS, lease_seconds=0.3, deadline_seconds=60)
    slow_runs, runs = FakeRuns(held), FakeRuns()
    slow = executor(pool, slow_runs, limits=limits)
    slow.start(shop.tenant_id, turn_id)
    while not slow_runs.ran:
        await asyncio.sleep(0.01)
    following = executor(pool, runs, limits=replace(limits, lease_seconds=5))
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await run_out_in(conn, turn_id)
        taken = await leases.claim(conn, turn_id, owner=following.owner, lease_seconds=60)
    assert taken is not None and taken.attempts == MAX_ATTEMPTS + 1
    following.start(shop.tenant_id, turn_id, taken)
    answer = await ended(following, shop, turn_id, seconds=60)
    assert answer["message"]["text"] == "Hello." and runs.ran == [turn_id]
    going.set()


async def test_a_session_that_postgres_ended_is_an_absence(pool: Pool, shop: Seeded) -> None:
    async def stand_still(lease: Lease, publish: Publish) -> TurnEnd:
        if len(runs.ran) == 1:
            async with tenant_transaction(pool, shop.tenant_id) as conn:
                await conn.execute("set local idle_in_transaction_session_timeout = '10ms'")
                while await is_there(pool, shop, conn.raw.info.backend_pid):
                    await asyncio.sleep(0.01)
        return reply("Hello.")

    runs = FakeRuns(stand_still)
    running = executor(pool, runs)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    assert (await ended(running, shop, turn_id))["status"] == "completed"
    assert runs.ran == [turn_id] * 2


async def is_there(pool: Pool, shop: Seeded, pid: int) -> bool:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        found = await conn.execute("select from pg_stat_activity where pid = %(pid)s", {"pid": pid})
    return found.rowcount > 0


async def test_an_absence_takes_nothing_of_a_turn_s_time(pool: Pool, shop: Seeded) -> None:
    limits = replace(LIMITS, deadline_seconds=2)

    async def away_until_it_is_late(lease: Lease, publish: Publish) -> TurnEnd:
        await asyncio.sleep(1.5)
        if len(runs.ran) == 1:
            raise OperationalError("the connection is lost")
        return reply("Hello.")

    runs = FakeRuns(away_until_it_is_late)
    running = executor(pool, runs, limits=limits)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    assert (await ended(running, shop, turn_id, seconds=30))["message"]["text"] == "Hello."


async def test_a_drain_gives_unfinished_turns_back_at_once(pool: Pool, shop: Seeded) -> None:
    async def sleep(lease: Lease, publish: Publish) -> TurnEnd:
        await asyncio.sleep(60)
        return reply("late")

    drain = Drain()
    running = executor(pool, FakeRuns(sleep), drain=drain)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    await asyncio.sleep(0.1)
    drain.start()
    await running.close()
    following = executor(pool, FakeRuns())
    following.start(shop.tenant_id, turn_id)
    assert (await ended(following, shop, turn_id))["status"] == "completed"


async def test_who_waits_is_told_before_a_drain_is_over(pool: Pool, shop: Seeded) -> None:
    async def sleep(lease: Lease, publish: Publish) -> TurnEnd:
        await asyncio.sleep(600)
        return reply("late")

    drain, runs = Drain(), FakeRuns(sleep)
    limits = replace(LIMITS, deadline_seconds=600)
    running = executor(pool, runs, limits=limits, drain=drain)
    turn_id = await accept(pool, shop)
    running.start(shop.tenant_id, turn_id)
    while not runs.ran:
        await asyncio.sleep(0.01)
    wait = running.wait(shop.tenant_id, shop.conversation_id, turn_id, seconds=600)
    waiting = asyncio.create_task(wait)
    await asyncio.sleep(0)
    drain.start()
    turn = await asyncio.wait_for(waiting, 60)
    assert isinstance(turn, turns.Turn) and turn.status == "running"
    await running.close()


async def test_one_tenant_s_crowd_does_not_block_another(pool: Pool, shop: Seeded) -> None:
    going = asyncio.Event()

    async def slow(lease: Lease, publish: Publish) -> TurnEnd:
        if lease.tenant_id == shop.tenant_id:
            await going.wait()
        return reply("Hello.")

    running = executor(pool, FakeRuns(slow))
    for _ in range(200):
        running.start(shop.tenant_id, new_id())
    first = await accept(pool, shop)
    running.start(shop.tenant_id, first)
    quiet = await seed_tenant(pool, "Quiet")
    theirs = await accept(pool, quiet)
    running.start(quiet.tenant_id, theirs)
    assert (await ended(running, quiet, theirs))["status"] == "completed"
    going.set()
    await ended(running, shop, first)


async def test_the_tenant_with_the_fewest_running_goes_first(pool: Pool, shop: Seeded) -> None:
    gates: dict[UUID, asyncio.Event] = {}
    order: list[UUID] = []

    async def held(lease: Lease, publish: Publish) -> TurnEnd:
        order.append(lease.tenant_id)
        await gates.setdefault(lease.turn_id, asyncio.Event()).wait()
        return reply("Hello.")

    async def talk(of: Seeded) -> UUID:
        async with tenant_transaction(pool, of.tenant_id) as conn:
            made = await conversations.create(conn, of.assistant_id, of.contact_id)
        return await accept(pool, replace(of, conversation_id=made.conversation_id))

    limits = replace(LIMITS, deadline_seconds=30, most_running=4, most_running_of_a_tenant=3)
    running = executor(pool, FakeRuns(held), limits=limits)
    few, crowd = await seed_tenant(pool, "Few"), shop
    crowds = [await talk(crowd) for _ in range(6)]
    fews = [await talk(few) for _ in range(2)]
    for turn_id in crowds:
        running.start(crowd.tenant_id, turn_id)
    assert running.running == 3, "a tenant has a cap of its own"
    for turn_id in fews:
        running.start(few.tenant_id, turn_id)
    while len(order) < 4:
        await asyncio.sleep(0.01)
    assert order.count(few.tenant_id) == 1, "the crowd may not have all the slots"
    gates[crowds[0]].set()
    while len(order) < 5:
        await asyncio.sleep(0.01)
    assert order[4] == few.tenant_id, "it had one running, the crowd two"
    for turn_id in (*crowds, *fews):
        gates.setdefault(turn_id, asyncio.Event()).set()
    for of, turn_ids in ((crowd, crowds), (few, fews)):
        for turn_id in turn_ids:
            assert (await ended(running, of, turn_id))["status"] == "completed"


async def another_talk(pool: Pool, shop: Seeded) -> Seeded:
    """The same contact in a fresh conversation."""
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        made = await conversations.create(conn, shop.assistant_id, shop.contact_id)
    return replace(shop, conversation_id=made.conversation_id)


async def accept_claimed(pool: Pool, shop: Seeded, running: TurnExecutor) -> Lease:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        accepted = await turns.accept(
            conn,
            shop.conversation_id,
            blocks=[text_block("Hi")],
            author=shop.contact,
            claim=running.wish(shop.tenant_id),
        )
    assert accepted.lease is not None
    return accepted.lease


async def test_a_turn_claimed_with_its_accept_runs_under_that_lease(
    pool: Pool, shop: Seeded
) -> None:
    seen: list[Lease] = []

    async def note(lease: Lease, publish: Publish) -> TurnEnd:
        seen.append(lease)
        return reply("Hello.")

    running = executor(pool, FakeRuns(note))
    lease = await accept_claimed(pool, shop, running)
    running.start(shop.tenant_id, lease.turn_id, lease)
    await ended(running, shop, lease.turn_id)  # nobody sweeps: unused, it would never end
    assert seen == [lease] and lease.attempts == 1


async def test_who_has_to_wait_for_a_slot_has_a_lease_only_where_that_will_be_soon(
    pool: Pool, shop: Seeded
) -> None:
    gate = asyncio.Event()
    seen: list[Lease] = []

    async def held(lease: Lease, publish: Publish) -> TurnEnd:
        seen.append(lease)
        if len(seen) == 1:
            await gate.wait()
        return reply("Hello.")

    limits = replace(LIMITS, deadline_seconds=30, most_running=1, most_running_of_a_tenant=1)
    running = executor(pool, FakeRuns(held), limits=limits)
    first = await accept_claimed(pool, shop, running)
    running.start(shop.tenant_id, first.turn_id, first)
    second = await accept_claimed(pool, await another_talk(pool, shop), running)
    running.start(shop.tenant_id, second.turn_id, second)
    assert running.waiting == 1 and running.wish(shop.tenant_id) is None, "two take too long"
    gate.set()
    await ended(running, shop, first.turn_id)
    await ended(running, shop, second.turn_id)
    assert seen == [first, second] and second.attempts == 1


async def test_a_lease_that_waited_longer_than_was_thought_is_taken_anew(
    pool: Pool, shop: Seeded
) -> None:
    gate = asyncio.Event()
    seen: list[Lease] = []

    async def held(lease: Lease, publish: Publish) -> TurnEnd:
        seen.append(lease)
        await gate.wait()
        return reply("Hello.")

    limits = replace(LIMITS, deadline_seconds=30, most_running=1, most_running_of_a_tenant=1)
    running = executor(pool, FakeRuns(held), limits=limits)
    first = await accept_claimed(pool, shop, running)
    running.start(shop.tenant_id, first.turn_id, first)
    second = await accept_claimed(pool, await another_talk(pool, shop), running)
    running.start(shop.tenant_id, second.turn_id, second)
    await asyncio.sleep(2 * SOON_SECONDS + 0.2)
    gate.set()
    await ended(running, shop, second.turn_id)
    assert [lease.turn_id for lease in seen] == [first.turn_id, second.turn_id]
    assert seen[1].fence > second.fence and seen[1].attempts == 1


async def test_a_tenant_at_its_cap_waits_for_its_own_turns_however_many_others_run(
    pool: Pool, shop: Seeded
) -> None:
    gate = asyncio.Event()

    async def held(lease: Lease, publish: Publish) -> TurnEnd:
        await gate.wait()
        return reply("Hello.")

    limits = replace(LIMITS, deadline_seconds=30, most_running=20, most_running_of_a_tenant=1)
    running = executor(pool, FakeRuns(held), limits=limits)
    tenants = [shop, *[await seed_tenant(pool, f"Shop {n}") for n in range(6)]]
    claimed = [(of, await accept_claimed(pool, of, running)) for of in tenants]
    for of, lease in claimed:
        running.start(of.tenant_id, lease.turn_id, lease)
    second = await accept_claimed(pool, await another_talk(pool, shop), running)
    claimed.append((shop, second))
    running.start(shop.tenant_id, second.turn_id, second)
    assert running.running == len(tenants) and running.waiting == 1
    assert running.wish(shop.tenant_id) is None, "a second behind one that takes a second"
    gate.set()
    for of, lease in claimed:
        await ended(running, of, lease.turn_id)


async def test_a_lease_that_the_drain_left_unused_is_given_back(pool: Pool, shop: Seeded) -> None:
    drain, runs = Drain(), FakeRuns()
    running = executor(pool, runs, drain=drain)
    lease = await accept_claimed(pool, shop, running)
    drain.start()
    running.start(shop.tenant_id, lease.turn_id, lease)
    await running.close()
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        taken = await leases.claim(conn, lease.turn_id, owner=new_id(), lease_seconds=5)
    assert runs.ran == [] and taken is not None and taken.fence == lease.fence + 1
