"""The hub: order, late readers, slow readers, other processes' writes, the drain."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from server.running.stream_queue import QUEUE_ITEMS, Frame
from server.running.streams import Hub
from tenants.ids import new_id
from tenants.running.leases import Lease
from tenants.transcripts.events import Event, Some

TENANT, TALK, TURN = new_id(), new_id(), new_id()
LEASE = Lease(TENANT, TURN, TALK, new_id(), 1, 1)


class Log:
    """An event log in memory, with the two reads the hub needs."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reads = 0

    def add(self, kind: str, turn_id: UUID | None = TURN) -> None:
        number = len(self.events) + 1
        self.events.append(Event(number, turn_id, kind, {"n": number}, datetime.now(UTC)))

    async def read(self, tenant_id: UUID, conversation_id: UUID, after: int, limit: int) -> Some:
        assert (tenant_id, conversation_id) == (TENANT, TALK)
        self.reads += 1
        return Some(self.events[after : after + limit], len(self.events) >= after + limit)

    async def last_ids(self, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, int]:
        return {conversation_id: len(self.events) for conversation_id in ids}


async def take(frames: AsyncIterator[Frame], n: int) -> list[Frame]:
    async with asyncio.timeout(2):
        return [await anext(frames) for _ in range(n)]


async def _ordered() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids, batch=3)
    log.add("contact_message")
    log.add("turn_started")
    frames = hub.read(TENANT, TALK, 0, until_turn=TURN)
    assert [f.event_id for f in await take(frames, 2)] == [1, 2]
    hub.live(LEASE, "message_delta", {"text": "He"})
    hub.live(LEASE, "message_delta", {"text": "llo"})
    log.add("message")
    log.add("turn_ended")
    hub.committed(TENANT, TALK)
    kinds = [frame.type async for frame in frames]
    assert kinds == ["message_delta", "message_delta", "message", "turn_ended"]
    assert hub.open_streams == 0


def test_deltas_stand_between_the_events_of_their_turn() -> None:
    asyncio.run(_ordered())


async def _late() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids, batch=3)
    log.add("turn_started")
    for text in ("a", "b", "c"):
        hub.live(LEASE, "message_delta", {"text": text})
    frames = hub.read(TENANT, TALK, 0)
    texts = [f.data.get("text") for f in await take(frames, 4)]
    assert texts == [None, "a", "b", "c"]
    log.add("message")
    log.add("turn_ended")
    hub.turn_over(LEASE)
    later = await take(hub.read(TENANT, TALK, 0), 3)
    assert [f.type for f in later] == ["turn_started", "message", "turn_ended"]


def test_a_late_reader_gets_the_deltas_of_a_running_turn_and_none_of_an_ended_one() -> None:
    asyncio.run(_late())


async def _slow() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids, batch=3)
    log.add("turn_started")
    frames = hub.read(TENANT, TALK, 0)
    await take(frames, 1)
    for number in range(QUEUE_ITEMS * 3):
        hub.live(LEASE, "message_delta", {"text": str(number)})
    log.add("message")
    log.add("turn_ended")
    hub.committed(TENANT, TALK)
    assert [f.type for f in await take(frames, 2)] == ["message", "turn_ended"]


def test_a_slow_reader_loses_deltas_but_no_event() -> None:
    asyncio.run(_slow())


async def _elsewhere() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids, batch=3)
    frames = hub.read(TENANT, TALK, 0)
    waiting = asyncio.create_task(take(frames, 7))
    await asyncio.sleep(0)
    for _ in range(7):
        log.add("operator_message", None)
    await hub.poll()
    assert [f.event_id for f in await waiting] == [1, 2, 3, 4, 5, 6, 7]
    reads = log.reads
    await hub.poll()
    assert log.reads == reads, "nothing new, nothing read"


def test_the_poll_finds_what_other_processes_wrote() -> None:
    asyncio.run(_elsewhere())


async def _drained() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids, batch=3)
    frames = hub.read(TENANT, TALK, 0)
    waiting = asyncio.create_task(take(frames, 1))
    await asyncio.sleep(0)
    hub.stop()
    [last] = await waiting
    assert (last.type, last.event_id) == ("reconnect", None)
    assert [f async for f in frames] == []
    log.add("message", None)
    assert [f.type async for f in hub.read(TENANT, TALK, 0)] == ["message", "reconnect"]


def test_a_drain_ends_every_stream_with_reconnect() -> None:
    asyncio.run(_drained())


async def _together() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids)
    log.add("contact_message")
    log.add("turn_started")
    hub.committed(TENANT, TALK, log.events)
    reading = hub.read_together(TENANT, TALK, 0, until_turn=TURN, news=log.events)
    async with asyncio.timeout(2):
        first = await anext(reading)
    assert [f.event_id for f in first] == [1, 2]
    assert log.reads == 0, "the news were in memory"
    for word in ("He", "llo", "!"):
        hub.live(LEASE, "message_delta", {"text": word})
    async with asyncio.timeout(2):
        words = await anext(reading)
    assert [f.data["text"] for f in words] == ["He", "llo", "!"]
    log.add("turn_ended")
    hub.committed(TENANT, TALK)
    assert [[f.type for f in batch] async for batch in reading] == [["turn_ended"]]
    assert hub.open_streams == 0


def test_words_that_are_there_together_leave_together() -> None:
    asyncio.run(_together())


async def _stale_news() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids)
    log.add("contact_message")
    log.add("turn_started")
    news = list(log.events)
    hub.committed(TENANT, TALK, news)
    log.add("message")
    log.add("turn_ended")
    hub.committed(TENANT, TALK, log.events[2:])
    frames = hub.read(TENANT, TALK, 0, until_turn=TURN, news=news)
    async with asyncio.timeout(2):
        assert [frame.event_id async for frame in frames] == [1, 2, 3, 4]


def test_what_was_committed_after_the_news_is_read_from_the_log() -> None:
    asyncio.run(_stale_news())


async def test_a_reader_who_takes_nothing_holds_one_page_of_the_log() -> None:
    log = Log()
    for _ in range(10):
        log.add("message", None)
    hub = Hub(log.read, log.last_ids, batch=3)
    reading = hub.read_together(TENANT, TALK, 0)
    pieces: list[Sequence[Frame]] = []
    for reads in range(1, 5):
        pieces.append(await anext(reading))
        assert log.reads == reads
    assert [[frame.event_id for frame in piece] for piece in pieces] == [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
        [10],
    ]
    await reading.aclose()


async def test_readers_who_look_at_the_same_time_read_the_log_once() -> None:
    log = Log()
    hub = Hub(log.read, log.last_ids)
    log.add("contact_message")
    readers = [hub.read(TENANT, TALK, 0) for _ in range(5)]
    for frames in await asyncio.gather(*(take(reader, 1) for reader in readers)):
        assert frames[0].event_id == 1
    assert log.reads == 1
    log.add("message", None)
    hub.committed(TENANT, TALK)
    for frames in await asyncio.gather(*(take(reader, 1) for reader in readers)):
        assert frames[0].event_id == 2
    assert log.reads == 2


async def test_a_read_that_began_before_a_write_is_not_shared_with_those_told_of_it() -> None:
    log, going_on = Log(), asyncio.Event()
    log.add("contact_message")

    async def slow(tenant_id: UUID, conversation_id: UUID, after: int, limit: int) -> Some:
        found = await log.read(tenant_id, conversation_id, after, limit)
        await going_on.wait()
        return found

    hub = Hub(slow, log.last_ids)
    first, second = hub.read(TENANT, TALK, 0), hub.read(TENANT, TALK, 0)
    early = asyncio.create_task(take(first, 1))
    await asyncio.sleep(0)
    log.add("message", None)
    hub.committed(TENANT, TALK)
    late = asyncio.create_task(take(second, 2))
    await asyncio.sleep(0)
    going_on.set()
    assert [frame.event_id for frame in await early] == [1]
    assert [frame.event_id for frame in await late] == [1, 2]
    assert [frame.event_id for frame in await take(first, 1)] == [2]
