"""The hub: readers of a conversation's durable event log, woken at once, with live deltas between.

A reader never holds a database connection while it waits, and is never waited for: what does not
fit into its queue is dropped, and it reads the log again, which holds everything but the deltas.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

from server.running.log_reads import LogReads, ReadLog
from server.running.stream_queue import LOOK, Frame, Live, News, Reader, Voice
from server.running.tenant_wakes import POLL_SECONDS, TenantWakes, woken
from server.sharing.fanout import Fanout, Running
from tenants.running.leases import Lease
from tenants.transcripts.events import Event

MOST_TOGETHER = 64  # frames that leave in one piece
LOG_BATCH = 32  # events: a reader that takes nothing more holds so many, and of long ones fewer
PING_SECONDS = 15.0
RECONNECT_AFTER_MS = 1_000
REMEMBERED = 20_000  # conversations whose newest event is known, the latest

LastIds = Callable[[UUID, Sequence[UUID]], Awaitable[dict[UUID, int]]]


PING = Frame("ping", {})
_PAUSE = Frame("", {})  # nothing more is there now
_STOP = Frame("reconnect", {"after_ms": RECONNECT_AFTER_MS})


class Hub:
    """Who reads which conversation in this process, and what its running turns have said so far."""

    def __init__(self, read_log: ReadLog, last_ids: LastIds, *, batch: int = LOG_BATCH) -> None:
        self._log = LogReads(read_log, batch)
        self._last_ids = last_ids
        self._readers: dict[UUID, set[Reader]] = {}
        self._running: dict[UUID, Running] = {}
        self._wakes = TenantWakes()
        self._newest: OrderedDict[UUID, int] = OrderedDict()  # written here; 0: not known
        self.on_commit: Callable[[], None] = lambda: None
        self.fanout: Fanout | None = None  # None: this process alone, or the poll finds the rest
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
        item = News(tuple(news)) if news else LOOK
        self._log.grown()
        self._newest[conversation_id] = news[-1].event_id if news else 0
        self._newest.move_to_end(conversation_id)
        if len(self._newest) > REMEMBERED:
            self._newest.popitem(last=False)
        for reader in self._readers.get(conversation_id, ()):
            reader.put(item)
        self._wakes.wake(tenant_id)
        if self.fanout is not None:
            self.fanout.committed(tenant_id, conversation_id)
        if leaves:
            self.on_commit()

    def live(self, lease: Lease, kind: str, data: dict[str, Any]) -> None:
        """Show something of a running turn that will not be kept."""
        voice = Voice(lease.tenant_id, lease.conversation_id, lease.turn_id, lease.fence)
        frame = Frame(kind, data | {"turn_id": str(lease.turn_id)})
        running = self._say(voice, [frame], is_here=True)
        if self.fanout is not None:
            self.fanout.said(running)

    def heard(self, voice: Voice, frames: Sequence[Frame]) -> None:
        """Show what a turn says that runs in another process."""
        running = self._running.get(voice.conversation_id)
        if running is None or not running.is_here or running.voice.fence < voice.fence:
            self._say(voice, frames, is_here=False)

    def _say(self, voice: Voice, frames: Sequence[Frame], *, is_here: bool) -> Running:
        running = self._running.get(voice.conversation_id)
        if running is None or running.voice != voice:
            if running is not None and running.is_here and self.fanout is not None:
                self.fanout.over(running)  # another process has taken it over
            running = self._running[voice.conversation_id] = Running(voice, is_here)
        for item in (Live(voice, frame) for frame in frames):
            running.said.append(item)
            for reader in self._readers.get(voice.conversation_id, ()):
                reader.put(item)
        return running

    def typing(self, tenant_id: UUID, conversation_id: UUID, data: dict[str, Any]) -> None:
        """Show that somebody types; nobody who comes later learns of it."""
        self.typing_elsewhere(conversation_id, data)
        if self.fanout is not None:
            self.fanout.typing(tenant_id, conversation_id, data)

    def typing_elsewhere(self, conversation_id: UUID, data: dict[str, Any]) -> None:
        """Show that somebody types who is connected to another process."""
        for reader in self._readers.get(conversation_id, ()):
            reader.put(Frame("typing", data))

    def turn_over(self, lease: Lease) -> None:
        """Forget what a turn said live: its message stands in the log, or it starts afresh."""
        running = self._running.get(lease.conversation_id)
        if running is None or running.voice.turn_id != lease.turn_id:
            return
        if running.is_here:
            del self._running[lease.conversation_id]
            if self.fanout is not None:
                self.fanout.over(running)

    def forget_elsewhere(self, conversation_id: UUID, turn_id: UUID | None = None) -> None:
        """Drop what a turn (any, where none is named) has said in another process."""
        running = self._running.get(conversation_id)
        if running is None or running.is_here:
            return
        if turn_id is None or running.voice.turn_id == turn_id:
            del self._running[conversation_id]

    def look(self, conversation_id: UUID) -> None:
        """Another process has written into the conversation's log."""
        self._log.grown()
        for reader in self._readers.get(conversation_id, ()):
            reader.put(LOOK)

    def is_read(self, conversation_id: UUID) -> bool:
        """Whether the conversation has a reader here."""
        return conversation_id in self._readers

    def read_now(self) -> Sequence[tuple[UUID, UUID]]:
        """Tenant and conversation of everything that is read here."""
        return [
            (next(iter(readers)).tenant_id, conversation_id)
            for conversation_id, readers in self._readers.items()
        ]

    def stop(self) -> None:
        """End every stream with `reconnect`, now and from now on."""
        self._stopping = True
        for readers in self._readers.values():
            for reader in readers:
                reader.put(_STOP)
        self._wakes.stop()

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
        await self._check_running(conversation_id)
        reader = Reader(tenant_id, conversation_id, after)
        self._begin(reader, news)
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
            self._end(reader)

    async def _check_running(self, conversation_id: UUID) -> None:
        """What was heard from elsewhere may be over: no news of that has come to a reader here."""
        running = self._running.get(conversation_id)
        if running is None or running.is_here or self.fanout is None:
            return
        if not await self.fanout.is_running(running.voice):
            self.forget_elsewhere(conversation_id, running.voice.turn_id)

    def _begin(self, reader: Reader, news: Sequence[Event]) -> None:
        conversation_id = reader.conversation_id
        if conversation_id not in self._readers:
            self._readers[conversation_id] = set()
            if self.fanout is not None:
                self.fanout.readers_changed(reader.tenant_id, conversation_id)
        self._readers[conversation_id].add(reader)
        fresh = bool(news) and self._newest.get(conversation_id) == news[-1].event_id
        reader.put(News(tuple(news)) if fresh else LOOK)
        if (running := self._running.get(conversation_id)) is not None:
            for item in running.said:
                reader.put(item)
        if self._stopping:
            reader.put(_STOP)

    def _end(self, reader: Reader) -> None:
        conversation_id = reader.conversation_id
        self._readers[conversation_id].discard(reader)
        if not self._readers[conversation_id]:
            del self._readers[conversation_id]
            if self.fanout is not None:
                self.fanout.readers_changed(reader.tenant_id, conversation_id)

    async def _frames(
        self, reader: Reader, until_turn: UUID | None, pings: bool
    ) -> AsyncIterator[Frame]:
        over: set[UUID] = set()
        while True:
            while reader.items:
                item = reader.items.popleft()
                if isinstance(item, Live):
                    if item.voice.turn_id not in over:
                        yield item.frame
                elif isinstance(item, News) or item is LOOK:
                    async for event in self._new_events(reader, item):
                        if event is None:
                            yield _PAUSE
                            continue
                        if event.type in ("message", "turn_ended") and event.turn_id:
                            for said in reader.rest_of(event.turn_id):
                                yield said
                            over.add(event.turn_id)
                            self.forget_elsewhere(reader.conversation_id, event.turn_id)
                        yield Frame(event.type, event.data, event.event_id)
                        if event.type == "turn_ended" and event.turn_id == until_turn:
                            return
                else:
                    yield item
                    if item is _STOP:
                        return
            yield _PAUSE
            if not await woken(reader.wake, PING_SECONDS) and pings:
                yield PING

    async def _new_events(self, reader: Reader, item: News | Frame) -> AsyncIterator[Event | None]:
        """What the reader has not seen: from the news where they follow, else from the log.

        None behind a page of the log that has others behind it: only one page is held at a time by
        a reader who takes nothing.
        """
        if isinstance(item, News) and item.events[0].event_id <= reader.seen + 1:
            for event in item.events:
                if event.event_id > reader.seen:
                    reader.seen = event.event_id
                    yield event
            return
        while True:
            found = await self._log.behind(reader)
            for event in found.events:
                reader.seen = event.event_id
                yield event
            if not found.more:
                return
            del found
            yield None

    async def changes(self, tenant_id: UUID) -> AsyncIterator[bool]:
        """True whenever something of the tenant may have changed, at least every second; False at the end."""
        async for going in self._wakes.changes(tenant_id):
            yield going

    async def poll(self) -> None:
        """One look at the log for what other processes wrote: one query a tenant with readers."""
        waiting: dict[UUID, set[UUID]] = {}
        for conversation_id, readers in self._readers.items():
            for reader in readers:
                waiting.setdefault(reader.tenant_id, set()).add(conversation_id)
        for tenant_id, conversation_ids in waiting.items():
            newest = await self._last_ids(tenant_id, sorted(conversation_ids))
            self._log.grown()
            for conversation_id, event_id in newest.items():
                for reader in self._readers.get(conversation_id, ()):
                    if event_id > reader.seen:
                        reader.put(LOOK)

    async def poll_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Poll every second until cancelled; a database that is away is only waited for."""
        while True:
            started = time.monotonic()
            try:
                await self.poll()
            except Exception as error:  # the outer loop of a channel: the next round tries again
                on_error(error)
            await asyncio.sleep(max(0.05, POLL_SECONDS - (time.monotonic() - started)))
