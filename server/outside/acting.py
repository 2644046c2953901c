"""Has actions go on that were claimed from the outbox: begun, decided, settled, or left by a crash."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import structlog

from graphs.acting.actions import ActionRuns
from graphs.keeping.checkpoints import DeliveryFence
from server.outside.retrying import Backoff
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import LeaseLost
from tenants.outside import outbox
from tenants.outside.outbox import Claimed, Try
from tools.errors import ToolUnavailable

log = structlog.get_logger()
ATTEMPTS = 5
MAX_ERROR_CHARS = 300


class Acting:
    """The actions of this process; a failed one is tried again after a pause drawn around a growing one.

    `on_moved` is told of an action's conversation, and of the turn that is to tell its outcome.
    """

    def __init__(
        self,
        pool: Pool,
        runs: ActionRuns,
        *,
        attempts: int = ATTEMPTS,
        backoff: Backoff | None = None,
    ) -> None:
        self._pool = pool
        self._runs = runs
        self._attempts = attempts
        self._backoff = backoff or Backoff()
        self._draw = random.Random()
        self.on_moved: Callable[[UUID, UUID, UUID | None], None] = lambda _t, _c, _turn: None

    async def run(self, tenant_id: UUID, claimed: Claimed) -> str:
        """What became of the delivery: sent, failed, dead, or taken_over by another process."""
        at, began = datetime.now(UTC), time.monotonic()
        body = claimed.body
        is_last = claimed.round_attempts >= self._attempts
        error, turn_id = "", None
        try:
            turn_id = await self._runs.advance(
                tenant_id,
                UUID(body["action_id"]),
                is_last=is_last,
                fence=DeliveryFence(claimed.outbox_id, claimed.fence),
            )
        except LeaseLost:  # we were away too long: whoever holds it now goes on
            return "taken_over"
        except ToolUnavailable as unavailable:
            error = unavailable.detail
        except Exception as failure:  # the outer loop: it is tried again, and given up in the end
            error = type(failure).__name__
            log.warning("action_failed", action_id=body["action_id"], exc_info=failure)
        took = round((time.monotonic() - began) * 1_000)
        told = Try(at, took, error=error[:MAX_ERROR_CHARS])
        outcome = await self._record(tenant_id, claimed, told, is_last=is_last)
        self.on_moved(tenant_id, UUID(body["conversation_id"]), turn_id)
        return outcome

    async def _record(self, tenant_id: UUID, claimed: Claimed, told: Try, *, is_last: bool) -> str:
        async with tenant_transaction(self._pool, tenant_id) as conn:
            if not told.error:
                done = await outbox.record_sent(conn, claimed, told)
                return "sent" if done else "taken_over"
            if is_last:
                dead = await outbox.record_dead(conn, claimed, told)
                return "dead" if dead else "taken_over"
            seconds = self._backoff.wait_seconds(claimed.round_attempts, self._draw, None)
            back = await outbox.record_failed(conn, claimed, told, again_in_seconds=seconds)
            return "failed" if back else "taken_over"
