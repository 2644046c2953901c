"""One turn through the machine: what it runs under, pinned from the tenant's settings as they are."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from graphs.asking.turn_clock import turn_clock
from graphs.context import TurnContext
from graphs.knowing.turn_searches import turn_searches
from graphs.run import TurnRequest
from graphs.support import Machine
from graphs.without_graph import AlreadyShown, overdue
from server.running.attempts import Attempt, Heard
from server.running.leased_runs import Publish
from server.running.planning import Manners, context_alone, plan, plan_accepted
from server.running.replaying import given_again
from server.running.unkept_answers import unkept_answer
from tenants.database.connection import (
    Pool,
    TenantConnection,
    router_transaction,
    tenant_transaction,
)
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.errors import Invalid, NotFound
from tenants.ids import new_id
from tenants.knowledge import knowledge_versions
from tenants.running import turns
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tenants.running.turns import Accepted
from tenants.running.usage import Usage
from tenants.transcripts import bursts
from tenants.transcripts.bursts import MessagesJoined
from tenants.transcripts.conversations import Locked

DEADLINE_SECONDS = 90.0  # of an answer without a conversation, which has no lease to end it
PLANNED_SECONDS = 1.0  # for which what was read with the accept holds
MOST_PLANNED = 10_000
LOOK_SECONDS = 1.0  # between looks for messages that other processes have taken
JOINABLE_SECONDS = 30.0  # after which a turn that nobody has seen a word of is run to its end


class GraphRuns:
    """Runs turns for the executor, and answers questions that belong to no conversation."""

    def __init__(
        self,
        pool: Pool,
        machine: Machine,
        *,
        joinable_seconds: float = JOINABLE_SECONDS,
        deadline_seconds: float = DEADLINE_SECONDS,
        hold: HoldPoints = NOWHERE,
    ) -> None:
        self._pool = pool
        self.machine = machine
        self._joinable_seconds = joinable_seconds
        self._deadline_seconds = deadline_seconds
        self._hold = hold
        self._manners = Manners()
        self._heard: dict[UUID, Heard] = {}  # by turns that run now
        self._planned: OrderedDict[UUID, tuple[float, TurnRequest]] = OrderedDict()  # by turns

    async def run(
        self, lease: Lease, publish: Publish, spent: list[Usage], *, seconds: float
    ) -> TurnEnd:
        """What a leased turn came to, with all messages that joined it; what attempts cost that
        were given up is put into `spent`. Raises: LeaseLost.

        A turn that has started afresh for so long lets nothing join any more. Models stop a little
        before the `seconds` are over, so that what they have not said is said without them.
        """
        closes_at = time.monotonic() + self._joinable_seconds
        heard = self._heard[lease.turn_id] = Heard(lease.tenant_id)
        try:
            with turn_searches(), turn_clock(seconds):
                while True:
                    planned = self._from_accept(lease) or await self._plan(lease)
                    if planned is None:
                        return TurnEnd(status="waiting_for_operator")
                    attempt = Attempt(self._pool, lease, planned, heard, spent, self._hold)
                    with suppress(MessagesJoined), await self._given_again(lease, planned):
                        if time.monotonic() > closes_at:
                            await attempt.close()
                        return await attempt.run(self.machine, publish)
        finally:
            self._heard.pop(lease.turn_id, None)

    async def _given_again(
        self, lease: Lease, planned: TurnRequest
    ) -> AbstractContextManager[None]:
        """What a fork within a turn is given of that turn, while its own first turn runs."""
        if not planned.context.apart:
            return nullcontext()
        async with tenant_transaction(self._pool, lease.tenant_id) as conn:
            turn = await turns.get(conn, lease.turn_id)
            again = await given_again(conn, lease.conversation_id, turn)
        return again.given() if again is not None else nullcontext()

    async def overdue(self, lease: Lease, shown: AlreadyShown) -> TurnEnd | None:
        """The end of a turn whose time is over: what was shown stays, and a person goes on. None
        where it is no contact's message that waits for an answer.
        """
        planned = await self._plan(lease)
        if planned is None:
            return TurnEnd(status="waiting_for_operator")
        if planned.context.kind != "message":
            return None
        asked = [message.text for message in planned.messages]
        return overdue(planned.context, asked, shown, graph_version=planned.graph_version)

    async def _plan(self, lease: Lease) -> TurnRequest | None:
        async with tenant_transaction(self._pool, lease.tenant_id) as conn:
            return await plan(conn, lease, self._manners)

    async def accepted(
        self, conn: TenantConnection, conversation: Locked, accepted: Accepted
    ) -> None:
        """Read what a turn needs in the transaction that accepts it, where it is run here at once.

        `conversation` is as it was before the message.
        """
        if accepted.lease is None:
            return
        planned = await plan_accepted(conn, conversation, accepted, self._manners)
        self._planned[accepted.turn_id] = time.monotonic(), planned
        if len(self._planned) > MOST_PLANNED:
            self._planned.popitem(last=False)

    def _from_accept(self, lease: Lease) -> TurnRequest | None:
        """What was read with the accept, once, and only while it is as it was then."""
        read_at, planned = self._planned.pop(lease.turn_id, (0.0, None))
        return planned if time.monotonic() - read_at < PLANNED_SECONDS else None

    def joined(self, turn_id: UUID, messages: int) -> None:
        """A turn has so many messages now: where it runs here with fewer, it starts afresh."""
        if messages > 1:
            self._planned.pop(turn_id, None)
        heard = self._heard.get(turn_id)
        if heard is not None:
            heard.joined(messages)

    async def look(self) -> None:
        """Hear of messages that other processes have taken for turns that run here."""
        open_turns = {turn: heard.tenant_id for turn, heard in self._heard.items() if heard.is_open}
        if not open_turns:
            return
        async with router_transaction(self._pool) as router:
            held = await bursts.held(router, open_turns)
        for turn in held:
            self.joined(turn.turn_id, turn.messages)

    async def look_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Look every second until cancelled; whoever closes a turn looks once more by itself."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception as error:  # the outer loop: a database that is away comes back
                on_error(error)

    async def debounce_seconds(
        self, conn: TenantConnection, assistant_id: UUID, channel: str
    ) -> float:
        """How long a turn on this channel waits for more messages. Raises: NotFound."""
        manner = await self._manners.of(conn, assistant_id)
        waits: Mapping[str, float] = {**manner.settings.bursts.debounce_seconds}
        return waits.get(channel, 0.0)

    async def answer(
        self,
        tenant_id: UUID,
        assistant_id: UUID,
        text: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        knowledge_version: Mapping[UUID, int | str] | None = None,
    ) -> dict[str, Any]:
        """An answer in the shape of a turn, within a turn's time; nothing is kept but the usage.

        `knowledge_version` names other versions than the live ones. Raises: NotFound, Invalid.
        """
        async with tenant_transaction(self._pool, tenant_id) as conn:
            manner = await self._manners.of(conn, assistant_id)
            if manner.assistant.archived_at is not None:
                raise NotFound("no such assistant")
            context = await context_alone(conn, manner)
            if knowledge_version:
                context = await _at_versions(conn, context, knowledge_version)
        context = replace(context, conversation_id=str(new_id()), turn_id=str(new_id()))
        return await unkept_answer(
            self._pool, self.machine, context, text, history, seconds=self._deadline_seconds
        )


async def _at_versions(
    conn: TenantConnection, context: TurnContext, wanted: Mapping[UUID, int | str]
) -> TurnContext:
    """The context with other versions of what the assistant reads. Raises: Invalid, NotFound."""
    knowledge = dict(context.knowledge)
    for knowledge_base_id, version in wanted.items():
        if str(knowledge_base_id) not in knowledge:
            raise Invalid(
                f"knowledge_version: {knowledge_base_id} is no knowledge base of this assistant"
            )
        resolved = await knowledge_versions.resolve(conn, knowledge_base_id, version)
        knowledge[str(knowledge_base_id)] = resolved
    return replace(context, knowledge=tuple(knowledge.items()))
