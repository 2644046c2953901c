"""What comes from other processes, put in order: no word twice, none after a gap, none of the dead."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from server.running.stream_queue import Voice
from server.running.streams import Hub
from server.sharing.parts import Part, Place

FenceOf = Callable[[UUID, UUID], Awaitable[int | None]]  # of a tenant's turn; None: it has ended
FENCE_SECONDS = 1  # a look waits so long at most


async def runs_under(fence_of: FenceOf, voice: Voice) -> bool:
    """Whether the turn still runs under that lease; no, where nobody can tell."""
    with suppress(Exception):  # a database that is away is waited for elsewhere
        async with asyncio.timeout(FENCE_SECONDS):
            return await fence_of(voice.tenant_id, voice.turn_id) == voice.fence
    return False


@dataclass(slots=True)
class _Heard:
    """Whom a conversation was last heard of from, and how many of its frames."""

    voice: Voice
    count: float = 0  # infinite where some were lost: the message says it all


class Taking:
    """Hands the words of turns elsewhere to this process's readers."""

    def __init__(
        self,
        hub: Hub,
        is_running: Callable[[Voice], Awaitable[bool]],
        said_so_far: Callable[[Place], Awaitable[list[Part]]],
        origin: str,
    ) -> None:
        self._hub = hub
        self._is_running = is_running
        self._said_so_far = said_so_far
        self._origin = origin
        self._heard: dict[UUID, _Heard] = {}

    def forget(self, place: Place) -> None:
        """Nobody reads the conversation here any more."""
        self._heard.pop(place.conversation_id, None)
        self._hub.forget_elsewhere(place.conversation_id)

    async def begin(self, place: Place) -> None:
        """From now on everything comes: first what was said and written before."""
        self._hub.look(place.conversation_id)
        await self._catch_up(place)

    async def take(self, place: Place, part: Part) -> None:
        """One part as it was published."""
        if part.origin == self._origin:
            return
        if part.typing is not None:
            self._hub.typing_elsewhere(place.conversation_id, part.typing)
        elif part.voice is None:
            self._hub.look(place.conversation_id)
        elif not await self._follows(place, part, part.voice):
            await self._catch_up(place)
            heard = self._heard.get(place.conversation_id)
            if heard is not None and heard.voice == part.voice and heard.count < part.first:
                heard.count = math.inf

    async def _catch_up(self, place: Place) -> None:
        for part in await self._said_so_far(place):
            if part.voice is not None and part.origin != self._origin:
                await self._follows(place, part, part.voice)

    async def _follows(self, place: Place, part: Part, voice: Voice) -> bool:
        """Show what is new of the part; False where something before it is missing."""
        if not self._hub.is_read(place.conversation_id):
            return True
        heard = self._heard.get(place.conversation_id)
        if heard is None or heard.voice != voice:
            if not await self._is_running(voice):
                return True  # of a turn that is over, or that another process has taken over
            if not self._hub.is_read(place.conversation_id):
                return True  # who read has gone meanwhile
            if part.first > 0:
                return False
            heard = self._heard[place.conversation_id] = _Heard(voice)
        if part.first > heard.count:
            return False
        if (end := part.first + len(part.frames)) > heard.count:
            fresh = part.frames[int(heard.count) - part.first :]
            heard.count = end
            self._hub.heard(voice, fresh)
        return True
