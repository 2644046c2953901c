"""Runs accepted turns: at once in this process, under a lease, ended in one transaction.

    accept (route) → start → [slot] → claim → run (heartbeat beside it) → end → next of conversation
    sweep (every 2 s) → turns that nobody runs: left over by a crash, a drain or a full process

No database connection is held while a turn runs. Whoever waits for a turn waits for its end in
the log, so it does not matter which process runs it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars

from server.admitting.fair_loop import time_is_of
from server.running.drain import Drain, Patience
from server.running.leased_runs import LeasedRuns, PutOff, TurnLimits, TurnRuns
from server.running.slots import Slots
from server.running.streams import Hub
from tenants.database.connection import (
    Pool,
    TenantConnection,
    router_transaction,
    tenant_transaction,
)
from tenants.database.desk_pool import for_a_turn
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.errors import LeaseLost
from tenants.ids import new_id
from tenants.running import leases, turns
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tenants.running.turn_openings import Claim
from tenants.transcripts import conversations

log = structlog.get_logger()
MANY_TURNS = 100  # of one tenant, from which on its messages do not wait for its turns
SWEEP_SECONDS = 2.0
LOOK_SECONDS = 0.5  # of a drain, for leases that came to nothing
# To a slot. Another process takes what waits longer unclaimed (`leases.runnable`); what is claimed anew
# costs a fifth more of the processor, and most of it in just the moment in which there is too little.
SOON_SECONDS = 1.5


class TurnExecutor:
    """The turns of this process; `start` after the accept is committed, `wait` for an answer."""

    def __init__(
        self,
        pool: Pool,
        hub: Hub,
        runs: TurnRuns,
        *,
        drain: Drain,
        limits: TurnLimits,
        hold: HoldPoints = NOWHERE,
    ) -> None:
        self._pool = pool
        self._hub = hub
        self._runs = runs
        self._drain = drain
        self._limits = limits
        self._leased = LeasedRuns(pool, runs, limits, hold)
        self.owner = new_id()
        self._slots = Slots(
            most=limits.most_running, most_of_a_tenant=limits.most_running_of_a_tenant
        )
        self._known: dict[UUID, asyncio.Future[dict[str, Any] | None]] = {}
        self._again: set[UUID] = set()  # asked for while their claim was still under way
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._leases: dict[
            UUID, tuple[Lease, float]
        ] = {}  # since when: claimed with the accept, on their way to a slot
        self._later: dict[UUID, asyncio.TimerHandle] = {}  # by turns that wait for more messages
        self._mean_seconds = 1.0  # a turn's, of late
        self._patience = Patience(drain, limits.drain_seconds)
        self._going: asyncio.Task[None] | None = None
        drain.listen(self._go)
        self.on_end: Callable[[TurnEnd, float], None] = lambda _end, _seconds: None
        self.on_over: Callable[[Lease, TurnEnd, float], None] = lambda _lease, _end, _seconds: None

    @property
    def running(self) -> int:
        """How many turns run now."""
        return len(self._tasks)

    @property
    def waiting(self) -> int:
        """How many turns of all tenants wait for a slot here."""
        return self._slots.waiting

    def waiting_of(self, tenant_id: UUID) -> int:
        """How many turns of one tenant wait for a slot here."""
        return self._slots.waiting_of(tenant_id)

    def seconds_to_run(self, turns: int) -> float:
        """How long so many turns take, as long and as many at once as they were of late."""
        return turns * self._mean_seconds / max(1, len(self._tasks))

    def wish(self, tenant_id: UUID) -> Claim | None:
        """What a turn is accepted with that can run soon: its lease comes with it."""
        is_free = self._slots.has_room(tenant_id) and not self._slots.waiting_of(tenant_id)
        is_soon = is_free or self._seconds_to_slot(tenant_id) <= SOON_SECONDS
        if not is_soon or self._drain.started:
            return None
        return Claim(self.owner, self._limits.lease_seconds)

    def _seconds_to_slot(self, tenant_id: UUID) -> float:
        """How long one more turn of a tenant waits: behind its own, and behind everybody's."""
        own = self._slots.running_of(tenant_id)
        behind_own = (self._slots.waiting_of(tenant_id) + 1) * self._mean_seconds / max(1, own)
        return max(behind_own if own else 0.0, self.seconds_to_run(self._slots.waiting + 1))

    def start(self, tenant_id: UUID, turn_id: UUID, lease: Lease | None = None) -> None:
        """Run a turn as soon as there is a slot; nothing where it is known or we are draining.

        `lease` came with the accept; a turn that waits too long for its slot with
        one is taken over like any other.
        """
        if lease is not None:
            self._leases[turn_id] = (
                lease,
                time.monotonic(),
            )  # given back by `close` where it is never used
        if self._drain.started:
            return
        if turn_id in self._known:
            self._again.add(turn_id)
            return
        self._known[turn_id] = asyncio.get_running_loop().create_future()
        self._slots.put(tenant_id, turn_id)
        self._fill_slots()

    def take(self, tenant_id: UUID, accepted: turns.Accepted) -> None:
        """Run what a committed message needs: a turn of its own, or the one that it has joined.

        A turn that waits for more messages is started when that is over; should this process not
        live so long, another's sweep does it.
        """
        turn_id = accepted.turn_id
        if accepted.wait_seconds > 0 and not self._drain.started:
            if (sooner := self._later.pop(turn_id, None)) is not None:
                sooner.cancel()
            self._later[turn_id] = asyncio.get_running_loop().call_later(
                accepted.wait_seconds, self._start_later, tenant_id, turn_id
            )
            return
        self._runs.joined(turn_id, accepted.messages)
        self.start(tenant_id, turn_id, accepted.lease)

    def _start_later(self, tenant_id: UUID, turn_id: UUID) -> None:
        del self._later[turn_id]
        self.start(tenant_id, turn_id)

    async def wait(
        self, tenant_id: UUID, conversation_id: UUID, turn_id: UUID, *, seconds: float
    ) -> turns.Turn | dict[str, Any]:
        """The ended turn's answer, or the turn as it stands when the time or a drain is over."""
        answer: dict[str, Any] | None = None
        known = self._known.get(turn_id)
        async with self._patience.within(seconds):
            if known is not None:
                answer = await asyncio.shield(known)
            if answer is None:
                await self._wait_in_log(tenant_id, conversation_id, turn_id)
        if answer is not None:
            return answer
        async with tenant_transaction(self._pool, tenant_id) as conn:
            turn = await turns.get(conn, turn_id)
        return turn.answer or turn

    async def _wait_in_log(self, tenant_id: UUID, conversation_id: UUID, turn_id: UUID) -> None:
        async with tenant_transaction(self._pool, tenant_id) as conn:
            after = (await conversations.get(conn, conversation_id)).last_event_id
            if (await turns.get(conn, turn_id)).ended_at is not None:
                return
        frames = self._hub.read(tenant_id, conversation_id, after, until_turn=turn_id, pings=False)
        async for _frame in frames:
            pass

    def _fill_slots(self) -> None:
        while (taken := self._slots.take()) is not None:
            tenant_id, turn_id = taken
            task = asyncio.create_task(self._run(tenant_id, turn_id), name=f"turn-{turn_id}")
            self._tasks[turn_id] = task
            task.add_done_callback(partial(self._done, tenant_id, turn_id))

    def _done(self, tenant_id: UUID, turn_id: UUID, task: asyncio.Task[None]) -> None:
        del self._tasks[turn_id]
        self._slots.free(tenant_id)
        waiter = self._known.pop(turn_id)
        if not waiter.done():
            waiter.set_result(None)
        if not task.cancelled() and task.exception() is not None:
            log.error("turn_lost", turn_id=str(turn_id), exc_info=task.exception())
        if self._drain.started:
            return
        if turn_id in self._again:
            self._again.discard(turn_id)
            if waiter.result() is None:
                self.start(tenant_id, turn_id)
        self._fill_slots()

    async def _run(self, tenant_id: UUID, turn_id: UUID) -> None:
        time_is_of(tenant_id, apart=self._slots.running_of(tenant_id) > MANY_TURNS)
        lease, claimed_at = self._leases.pop(turn_id, (None, 0.0))
        longest = min(2 * SOON_SECONDS, self._limits.lease_seconds / 3)
        if lease is not None and time.monotonic() - claimed_at > longest:
            await self._with_lease(leases.release, lease)  # it waited longer than was thought
            lease = None
        if lease is None:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                lease = await leases.claim(
                    conn,
                    turn_id,
                    owner=self.owner,
                    lease_seconds=self._limits.lease_seconds,
                )
        if lease is None:
            return
        started = time.monotonic()
        named = {"turn_id": str(turn_id), "conversation_id": str(lease.conversation_id)}
        try:
            with bound_contextvars(**named), for_a_turn():
                finished = await self._leased.run(lease, partial(self._publish, lease))
        except LeaseLost:
            log.warning("lease_lost", turn_id=str(turn_id))
            await self._with_lease(leases.take_attempt_back, lease)
            return
        except PutOff:
            later = partial(leases.put_off, seconds=self._limits.put_off_seconds)
            await self._with_lease(later, lease)
            return
        except asyncio.CancelledError:
            await self._with_lease(leases.release, lease)
            raise
        finally:
            self._hub.turn_over(lease)
        seconds = time.monotonic() - started
        self._mean_seconds += (seconds - self._mean_seconds) / 20
        self.on_end(finished.end, seconds)
        self.on_over(lease, finished.end, seconds)
        self._known[turn_id].set_result(finished.ended.answer)
        ended = finished.ended
        self._hub.committed(tenant_id, lease.conversation_id, ended.written, leaves=ended.leaves)
        if finished.ended.following is not None:
            self.start(tenant_id, finished.ended.following)

    def _publish(self, lease: Lease, kind: str, data: dict[str, Any]) -> None:
        self._hub.live(lease, kind, data)

    async def _with_lease(
        self, tell: Callable[[TenantConnection, Lease], Awaitable[None]], lease: Lease
    ) -> None:
        """Tell the queue what becomes of a lease; where that fails, it runs out by itself."""
        with suppress(Exception):
            async with (
                asyncio.timeout(2),
                tenant_transaction(self._pool, lease.tenant_id) as conn,
            ):
                await tell(conn, lease)

    async def sweep(self) -> int:
        """Start what nobody runs; how many turns that were."""
        async with router_transaction(self._pool) as router:
            left = await leases.runnable(
                router,
                limit=2 * self._limits.most_running,
                of_a_tenant=self._limits.most_running_of_a_tenant,
            )
        fresh = [turn for turn in left if turn.turn_id not in self._known]
        for turn in fresh:
            self.start(turn.tenant_id, turn.turn_id)
        return len(fresh)

    async def sweep_forever(self) -> None:
        """Sweep every two seconds until cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception as error:  # the outer loop: a database that is away comes back
                log.warning("sweep_failed", error=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    async def close(self) -> None:
        """Let running turns end in the time that is left, then give the rest back to the queue."""
        self._go()
        assert self._going is not None
        await self._going

    def _go(self) -> None:
        """At the drain's start, while connections still end, or at the latest with `close`."""
        if self._going is None:
            self._going = asyncio.create_task(self._hand_on(), name="hand-on")

    async def _hand_on(self) -> None:
        for timer in self._later.values():
            timer.cancel()
        await self._give_back_unused()
        while self._tasks and (left := self._drain.seconds_left(self._limits.drain_seconds)) > 0:
            await asyncio.wait(self._tasks.values(), timeout=min(left, LOOK_SECONDS))
            await self._give_back_unused()  # accepted while others end
        late = list(self._tasks.values())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._give_back_unused()

    async def _give_back_unused(self) -> None:
        """Leases that came with an accept, when the drain came before their slot."""
        while self._leases:
            _, (lease, _) = self._leases.popitem()
            await self._with_lease(leases.release, lease)
