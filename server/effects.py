"""What sends a process's effects, opened as the settings say: in the server and in `frontdesk worker`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from graphs.action_state import ActionDesk
from graphs.actions import ActionRuns
from graphs.checkpoints import PostgresSavers
from server.acting import Acting
from server.retrying import Backoff
from server.sending import Sender, SendLimits
from settings import Settings
from tenants.connection import Pool
from tenants.hold_points import NOWHERE, HoldPoints
from tenants.sealing import Sealer
from tools.egress import EgressPolicy, guarded_client


@asynccontextmanager
async def open_sender(
    pool: Pool,
    settings: Settings,
    sealer: Sealer,
    *,
    hold: HoldPoints = NOWHERE,
    desk: ActionDesk,
) -> AsyncGenerator[Sender]:
    """A sender at work, as the settings say, until the block ends; `desk` is behind its actions."""
    policy = EgressPolicy.parse(settings.egress_allow)
    limits = SendLimits(
        at_once=settings.deliveries_at_once,
        timeout_seconds=settings.delivery_timeout_seconds,
        attempts=settings.delivery_attempts,
        backoff=Backoff(first_seconds=settings.delivery_retry_seconds),
    )
    acting = Acting(
        pool, ActionRuns(pool, desk, PostgresSavers(pool, hold)), backoff=limits.backoff
    )
    async with guarded_client(policy, connections=settings.deliveries_at_once) as client:
        sender = Sender(pool, client, sealer, limits, hold=hold, acting=acting)
        working = asyncio.create_task(sender.send_forever())
        try:
            yield sender
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await sender.close()
