"""One turn under a lease, to an end whatever happens: its heartbeat, its deadline, its failures.

run → (a database that is away: run again) → end → (a message came between: run again)
                                                 → (the database lost the run's state: run again)
the deadline, or a turn that processes die with → what was shown stays, and a person goes on
the deadline of a turn whose answer nobody waits for → it is put off: what it is to do is still to do
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog

from graphs.without_graph import AlreadyShown
from server.errors import DeadlineExceeded, TurnFailed
from server.problems import problem, translate
from tenants.database.absences import is_away
from tenants.database.connection import Pool, tenant_transaction
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.errors import DeskError, LeaseLost
from tenants.running import leases, turn_ends
from tenants.running.leases import Lease
from tenants.running.turn_closings import StateLost
from tenants.running.turn_ends import Ended, TurnEnd
from tenants.running.usage import Usage, each_once, thrown_away
from tenants.transcripts.bursts import MessagesJoined

log = structlog.get_logger()
MAX_ATTEMPTS = 4  # a turn that took so many processes with it is not given another
PAUSE_SECONDS = 0.2  # before the database is tried again; doubled up to the longest
LONGEST_PAUSE_SECONDS = 2.0
STOPPING_SECONDS = 2.0  # a run that does not stop by then is left behind: it can write nothing
END_SECONDS = 120.0  # of trying to write an end; then the turn is left to whoever takes it over

Publish = Callable[[str, dict[str, Any]], None]
Found = TypeVar("Found")


class TurnRuns(Protocol):
    """What the executor needs of the machine."""

    async def run(
        self, lease: Lease, publish: Publish, spent: list[Usage], *, seconds: float
    ) -> TurnEnd:
        """What the turn came to, within so many seconds; publishes live frames on the way, and
        puts into `spent` what it cost beside the answer.
        """
        ...

    async def overdue(self, lease: Lease, shown: AlreadyShown) -> TurnEnd | None:
        """What a turn comes to whose time is over; None where it has nobody to say it to."""
        ...

    def joined(self, turn_id: UUID, messages: int) -> None:
        """This turn has so many messages now; it may run here or elsewhere or not yet."""
        ...


@dataclass(frozen=True, slots=True)
class TurnLimits:
    lease_seconds: float
    deadline_seconds: float
    drain_seconds: float
    put_off_seconds: float = 5.0  # before a turn that nobody waits for is tried again
    most_running: int = 64  # at once in this process
    most_running_of_a_tenant: int = 24


class PutOff(Exception):
    """The turn's time is over, and nobody waits for its answer."""


class _Deadline:
    """When a turn's time is over; while the database is away it is not the turn's, within bounds."""

    def __init__(self, seconds: float) -> None:
        self._clock = asyncio.get_running_loop().time
        self._seconds = seconds
        self._ends_at = self._clock() + seconds
        self._last = self._ends_at + END_SECONDS

    @property
    def seconds_left(self) -> float:
        return self._ends_at - self._clock()

    def start_over(self) -> None:
        """A run starts over behind an absence: it has all of its time again."""
        self._ends_at = min(self._clock() + self._seconds, self._last)


@dataclass(frozen=True, slots=True)
class Finished:
    """A turn that has its end: what it came to, and what was written."""

    end: TurnEnd
    ended: Ended


class _Shown:
    """What of an answer has left; once a run starts over behind it, no more of it does."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._muted = False
        self._text = ""
        self._sources: Sequence[dict[str, Any]] = ()

    @property
    def already(self) -> AlreadyShown:
        return AlreadyShown(self._text, self._sources)

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        if self._muted:
            return
        if kind == "message_delta":
            self._text += data["text"]
        elif kind == "sources":
            self._sources = data["sources"]
        self._publish(kind, data)

    def start_over(self) -> None:
        """The next run's words are other ones: its whole message will replace what was shown."""
        self._muted = self._muted or bool(self._text)

    def stop(self) -> None:
        """Nothing more leaves, whoever still writes."""
        self._muted = True


class LeasedRuns:
    """Runs turns that are leased by this process, to an end whatever happens."""

    def __init__(
        self, pool: Pool, runs: TurnRuns, limits: TurnLimits, hold: HoldPoints = NOWHERE
    ) -> None:
        self._pool = pool
        self._runs = runs
        self._limits = limits
        self._hold = hold

    async def run(self, lease: Lease, publish: Publish) -> Finished:
        """The turn with its end written. Raises: LeaseLost, PutOff; nothing of it is kept then."""
        work = asyncio.create_task(self._to_its_end(lease, _Shown(publish)))
        heartbeat = asyncio.create_task(self._keep(lease))
        try:
            await asyncio.wait({work, heartbeat}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise LeaseLost(f"turn {lease.turn_id} is run by another process")
            return work.result()
        finally:
            heartbeat.cancel()
            await _stopped(work)

    async def _to_its_end(self, lease: Lease, shown: _Shown) -> Finished:
        """Run, and run again where a message came between the last look and the end, or where the
        database died in between with the run's state.
        """
        deadline = _Deadline(self._limits.deadline_seconds)
        spent: list[Usage] = []  # by runs whose answer is thrown away
        while True:
            end = await self._end_of(lease, shown, spent, deadline)
            own = end.usage
            if spent:
                end = replace(end, usage=each_once(spent, own))
            await self._hold.reach("before_record", lease.turn_id)
            try:
                ended = await _through_absences(
                    lease, partial(self._write, lease, end), seconds=END_SECONDS
                )
            except (MessagesJoined, StateLost) as why:
                spent += thrown_away(own)
                log.info("turn_starts_afresh", turn_id=str(lease.turn_id), why=type(why).__name__)
            else:
                return Finished(end, ended)

    async def _end_of(
        self, lease: Lease, shown: _Shown, spent: list[Usage], deadline: _Deadline
    ) -> TurnEnd:
        """The run's own end, or a person's turn where there is none, or one that names a failure."""
        if await self._is_deadly(lease):
            died = TurnFailed("the turn was tried several times and never ended")
            return await self._without_run(lease, shown, died) or _failed(died)
        if deadline.seconds_left <= 0:
            return await self._overdue(lease, shown)

        async def once() -> TurnEnd:
            shown.start_over()
            seconds = deadline.seconds_left
            return await self._runs.run(lease, shown.publish, spent, seconds=seconds)

        run = asyncio.create_task(_through_absences(lease, once, on_again=deadline.start_over))
        try:
            while not run.done() and (seconds := deadline.seconds_left) > 0:
                await asyncio.wait({run}, timeout=seconds)
            if run.done():
                return run.result()
            shown.stop()
            await _stopped(run)
            return await self._overdue(lease, shown)
        except (LeaseLost, PutOff):
            raise
        except Exception as error:  # the one place where a run's failure becomes the turn's end
            log.error("turn_failed", turn_id=str(lease.turn_id), exc_info=error)
            known = isinstance(error, DeskError)
            return _failed(translate(error) if known else TurnFailed("the turn could not be run"))
        finally:
            await _stopped(run)

    async def _is_deadly(self, lease: Lease) -> bool:
        """Whether too many processes died with the turn. Raises: LeaseLost.

        Who lost its lease and lives takes its attempt back as soon as it finds out; for that there
        is time before a turn is given up.
        """
        if lease.attempts <= MAX_ATTEMPTS:
            return False
        await asyncio.sleep(self._limits.lease_seconds)

        async def look() -> int:
            async with tenant_transaction(self._pool, lease.tenant_id) as conn:
                return await leases.attempts(conn, lease)

        return await _through_absences(lease, look) > MAX_ATTEMPTS

    async def _overdue(self, lease: Lease, shown: _Shown) -> TurnEnd:
        seconds = f"{self._limits.deadline_seconds:g}"
        late = DeadlineExceeded(f"the turn took longer than {seconds} seconds")
        end = await self._without_run(lease, shown, late)
        if end is None:
            raise PutOff(late.detail)
        return end

    async def _without_run(self, lease: Lease, shown: _Shown, why: DeskError) -> TurnEnd | None:
        """The end in which a person goes on; None where nobody waits for an answer."""
        log.warning("turn_without_run", turn_id=str(lease.turn_id), why=why.detail)
        return await _through_absences(
            lease, partial(self._runs.overdue, lease, shown.already), seconds=END_SECONDS
        )

    async def _write(self, lease: Lease, end: TurnEnd) -> Ended:
        async with tenant_transaction(self._pool, lease.tenant_id) as conn:
            if end.status == "waiting_for_operator" and end.handoff is None:
                ended = await turn_ends.finish_waiting(conn, lease, end.usage)
            else:
                ended = await turn_ends.finish(conn, lease, end)
            return ended

    async def _keep(self, lease: Lease) -> None:
        """Renew until cancelled; return when the lease is lost."""
        while True:
            await asyncio.sleep(self._limits.lease_seconds / 3)
            try:
                async with tenant_transaction(self._pool, lease.tenant_id) as conn:
                    await leases.renew(conn, lease, lease_seconds=self._limits.lease_seconds)
            except LeaseLost:
                return
            except Exception as error:  # a database that is away: the lease has time left
                log.warning("heartbeat_failed", turn_id=str(lease.turn_id), error=str(error))


async def _through_absences(
    lease: Lease,
    work: Callable[[], Awaitable[Found]],
    *,
    seconds: float = math.inf,
    on_again: Callable[[], None] = lambda: None,
) -> Found:
    """What the work comes to, tried again while the database is away, for so many seconds.

    The heartbeat ends it where another process has taken the turn meanwhile.
    """
    pause, gives_up_at = PAUSE_SECONDS, time.monotonic() + seconds
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_away(error) or time.monotonic() >= gives_up_at:
                raise
            kind = type(error).__name__
            log.warning("turn_waits_for_database", turn_id=str(lease.turn_id), error=kind)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        on_again()


async def _stopped(work: "asyncio.Task[Any]") -> None:
    """Cancel; go on without what does not let itself be cancelled."""
    if not work.done():
        work.cancel()
        work.add_done_callback(lambda late: late.cancelled() or late.exception())
        await asyncio.wait({work}, timeout=STOPPING_SECONDS)
        if not work.done():
            log.error("run_does_not_stop", task=work.get_name())


def _failed(error: DeskError) -> TurnEnd:
    return TurnEnd(status="failed", problem=problem(error))
