"""What sends a process's effects, opened as the settings say: in the server and in `frontdesk worker`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from graphs.acting.action_state import ActionDesk
from graphs.acting.actions import ActionRuns
from graphs.keeping.checkpoints import PostgresSavers
from server.outside.acting import Acting
from server.outside.mail_server import MailServer
from server.outside.mailing import Mailing
from server.outside.retrying import Backoff
from server.outside.sending import Sender, SendLimits
from settings import Settings
from tenants.database.connection import Pool
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.keys.sealing import Sealer
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
    mailing = _mailing(pool, settings, limits)
    async with guarded_client(policy, connections=settings.deliveries_at_once) as client:
        sender = Sender(pool, client, sealer, limits, hold=hold, acting=acting, mailing=mailing)
        working = asyncio.create_task(sender.send_forever())
        try:
            yield sender
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await sender.close()
            if mailing is not None:
                mailing.close()


def _mailing(pool: Pool, settings: Settings, limits: SendLimits) -> Mailing | None:
    """What sends mails, where a mail server is named."""
    if settings.smtp_url is None:
        return None
    server = MailServer.parse(
        settings.smtp_url.get_secret_value(),
        settings.mail_from,
        timeout_seconds=settings.delivery_timeout_seconds,
    )
    return Mailing(pool, server, backoff=limits.backoff)
