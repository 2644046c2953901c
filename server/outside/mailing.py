"""Sends the mails that were claimed from the outbox, a few at a time, and records what became of each."""

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

from server.outside.mail_server import Mail, MailFailed, MailServer
from server.outside.retrying import Backoff
from tenants.database.connection import Pool, tenant_transaction
from tenants.outside import outbox
from tenants.outside.outbox import Claimed, Try

ATTEMPTS = 6
AT_ONCE = 4  # each has a thread, for as long as the mail server takes
MAX_ERROR_CHARS = 300


class Mailing:
    """The mails of this process."""

    def __init__(self, pool: Pool, server: MailServer, *, backoff: Backoff | None = None) -> None:
        self._pool = pool
        self._server = server
        self._backoff = backoff or Backoff()
        self._draw = random.Random()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    async def run(self, tenant_id: UUID, claimed: Claimed) -> str:
        """What became of the delivery: sent, failed, dead, or taken_over by another process."""
        at, began = datetime.now(UTC), time.monotonic()
        body = claimed.body
        mail = Mail(
            message_id=str(claimed.outbox_id),
            to=body["to"],
            from_name=body["from_name"],
            subject=body["subject"],
            text=body["text"],
            at=claimed.created_at,
        )
        said, error, is_final = "", "", False
        try:
            working = asyncio.get_running_loop()
            said = await working.run_in_executor(self._threads, self._server.send, mail)
        except MailFailed as failed:
            error, is_final = str(failed), failed.is_final
        took = round((time.monotonic() - began) * 1_000)
        told = Try(at, took, reply=said, error=error[:MAX_ERROR_CHARS])
        return await self._record(tenant_id, claimed, told, is_final=is_final)

    async def _record(self, tenant_id: UUID, claimed: Claimed, told: Try, *, is_final: bool) -> str:
        async with tenant_transaction(self._pool, tenant_id) as conn:
            if not told.error:
                done = await outbox.record_sent(conn, claimed, told)
                return "sent" if done else "taken_over"
            if is_final or claimed.round_attempts >= ATTEMPTS:
                dead = await outbox.record_dead(conn, claimed, told)
                return "dead" if dead else "taken_over"
            seconds = self._backoff.wait_seconds(claimed.round_attempts, self._draw, None)
            back = await outbox.record_failed(conn, claimed, told, again_in_seconds=seconds)
            return "failed" if back else "taken_over"

    def close(self) -> None:
        """Begin no mail any more; one that is being handed in ends by its time-out."""
        self._threads.shutdown(wait=False, cancel_futures=True)
