"""Attempts at a turn: one is given up when a message joins before its first words are shown."""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from graphs.keeping.checkpoints import Fence
from graphs.run import TurnRequest, Watch, run_turn
from graphs.support import Machine
from server.running.leased_runs import Publish
from tenants.database.connection import Pool, tenant_transaction
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tenants.running.usage import Usage
from tenants.transcripts import bursts
from tenants.transcripts.bursts import MessagesJoined


@dataclass
class Heard:
    """How many messages a turn that runs here has, and how many its attempt has read."""

    tenant_id: UUID
    is_open: bool = True  # whether messages may still join
    messages: int = 0
    read: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def joined(self, messages: int) -> None:
        """The turn has so many; told again, or of one that was read already, it changes nothing."""
        self.messages = max(self.messages, messages)
        if self.messages > self.read:
            self.more.set()

    def begin(self, read: int, *, is_open: bool) -> None:
        """An attempt starts that has read so many."""
        self.read, self.is_open = read, is_open
        if self.messages <= read:
            self.more.clear()


class Attempt:
    """One run of a turn; it closes the turn to further messages before it shows a word."""

    def __init__(
        self,
        pool: Pool,
        lease: Lease,
        planned: TurnRequest,
        heard: Heard,
        spent: list[Usage],
        hold: HoldPoints = NOWHERE,
    ) -> None:
        self._pool = pool
        self._lease = lease
        self._planned = planned
        self._heard = heard
        self._watch = Watch(
            self.close, spent.extend, shown=partial(hold.reach, "mid_stream", lease.turn_id)
        )
        self._joinable = planned.context.kind == "message"  # nothing joins another kind
        heard.begin(len(planned.messages), is_open=self._joinable)

    async def run(self, machine: Machine, publish: Publish) -> TurnEnd:
        """The turn's end. Raises: MessagesJoined, LeaseLost."""
        fence = Fence(self._lease.turn_id, self._lease.fence)
        run = asyncio.create_task(
            run_turn(machine, self._planned, fence=fence, publish=publish, watch=self._watch)
        )
        more = asyncio.create_task(self._heard.more.wait())
        try:
            await asyncio.wait({run, more}, return_when=asyncio.FIRST_COMPLETED)
            if not run.done() and self._heard.is_open:
                self._watch.discard()
                raise MessagesJoined
            end = await run
        finally:
            more.cancel()
            if not run.done():
                run.cancel()
            await asyncio.gather(run, more, return_exceptions=True)
        return replace(end, heard=self._heard.read) if self._joinable else end

    async def close(self) -> None:
        """Let no further message join. Raises: MessagesJoined where one has, LeaseLost."""
        if not self._heard.is_open:
            return
        try:
            async with tenant_transaction(
                self._pool, self._lease.tenant_id, may_be_lost=True
            ) as conn:
                await bursts.close(conn, self._lease, heard=self._heard.read)
        except MessagesJoined:
            self._watch.discard()
            raise
        self._heard.is_open = False
