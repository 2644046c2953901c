"""Sends what waits in the outbox: at least once, under one id, fair between tenants and targets.

Longer than other modules: everything here is about one loop and its claims.

Every server and every `frontdesk worker` runs one. It looks once a second, and at once when its own
process has committed something. A delivery is claimed under a lease that outlives its time-out; a
process that dies between sending and recording leaves the rest to the next one, which sends it again
under the same id.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import structlog

from server.admitting.fair_loop import time_is_of
from server.channels import CHANNELS
from server.outside.acting import Acting
from server.outside.mailing import Mailing
from server.outside.outgoing import Outgoing, signed
from server.outside.retrying import Backoff, retry_after_seconds
from tenants.database.connection import (
    Pool,
    TenantConnection,
    router_transaction,
    tenant_transaction,
)
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.errors import NotFound, Unavailable
from tenants.keys.sealing import Sealer
from tenants.outside import channels, outbox, webhook_endpoints
from tenants.outside.outbox import Claimed, Due, Try
from tools.egress import AddressRefused, EgressPolicy, FetchFailed, GuardedClient
from tools.egress_post import Posted, post

log = structlog.get_logger()
LOOK_SECONDS = 1.0
PAUSE_SECONDS = 0.05  # between two looks, however much there is to do
LEASE_BEYOND_SECONDS = 15.0
STOP_SECONDS = 2.0
OF_A_TENANT = 8
OF_A_TARGET = 4
REPLY_ATTEMPTS = 6
SNIPPET_CHARS = 300
PRUNE_SECONDS = 3_600.0
_GONE = 410
_AGAIN = frozenset((408, 409, 425, 429))  # of the statuses below 500, those that may pass


@dataclass(frozen=True, slots=True)
class SendLimits:
    """How much a sender does at once, and how long and how often it tries."""

    at_once: int = 32
    timeout_seconds: float = 15
    attempts: int = 10
    lease_beyond_seconds: float = LEASE_BEYOND_SECONDS  # after which another may send it
    backoff: Backoff = field(default_factory=Backoff)


class Sender:
    """The deliveries of this process."""

    def __init__(
        self,
        pool: Pool,
        client: GuardedClient,
        sealer: Sealer,
        limits: SendLimits,
        *,
        hold: HoldPoints = NOWHERE,
        clock: Callable[[], float] = time.time,
        acting: Acting | None = None,
        mailing: Mailing | None = None,
    ) -> None:
        self.acting = acting
        self.mailing = mailing
        self._pool = pool
        self._client = client
        self._sealer = sealer
        self._limits = limits
        self._hold = hold
        self._clock = clock
        self._draw = random.Random()
        self._woken = asyncio.Event()
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._tenants: Counter[UUID] = Counter()
        self._targets: Counter[UUID] = Counter()
        self._claimed: dict[UUID, tuple[UUID, Claimed]] = {}
        self._pruned_at: dict[UUID, float] = {}
        self.on_outcome: Callable[[str, str], None] = lambda _kind, _outcome: None

    @property
    def sending(self) -> int:
        """How many deliveries are under way here."""
        return len(self._tasks)

    @property
    def policy(self) -> EgressPolicy:
        """Which addresses may be sent to."""
        return self._client.policy

    def wake(self) -> None:
        """Something was committed that may have to leave."""
        self._woken.set()

    async def send_forever(self) -> None:
        """Send what is due, until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.look()
            except Exception as error:  # the outer loop: a database that is away comes back
                log.warning("outbox_look_failed", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()

    async def look(self) -> int:
        """Begin to send what is due, as far as there is room; how many that were."""
        room = self._limits.at_once - len(self._tasks)
        if room <= 0:
            return 0
        async with router_transaction(self._pool) as router:
            found = await outbox.due(
                router, limit=4 * self._limits.at_once, of_a_target=OF_A_TARGET
            )
        begun = 0
        for one in found:
            if begun < room and self._has_room(one):
                self._spawn(one)
                begun += 1
        return begun

    def _has_room(self, one: Due) -> bool:
        return (
            one.outbox_id not in self._tasks
            and self._tenants[one.tenant_id] < OF_A_TENANT
            and self._targets[one.target_id] < OF_A_TARGET
        )

    def _spawn(self, one: Due) -> None:
        self._tenants[one.tenant_id] += 1
        self._targets[one.target_id] += 1
        task = asyncio.create_task(self._deliver(one), name=f"delivery-{one.outbox_id}")
        self._tasks[one.outbox_id] = task
        task.add_done_callback(lambda done: self._done(one, done))

    def _done(self, one: Due, task: asyncio.Task[None]) -> None:
        del self._tasks[one.outbox_id]
        for counter, name in ((self._tenants, one.tenant_id), (self._targets, one.target_id)):
            counter[name] -= 1
            if not counter[name]:
                del counter[name]
        if not task.cancelled() and task.exception() is not None:
            log.error("delivery_lost", outbox_id=str(one.outbox_id), exc_info=task.exception())
        self.wake()  # its place is free, and what comes after it in its conversation may go

    async def _deliver(self, one: Due) -> None:
        time_is_of(one.tenant_id)
        async with tenant_transaction(self._pool, one.tenant_id) as conn:
            claimed = await outbox.claim(
                conn,
                one.outbox_id,
                lease_seconds=self._limits.timeout_seconds + self._limits.lease_beyond_seconds,
            )
            if claimed is None:
                return
            is_posted = claimed.kind in ("reply", "webhook")
            outgoing = await self._outgoing(conn, claimed) if is_posted else ""
        if not is_posted:
            await self._leave(one, claimed)
            return
        if isinstance(outgoing, str):
            told = Try(datetime.now(UTC), 0, error=outgoing)
            async with tenant_transaction(self._pool, one.tenant_id) as conn:
                await outbox.record_dead(conn, claimed, told)
            return
        self._claimed[one.outbox_id] = (one.tenant_id, claimed)
        try:
            told, posted = await self._try(outgoing)
            await self._hold.reach("after_send", one.outbox_id)
            named = outgoing.named(posted) if posted is not None and not told.error else None
            await self._record(one.tenant_id, claimed, told, posted, named)
        finally:
            if not _is_cancelled():
                del self._claimed[one.outbox_id]

    async def _leave(self, one: Due, claimed: Claimed) -> None:
        """Have an action go on, or a mail be sent; who cannot leaves it to a process that can."""
        able = self.acting if claimed.kind == "action" else self.mailing
        self._claimed[one.outbox_id] = (one.tenant_id, claimed)
        try:
            if able is None:
                told = Try(datetime.now(UTC), 0, error="this process cannot do it")
                async with tenant_transaction(self._pool, one.tenant_id) as conn:
                    await outbox.record_failed(conn, claimed, told, again_in_seconds=5)
                return
            self.on_outcome(claimed.kind, await able.run(one.tenant_id, claimed))
        finally:
            if not _is_cancelled():
                del self._claimed[one.outbox_id]

    async def _outgoing(self, conn: TenantConnection, claimed: Claimed) -> Outgoing | str:
        """The request of a delivery, or why there is none."""
        now = self._clock()
        try:
            if claimed.kind == "reply":
                channel = await channels.get(conn, claimed.target_id)
                if channel.disabled_at is not None:
                    return "the channel is disabled"
                opened = channels.secrets_of(conn, channel, self._sealer)
                return CHANNELS[channel.kind].outgoing(channel, opened, claimed, now=now)
            endpoint = await webhook_endpoints.get(conn, claimed.target_id)
            if endpoint.disabled_at is not None:
                return f"the endpoint is disabled: {endpoint.disabled_reason}"
            opened = webhook_endpoints.secrets_of(conn, endpoint, self._sealer)
            return signed(endpoint.url, opened, claimed, now=now)
        except (NotFound, Unavailable) as error:
            return error.detail

    async def _try(self, outgoing: Outgoing) -> tuple[Try, Posted | None]:
        at, began = datetime.now(UTC), time.monotonic()
        try:
            posted = await post(
                self._client,
                outgoing.url,
                outgoing.body,
                headers=outgoing.headers,
                timeout_seconds=self._limits.timeout_seconds,
            )
        except (AddressRefused, FetchFailed) as error:
            took = round((time.monotonic() - began) * 1_000)
            return Try(at, took, error=error.detail[:SNIPPET_CHARS]), None
        good = 200 <= posted.status < 300
        error = "" if good else f"it answered {posted.status}"
        return Try(at, posted.milliseconds, posted.status, _snippet(posted.body), error), posted

    async def _record(
        self, tenant_id: UUID, claimed: Claimed, told: Try, posted: Posted | None, named: str | None
    ) -> None:
        async with tenant_transaction(self._pool, tenant_id) as conn:
            if not told.error:
                outcome = await self._sent(conn, claimed, told, named)
            else:
                outcome = await self._failed(conn, claimed, told, posted)
            await self._prune(conn, tenant_id)
        self.on_outcome(claimed.kind, outcome)

    async def _sent(
        self, conn: TenantConnection, claimed: Claimed, told: Try, named: str | None
    ) -> str:
        if not await outbox.record_sent(conn, claimed, told, external_message_id=named):
            return "taken_over"
        if claimed.kind == "webhook":
            await webhook_endpoints.note_success(conn, claimed.target_id)
        return "sent"

    async def _failed(
        self, conn: TenantConnection, claimed: Claimed, told: Try, posted: Posted | None
    ) -> str:
        is_reply = claimed.kind == "reply"
        most = min(self._limits.attempts, REPLY_ATTEMPTS) if is_reply else self._limits.attempts
        status = told.status or 0
        refused = is_reply and 400 <= status < 500 and status not in _AGAIN
        if not is_reply:
            disabled = await webhook_endpoints.note_failure(
                conn, claimed.target_id, is_gone=status == _GONE
            )
            if disabled:
                log.warning("webhook_endpoint_disabled", endpoint_id=str(claimed.target_id))
        if refused or status == _GONE or claimed.round_attempts >= most:
            dead = await outbox.record_dead(conn, claimed, told)
            return "dead" if dead else "taken_over"
        asked = retry_after_seconds(posted.headers, self._clock()) if posted is not None else None
        wait = self._limits.backoff.wait_seconds(claimed.round_attempts, self._draw, asked)
        back = await outbox.record_failed(conn, claimed, told, again_in_seconds=wait)
        if wait < LOOK_SECONDS:
            asyncio.get_running_loop().call_later(wait, self.wake)
        return "failed" if back else "taken_over"

    async def _prune(self, conn: TenantConnection, tenant_id: UUID) -> None:
        """Once an hour and tenant, what ended long ago goes."""
        now = time.monotonic()
        if now - self._pruned_at.get(tenant_id, -PRUNE_SECONDS) < PRUNE_SECONDS:
            return
        if len(self._pruned_at) > 10_000:
            self._pruned_at.clear()
        if await outbox.prune(conn) < outbox.MOST_PRUNED:
            self._pruned_at[tenant_id] = now

    async def close(self) -> None:
        """Let what is under way end for two seconds; the rest is given back, to be sent again."""
        running = list(self._tasks.values())
        if running:
            _, late = await asyncio.wait(running, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for tenant_id, claimed in self._claimed.values():
            with suppress(Exception):
                async with asyncio.timeout(2), tenant_transaction(self._pool, tenant_id) as conn:
                    await outbox.release(conn, claimed)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _snippet(body: bytes) -> str:
    """How an answer begins, as text that can be kept."""
    text = body[: 4 * SNIPPET_CHARS].decode("utf-8", "replace").replace("\x00", "")
    return text[:SNIPPET_CHARS]
