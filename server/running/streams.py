"""The hub: readers of a conversation's durable event log, woken at once, with live deltas between.

A reader never holds a database connection while it waits, and is never waited for: what does not
fit into its queue is dropped, and it reads the log again, which holds everything but the deltas.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.transcripts.events import Event

QUEUE_ITEMS = 512
MOST_TOGETHER = 64  # frames that leave in one piece
LOG_BATCH = 500
POLL_SECONDS = 1.0
PING_SECONDS = 15.0
RECONNECT_AFTER_MS = 1_000
REMEMBERED = 20_000  # conversations whose newest event is known, the latest

ReadLog = Callable[[UUID, UUID, int, int], Awaitable[Sequence[Event]]]
LastIds = Callable[[UUID, Sequence[UUID]], Awaitable[dict[UUID, int]]]


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing to send: a durable event has an `event_id`, a live one has none."""

    type: str
    data: dict[str, Any]
    event_id: int | None = None


PING = Frame("ping", {})
_LOOK = Frame("", {})  # the log has grown
_PAUSE = Frame("", {})  # nothing more is there now
_STOP = Frame("reconnect", {"after_ms": RECONNECT_AFTER_MS})


@dataclass(frozen=True, slots=True)
class _Live:
    turn_id: UUID
    frame: Frame


@dataclass(frozen=True, slots=True)
class _News:
    """The newest events of the log, as they were committed in this process."""

    events: tuple[Event, ...]


@dataclass(eq=False, slots=True)
class _Reader:
    tenant_id: UUID
    conversation_id: UUID
    seen: int
    items: deque[_Live | _News | Frame] = field(default_factory=deque[_Live | _News | Frame])
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    muted: UUID | None = None  # a turn whose deltas were dropped: its message replaces them

    def put(self, item: _Live | _News | Frame) -> None:
        if item is _LOOK and self.items and self.items[-1] is _LOOK:
            return
        if len(self.items) >= QUEUE_ITEMS:
            lost = [kept.turn_id for kept in self.items if isinstance(kept, _Live)]
            self.muted = lost[-1] if lost else self.muted
            self.items.clear()
            self.items.append(_LOOK)
        if isinstance(item, _Live) and item.turn_id == self.muted:
            return
        self.items.append(item)
        self.wake.set()

    def rest_of(self, turn_id: UUID) -> list[Frame]:
        """What a turn said before its end that still waits, taken out of the queue."""
        said = [i for i in self.items if isinstance(i, _Live) and i.turn_id == turn_id]
        for item in said:
            self.items.remove(item)
        return [item.frame for item in said]


class Hub:
    """Who reads which conversation in this process, and what its running turns have said so far."""

    def __init__(self, read_log: ReadLog, last_ids: LastIds, *, batch: int = LOG_BATCH) -> None:
        self._read_log = read_log
        self._batch = batch
        self._last_ids = last_ids
        self._readers: dict[UUID, set[_Reader]] = {}
        self._running: dict[UUID, tuple[UUID, list[_Live]]] = {}
        self._tenant_wakes: dict[UUID, set[asyncio.Event]] = {}
        self._newest: OrderedDict[UUID, int] = OrderedDict()  # written here; 0: not known
        self.on_commit: Callable[[], None] = lambda: None
        self._stopping = False

    @property
    def open_streams(self) -> int:
        """How many readers there are now."""
        return sum(map(len, self._readers.values()))

    def committed(
        self,
        tenant_id: UUID,
        conversation_id: UUID,
        news: Sequence[Event] = (),
        *,
        leaves: bool = True,
    ) -> None:
        """Say that the conversation's log has grown: readers take the news, or look at once.

        `leaves`: something was put into the outbox, as far as is known.
        """
        item = _News(tuple(news)) if news else _LOOK
        self._newest[conversation_id] = news[-1].event_id if news else 0
        self._newest.move_to_end(conversation_id)
        if len(self._newest) > REMEMBERED:
            self._newest.popitem(last=False)
        for reader in self._readers.get(conversation_id, ()):
            reader.put(item)
        for wake in self._tenant_wakes.get(tenant_id, ()):
            wake.set()
        if leaves:
            self.on_commit()

    def live(self, conversation_id: UUID, turn_id: UUID, kind: str, data: dict[str, Any]) -> None:
        """Show something of a running turn that will not be kept."""
        item = _Live(turn_id, Frame(kind, data | {"turn_id": str(turn_id)}))
        running = self._running.get(conversation_id)
        if running is None or running[0] != turn_id:
            running = self._running[conversation_id] = (turn_id, [])
        running[1].append(item)
        for reader in self._readers.get(conversation_id, ()):
            reader.put(item)

    def typing(self, conversation_id: UUID, data: dict[str, Any]) -> None:
        """Show that somebody types; nobody who comes later learns of it."""
        for reader in self._readers.get(conversation_id, ()):
            reader.put(Frame("typing", data))

    def turn_over(self, conversation_id: UUID, turn_id: UUID) -> None:
        """Forget what a turn said live: its message stands in the log, or it starts afresh."""
        running = self._running.get(conversation_id)
        if running is not None and running[0] == turn_id:
            del self._running[conversation_id]

    def stop(self) -> None:
        """End every stream with `reconnect`, now and from now on."""
        self._stopping = True
        for readers in self._readers.values():
            for reader in readers:
                reader.put(_STOP)
        for wakes in self._tenant_wakes.values():
            for wake in wakes:
                wake.set()

    async def read(
        self,
        tenant_id: UUID,
        conversation_id: UUID,
        after: int,
        *,
        until_turn: UUID | None = None,
        pings: bool = True,
        news: Sequence[Event] = (),
    ) -> AsyncIterator[Frame]:
        """Events after a number and live frames as they come, until `until_turn` has ended.

        `news` are the first of those events, as they were committed in this process: where nothing
        was written since, the log is not read for them.
        """
        reading = self.read_together(
            tenant_id, conversation_id, after, until_turn=until_turn, pings=pings, news=news
        )
        async with aclosing(reading) as batches:
            async for batch in batches:
                for frame in batch:
                    yield frame

    async def read_together(
        self,
        tenant_id: UUID,
        conversation_id: UUID,
        after: int,
        *,
        until_turn: UUID | None = None,
        pings: bool = True,
        news: Sequence[Event] = (),
    ) -> AsyncGenerator[Sequence[Frame]]:
        """The same frames as `read` gives, those together that are there at the same time."""
        reader = _Reader(tenant_id, conversation_id, after)
        self._readers.setdefault(conversation_id, set()).add(reader)
        fresh = bool(news) and self._newest.get(conversation_id) == news[-1].event_id
        reader.put(_News(tuple(news)) if fresh else _LOOK)
        for item in self._running.get(conversation_id, (None, ()))[1]:
            reader.put(item)
        if self._stopping:
            reader.put(_STOP)
        batch: list[Frame] = []
        try:
            async for frame in self._frames(reader, until_turn, pings):
                if frame is not _PAUSE:
                    batch.append(frame)
                if batch and (frame is _PAUSE or len(batch) >= MOST_TOGETHER):
                    yield batch
                    batch = []
            if batch:
                yield batch
        finally:
            self._readers[conversation_id].discard(reader)
            if not self._readers[conversation_id]:
                del self._readers[conversation_id]

    async def _frames(
        self, reader: _Reader, until_turn: UUID | None, pings: bool
    ) -> AsyncIterator[Frame]:
        over: set[UUID] = set()
        while True:
            while reader.items:
                item = reader.items.popleft()
                if isinstance(item, _Live):
                    if item.turn_id not in over:
                        yield item.frame
                elif isinstance(item, _News) or item is _LOOK:
                    async for event in self._new_events(reader, item):
                        if event.type in ("message", "turn_ended") and event.turn_id:
                            for said in reader.rest_of(event.turn_id):
                                yield said
                            over.add(event.turn_id)
                        yield Frame(event.type, event.data, event.event_id)
                        if event.type == "turn_ended" and event.turn_id == until_turn:
                            return
                else:
                    yield item
                    if item is _STOP:
                        return
            yield _PAUSE
            if not await _woken(reader.wake, PING_SECONDS) and pings:
                yield PING

    async def _new_events(self, reader: _Reader, item: _News | Frame) -> AsyncIterator[Event]:
        """What the reader has not seen: from the news where they follow, else from the log."""
        if isinstance(item, _News) and item.events[0].event_id <= reader.seen + 1:
            for event in item.events:
                if event.event_id > reader.seen:
                    reader.seen = event.event_id
                    yield event
            return
        while True:
            found = await self._read_log(
                reader.tenant_id, reader.conversation_id, reader.seen, self._batch
            )
            for event in found:
                reader.seen = event.event_id
                yield event
            if len(found) < self._batch:
                return

    async def changes(self, tenant_id: UUID) -> AsyncIterator[bool]:
        """True whenever something of the tenant may have changed, at least every second; False at the end."""
        wake = asyncio.Event()
        self._tenant_wakes.setdefault(tenant_id, set()).add(wake)
        try:
            while not self._stopping:
                yield True
                await _woken(wake, POLL_SECONDS)
            yield False
        finally:
            self._tenant_wakes[tenant_id].discard(wake)
            if not self._tenant_wakes[tenant_id]:
                del self._tenant_wakes[tenant_id]

    async def poll(self) -> None:
        """One look at the log for what other processes wrote: one query a tenant with readers."""
        waiting: dict[UUID, set[UUID]] = {}
        for conversation_id, readers in self._readers.items():
            for reader in readers:
                waiting.setdefault(reader.tenant_id, set()).add(conversation_id)
        for tenant_id, conversation_ids in waiting.items():
            newest = await self._last_ids(tenant_id, sorted(conversation_ids))
            for conversation_id, event_id in newest.items():
                for reader in self._readers.get(conversation_id, ()):
                    if event_id > reader.seen:
                        reader.put(_LOOK)

    async def poll_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Poll every second until cancelled; a database that is away is only waited for."""
        while True:
            started = time.monotonic()
            try:
                await self.poll()
            except Exception as error:  # the outer loop of a channel: the next round tries again
                on_error(error)
            await asyncio.sleep(max(0.05, POLL_SECONDS - (time.monotonic() - started)))


async def _woken(wake: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return False
    wake.clear()
    return True
