"""One run under a lease: its heartbeat, its deadline, and what its failure ends the turn with."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog

from server.errors import DeadlineExceeded, TurnFailed
from server.problems import problem, translate
from tenants import leases
from tenants.connection import Pool, tenant_transaction
from tenants.errors import DeskError, LeaseLost
from tenants.leases import Lease
from tenants.turn_ends import TurnEnd
from tenants.usage import Usage

log = structlog.get_logger()
MAX_ATTEMPTS = 4  # a turn that took three processes with it is not given a fourth

Publish = Callable[[str, dict[str, Any]], None]


class TurnRuns(Protocol):
    """What the executor needs of the machine."""

    async def run(self, lease: Lease, publish: Publish, spent: list[Usage]) -> TurnEnd:
        """What the turn came to; publishes live frames on the way, and puts into `spent` what it
        cost beside the answer.
        """
        ...

    def joined(self, turn_id: UUID, messages: int) -> None:
        """This turn has so many messages now; it may run here or elsewhere or not yet."""
        ...


@dataclass(frozen=True, slots=True)
class TurnLimits:
    lease_seconds: float
    deadline_seconds: float
    drain_seconds: float


class LeasedRuns:
    """Runs turns that are leased by this process, to an end whatever happens."""

    def __init__(self, pool: Pool, runs: TurnRuns, limits: TurnLimits) -> None:
        self._pool = pool
        self._runs = runs
        self._limits = limits

    async def run(self, lease: Lease, publish: Publish, spent: list[Usage]) -> TurnEnd:
        """The turn's end: the run's own, or one that names its failure. Raises: LeaseLost."""
        if lease.attempts > MAX_ATTEMPTS:
            return _failed(TurnFailed("the turn was tried several times and never ended"))
        run = asyncio.ensure_future(self._runs.run(lease, publish, spent))
        heartbeat = asyncio.create_task(self._keep(lease, run))
        try:
            async with asyncio.timeout(self._limits.deadline_seconds):
                return await run
        except TimeoutError:
            seconds = f"{self._limits.deadline_seconds:g}"
            return _failed(DeadlineExceeded(f"the turn took longer than {seconds} seconds"))
        except LeaseLost:
            raise
        except asyncio.CancelledError:
            if heartbeat.done() and not heartbeat.cancelled() and heartbeat.exception():
                raise LeaseLost(f"turn {lease.turn_id} is run by another process") from None
            raise
        except Exception as error:  # the one place where a run's failure becomes the turn's end
            log.error("turn_failed", turn_id=str(lease.turn_id), exc_info=error)
            known = isinstance(error, DeskError)
            return _failed(translate(error) if known else TurnFailed("the turn could not be run"))
        finally:
            heartbeat.cancel()

    async def _keep(self, lease: Lease, run: "asyncio.Future[TurnEnd]") -> None:
        """Renew until cancelled; a lost lease ends the run."""
        while True:
            await asyncio.sleep(self._limits.lease_seconds / 3)
            try:
                async with tenant_transaction(self._pool, lease.tenant_id) as conn:
                    await leases.renew(conn, lease, lease_seconds=self._limits.lease_seconds)
            except LeaseLost:
                run.cancel()
                raise
            except Exception as error:  # a database that is away: the lease has time left
                log.warning("heartbeat_failed", turn_id=str(lease.turn_id), error=str(error))


def _failed(error: DeskError) -> TurnEnd:
    return TurnEnd(status="failed", problem=problem(error))
