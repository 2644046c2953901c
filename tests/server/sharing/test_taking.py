"""What comes from other processes: in order, once, none of the dead, none meant for somebody else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from server.running.stream_queue import Frame, Voice
from server.running.streams import Hub
from server.sharing.parts import Part, Place
from server.sharing.redis_parts import PURPOSE, channel_of, packed, said_of, unpacked
from server.sharing.taking import Taking
from tenants.ids import new_id
from tenants.keys.sealing import Sealer
from tenants.transcripts.events import Some

PLACE = Place(new_id(), new_id())
FIRST = Voice(PLACE.tenant_id, PLACE.conversation_id, new_id(), 1)
SECOND = Voice(PLACE.tenant_id, PLACE.conversation_id, FIRST.turn_id, 2)
SEALER = Sealer(b"m" * 32, PURPOSE)
END = Frame("end", {})


class Elsewhere:
    """Another process: what it keeps of its turn, and under which lease that runs."""

    def __init__(self) -> None:
        self.kept: list[Part] = []
        self.fence: int | None = 1

    async def is_running(self, voice: Voice) -> bool:
        return voice.fence == self.fence

    async def said_so_far(self, place: Place) -> list[Part]:
        assert place == PLACE
        return self.kept


async def nothing_read(*_: Any) -> Some:
    return Some(())


async def nothing_new(*_: Any) -> dict[UUID, int]:
    return {}


class Ear:
    """A process that hears of the turn, and its reader."""

    def __init__(self) -> None:
        self.elsewhere = Elsewhere()
        self.hub = Hub(nothing_read, nothing_new)
        self.taking = Taking(
            self.hub, self.elsewhere.is_running, self.elsewhere.said_so_far, "here"
        )

    @asynccontextmanager
    async def reader(self) -> AsyncGenerator[list[str]]:
        """The words that a reader is shown while the block runs; all that came, behind it."""
        shown: list[str] = []

        async def read() -> None:
            frames = self.hub.read(PLACE.tenant_id, PLACE.conversation_id, 0, pings=False)
            async for frame in frames:
                if frame.type == "typing":
                    return
                shown.append(frame.data["text"])

        before = self.hub.open_streams
        reading = asyncio.create_task(read())
        while self.hub.open_streams == before:
            await asyncio.sleep(0)
        yield shown
        self.hub.typing_elsewhere(PLACE.conversation_id, {})
        async with asyncio.timeout(5):
            await reading

    async def hear(self, *parts: Part) -> None:
        for one in parts:
            await self.taking.take(PLACE, one)


def part(voice: Voice, first: int, *words: str, origin: str = "there") -> Part:
    return Part(origin, voice, first, [Frame("message_delta", {"text": word}) for word in words])


async def test_words_come_once_and_in_order() -> None:
    ear = Ear()
    async with ear.reader() as shown:
        await ear.hear(part(FIRST, 0, "a", "b"), part(FIRST, 1, "b", "c"), part(FIRST, 0, "a"))
        await ear.hear(part(FIRST, 3, "d"), part(FIRST, 4, "own", origin="here"))
    assert shown == ["a", "b", "c", "d"]


async def test_what_was_missed_is_read_from_what_is_kept() -> None:
    ear = Ear()
    ear.elsewhere.kept = [part(FIRST, 0, "a", "b"), part(FIRST, 2, "c"), part(FIRST, 3, "d")]
    async with ear.reader() as shown:
        await ear.hear(part(FIRST, 3, "d"))
    assert shown == ["a", "b", "c", "d"]


async def test_behind_a_gap_nothing_is_shown_any_more() -> None:
    ear = Ear()
    async with ear.reader() as shown:
        await ear.hear(part(FIRST, 0, "a"), part(FIRST, 2, "c"), part(FIRST, 3, "d"))
    assert shown == ["a"]


async def test_who_comes_later_is_shown_all_of_it() -> None:
    ear = Ear()
    async with ear.reader() as shown:
        await ear.hear(part(FIRST, 0, "a", "b"))
        async with ear.reader() as late:
            await ear.hear(part(FIRST, 2, "c"))
        await ear.hear(part(FIRST, 3, "d"))
    assert "".join(late) == "abc"
    assert "".join(shown) == "abc", "the first reader stopped with the same sign"


async def test_a_process_that_has_lost_its_turn_is_not_heard() -> None:
    ear = Ear()
    async with ear.reader() as shown:
        await ear.hear(part(FIRST, 0, "a"))
        ear.elsewhere.fence = 2
        await ear.hear(part(SECOND, 0, "A", "B"), part(FIRST, 1, "b"))
        async with ear.reader() as late:
            await ear.hear(part(SECOND, 2, "C"))
    assert shown == ["a"], "its message replaces what was begun by another"
    assert late == ["A", "B", "C"]


async def test_a_turn_that_is_over_is_not_heard() -> None:
    ear = Ear()
    ear.elsewhere.fence = None
    async with ear.reader() as shown:
        await ear.hear(part(FIRST, 0, "a"))
    assert shown == []


def test_what_is_sealed_for_one_conversation_opens_in_no_other() -> None:
    sealed = packed(PLACE, part(FIRST, 0, "secret"), SEALER)
    assert b"secret" not in sealed
    assert unpacked(PLACE, sealed, SEALER) == part(FIRST, 0, "secret")
    for other in (Place(new_id(), PLACE.conversation_id), Place(PLACE.tenant_id, new_id())):
        assert str(other.tenant_id) in channel_of(other) and str(other.tenant_id) in said_of(other)
        assert unpacked(other, sealed, SEALER) is None
    assert unpacked(PLACE, b"not ours", SEALER) is None
    assert unpacked(PLACE, sealed, Sealer(b"n" * 32, PURPOSE)) is None
