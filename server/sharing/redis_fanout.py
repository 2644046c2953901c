"""Live frames and wake-ups between processes over Redis: published, and kept while their turn runs.

    say → [list of what the turn has said so far] + [channel of the conversation] → take → hub

Redis carries only what the log does not hold yet: while it is away, readers of other processes get
whole messages by the poll, as they do without it, and nobody waits for it. When it comes back,
running turns are told anew from their first word, and who has heard some of it takes the rest.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from server.running.stream_queue import Voice
from server.running.streams import Hub
from server.sharing.fanout import Running
from server.sharing.parts import Part, Place
from server.sharing.redis_parts import channel_of, packed, said_of, unpacked
from server.sharing.taking import FenceOf, Taking, runs_under
from tenants.ids import new_id
from tenants.keys.sealing import Sealer

TICK_SECONDS = 0.015  # what comes together goes together
PING_SECONDS = 3.0
KEPT_SECONDS = 120  # for which what a turn has said is kept behind its last word
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 3.0
MOST_TYPING = 20  # of one conversation in one tick


@dataclass(slots=True)
class _Out:
    """A turn that runs here: how much of it was sent, and whether there will be more."""

    running: Running
    sent: int = 0
    is_over: bool = False


@dataclass(slots=True)
class _Pending:
    typing: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    grown: bool = False


class RedisFanout:
    """One process's part in it; `work_forever` beside the server."""

    def __init__(self, client: Redis, hub: Hub, fence_of: FenceOf, sealer: Sealer) -> None:
        self._client = client
        self._hub = hub
        self._fence_of = fence_of
        self._sealer = sealer
        self._origin = str(new_id())
        self._taking = Taking(hub, self.is_running, self._said_so_far, self._origin)
        self._wake = asyncio.Event()
        self._out: dict[Voice, _Out] = {}
        self._pending: dict[Place, _Pending] = {}
        self._touched: set[Place] = set()
        self._subscribed: dict[str, Place] = {}
        self.is_connected = False

    def said(self, running: Running) -> None:
        """A turn that runs here has said more."""
        if running.voice not in self._out:
            self._out[running.voice] = _Out(running)
        self._wake.set()

    def over(self, running: Running) -> None:
        """It says no more; what was not sent yet goes out, where there is a way."""
        if self.is_connected and running.voice in self._out:
            self._out[running.voice].is_over = True
            self._wake.set()
        else:
            self._out.pop(running.voice, None)

    def committed(self, tenant_id: UUID, conversation_id: UUID) -> None:
        """The conversation's log has grown."""
        if self.is_connected:
            self._pending.setdefault(Place(tenant_id, conversation_id), _Pending()).grown = True
            self._wake.set()

    def typing(self, tenant_id: UUID, conversation_id: UUID, data: dict[str, Any]) -> None:
        """Somebody types."""
        if self.is_connected:
            pending = self._pending.setdefault(Place(tenant_id, conversation_id), _Pending())
            pending.typing = [*pending.typing, data][-MOST_TYPING:]
            self._wake.set()

    def readers_changed(self, tenant_id: UUID, conversation_id: UUID) -> None:
        """The conversation has its first reader here, or has lost its last."""
        if self.is_connected:
            self._touched.add(Place(tenant_id, conversation_id))
            self._wake.set()

    async def is_running(self, voice: Voice) -> bool:
        """Whether the turn still runs under that lease; no, where nobody can tell."""
        return await runs_under(self._fence_of, voice)

    async def work_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Send and take until cancelled; a Redis that is away is told of once and tried again."""
        pause, told = FIRST_PAUSE_SECONDS, False
        while True:
            try:
                await self._work()
            except* (RedisError, OSError, TimeoutError) as errors:
                if self.is_connected:
                    pause, told = FIRST_PAUSE_SECONDS, False
                self._disconnected()
                if not told:
                    on_error(errors)
                    told = True
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(LONGEST_PAUSE_SECONDS, 2 * pause)

    async def _work(self) -> None:
        async with AsyncExitStack() as stack:
            await self._client.ping()  # pyright: ignore[reportGeneralTypeIssues]  # typed for both clients
            listening = self._client.pubsub()
            stack.push_async_callback(_let_go, listening)
            self._connected()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send_forever(listening))
                tasks.create_task(self._take_forever(listening))

    def _connected(self) -> None:
        self.is_connected = True
        self._subscribed.clear()
        self._touched = {Place(*read) for read in self._hub.read_now()}
        for out in self._out.values():
            out.sent = 0
        self._wake.set()

    def _disconnected(self) -> None:
        self.is_connected = False
        self._pending.clear()
        self._touched.clear()
        self._subscribed.clear()
        for out in [out for out in self._out.values() if out.is_over]:
            del self._out[out.running.voice]

    async def _send_forever(self, listening: PubSub) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PING_SECONDS):
                    await self._wake.wait()
                    await asyncio.sleep(TICK_SECONDS)
            self._wake.clear()
            await self._follow_readers(listening)
            await self._flush()

    async def _follow_readers(self, listening: PubSub) -> None:
        touched, self._touched = self._touched, set()
        read = {place for place in touched if self._hub.is_read(place.conversation_id)}
        coming = [place for place in read if channel_of(place) not in self._subscribed]
        if coming:
            self._subscribed |= {channel_of(place): place for place in coming}
            await listening.subscribe(*(channel_of(place) for place in coming))
        going = [p for p in touched - read if self._subscribed.pop(channel_of(p), None)]
        if going:
            await listening.unsubscribe(*(channel_of(place) for place in going))
        for place in going:
            self._taking.forget(place)

    async def _flush(self) -> None:
        """Send what waits, in one go; a ping where nothing does."""
        pending, self._pending = self._pending, {}
        async with self._client.pipeline(transaction=False) as pipe:
            for out in list(self._out.values()):
                self._put_words(pipe, out)
            for place, waits in pending.items():
                for data in waits.typing:
                    self._publish(pipe, place, Part(self._origin, typing=data))
                if waits.grown:
                    self._publish(pipe, place, Part(self._origin))
            if not len(pipe):
                pipe.ping()
            await pipe.execute()

    def _put_words(self, pipe: Any, out: _Out) -> None:
        voice, said = out.running.voice, out.running.said
        if out.is_over:
            del self._out[voice]
        frames = [item.frame for item in said[out.sent :]]
        if not frames:
            return
        place = Place(voice.tenant_id, voice.conversation_id)
        part = Part(self._origin, voice, out.sent, frames)
        if out.sent == 0:
            pipe.delete(said_of(place))
        pipe.rpush(said_of(place), self._publish(pipe, place, part))
        pipe.expire(said_of(place), KEPT_SECONDS)
        out.sent += len(frames)

    def _publish(self, pipe: Any, place: Place, part: Part) -> bytes:
        sealed = packed(place, part, self._sealer)
        pipe.publish(channel_of(place), sealed)
        return sealed

    async def _take_forever(self, listening: PubSub) -> None:
        while True:
            if not listening.subscribed:
                await asyncio.sleep(TICK_SECONDS)
                continue
            told: Any = await listening.get_message(timeout=PING_SECONDS)
            if told is None:
                continue
            place = self._subscribed.get(told["channel"].decode())
            if place is None:
                continue
            if told["type"] == "subscribe":
                await self._taking.begin(place)
            elif told["type"] == "message":
                part = unpacked(place, told["data"], self._sealer)
                if part is not None:
                    await self._taking.take(place, part)

    async def _said_so_far(self, place: Place) -> list[Part]:
        kept: list[Any] = await self._client.lrange(said_of(place), 0, -1)  # bytes
        parts = (unpacked(place, sealed, self._sealer) for sealed in kept)
        return [part for part in parts if part is not None]


async def _let_go(listening: PubSub) -> None:
    with suppress(RedisError, OSError):
        await listening.aclose()
