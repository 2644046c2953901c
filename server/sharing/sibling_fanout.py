"""Live frames and wake-ups between the processes of one command, to those alone that have a reader.

    reader comes → every other process knows → who runs a turn there tells all it has said, and on

Most turns are read where they run, and nothing of them travels. A line that breaks costs words and
no event: readers get whole messages by the poll meanwhile.
"""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.running.stream_queue import Voice
from server.running.streams import Hub
from server.sharing.fanout import Running
from server.sharing.parts import Part, Place, heard, told
from server.sharing.siblings import GONE, Siblings
from server.sharing.taking import FenceOf, Taking, runs_under

TICK_SECONDS = 0.005  # what comes together goes together
LATELY_SECONDS = 2.0  # for which a commit is told to a reader whose coming was heard of late
MOST_LATELY = 10_000
MOST_WAITING = 10_000  # parts that are not taken yet


@dataclass(slots=True)
class _Out:
    """A turn that runs here, and how much of it was told."""

    running: Running
    sent: int = 0


class SiblingFanout:
    """One process's part in it; `work_forever` beside the server."""

    def __init__(self, line: Siblings, hub: Hub, fence_of: FenceOf) -> None:
        self._line = line
        self._hub = hub
        self._fence_of = fence_of
        self._origin = str(line.sibling.number)
        self._taking = Taking(hub, self.is_running, _nothing, self._origin)
        self._wanted: defaultdict[Place, set[int]] = defaultdict(set)  # by which others
        self._out: dict[Place, _Out] = {}
        self._touched: set[Place] = set()
        self._told_reading: set[Place] = set()
        self._lately: OrderedDict[Place, float] = OrderedDict()
        self._waiting: asyncio.Queue[tuple[Place, Part]] = asyncio.Queue(MOST_WAITING)
        self._wake = asyncio.Event()
        line.on("here", self._somebody_came)
        line.on("reading", self._others_read)
        line.on("part", self._came)
        line.on(GONE, self._somebody_went)
        line.on_connected.append(self._connected)

    def said(self, running: Running) -> None:
        """A turn that runs here has said more."""
        place = _place_of(running.voice)
        known = self._out.get(place)
        if known is None or known.running is not running:
            self._out[place] = _Out(running)
        if place in self._wanted:
            self._wake.set()

    def over(self, running: Running) -> None:
        """It says no more; the rest goes out now, its message follows."""
        out = self._out.pop(_place_of(running.voice), None)
        if out is not None and out.running is running:
            self._tell_words(out)

    def committed(self, tenant_id: UUID, conversation_id: UUID) -> None:
        """The conversation's log has grown."""
        place = Place(tenant_id, conversation_id)
        if place in self._wanted:
            self._tell(place, Part(self._origin))
        self._lately[place] = time.monotonic()
        self._lately.move_to_end(place)
        if len(self._lately) > MOST_LATELY:
            self._lately.popitem(last=False)

    def typing(self, tenant_id: UUID, conversation_id: UUID, data: dict[str, Any]) -> None:
        """Somebody types."""
        place = Place(tenant_id, conversation_id)
        if place in self._wanted:
            self._tell(place, Part(self._origin, typing=data))

    def readers_changed(self, tenant_id: UUID, conversation_id: UUID) -> None:
        """The conversation has its first reader here, or has lost its last."""
        self._touched.add(Place(tenant_id, conversation_id))
        self._wake.set()

    async def is_running(self, voice: Voice) -> bool:
        """Whether the turn still runs under that lease; no, where nobody can tell."""
        return await runs_under(self._fence_of, voice)

    async def work_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Tell and take until cancelled; what fails is told, and the next goes on."""
        async with asyncio.TaskGroup() as tasks:
            for step in (self._tell_next, self._take_next):
                tasks.create_task(_forever(step, on_error))

    async def _tell_next(self) -> None:
        await self._wake.wait()
        await asyncio.sleep(TICK_SECONDS)
        self._wake.clear()
        self._tell_reading()
        for place in self._out.keys() & self._wanted.keys():
            self._tell_words(self._out[place])

    def _tell_reading(self) -> None:
        touched, self._touched = self._touched, set()
        read = {place for place in touched if self._hub.is_read(place.conversation_id)}
        begun, ended = read - self._told_reading, (touched - read) & self._told_reading
        self._told_reading = (self._told_reading | begun) - ended
        for place in ended:
            self._taking.forget(place)
        self._reading(begun, ended)

    def _reading(self, begun: Iterable[Place], ended: Iterable[Place] = ()) -> None:
        if begun or ended:
            self._line.tell("reading", {"begun": _as_json(begun), "ended": _as_json(ended)})

    def _tell_words(self, out: _Out) -> None:
        voice = out.running.voice
        frames = [item.frame for item in out.running.said[out.sent :]]
        if frames and _place_of(voice) in self._wanted:
            self._tell(_place_of(voice), Part(self._origin, voice, out.sent, frames))
            out.sent += len(frames)

    def _tell(self, place: Place, part: Part) -> None:
        where = [str(place.tenant_id), str(place.conversation_id)]
        self._line.tell("part", [*where, told(part)])

    def _connected(self) -> None:
        self._wanted.clear()
        self._touched |= {Place(*read) for read in self._hub.read_now()}
        self._tell_reading()
        self._reading(self._told_reading)  # what was told before has been forgotten

    def _somebody_came(self, number: int, _body: Any) -> None:
        self._somebody_went(number, None)
        self._reading(self._told_reading)

    def _somebody_went(self, number: int, _body: Any) -> None:
        for place in [place for place, by in self._wanted.items() if number in by]:
            self._not_wanted(place, number)

    def _others_read(self, number: int, body: dict[str, list[list[str]]]) -> None:
        for place in _places(body["ended"]):
            self._not_wanted(place, number)
        for place in _places(body["begun"]):
            self._wanted[place].add(number)
            if (out := self._out.get(place)) is not None:
                out.sent = 0  # who has heard some of it takes the rest
                self._wake.set()
            if time.monotonic() - self._lately.get(place, 0.0) < LATELY_SECONDS:
                self._tell(place, Part(self._origin))

    def _not_wanted(self, place: Place, number: int) -> None:
        by = self._wanted.get(place)
        if by is not None:
            by.discard(number)
            if not by:
                del self._wanted[place]

    def _came(self, _number: int, body: Any) -> None:
        tenant_id, conversation_id, as_json = body
        place = Place(UUID(tenant_id), UUID(conversation_id))
        if self._hub.is_read(place.conversation_id):
            with suppress(asyncio.QueueFull):  # what is lost stands in the log
                self._waiting.put_nowait((place, heard(place, as_json)))

    async def _take_next(self) -> None:
        await self._taking.take(*await self._waiting.get())


async def _forever(
    step: Callable[[], Awaitable[None]], on_error: Callable[[Exception], None]
) -> None:
    while True:
        try:
            await step()
        except Exception as error:  # the outer loop of a channel: the next step goes on
            on_error(error)


def _place_of(voice: Voice) -> Place:
    return Place(voice.tenant_id, voice.conversation_id)


def _as_json(places: Iterable[Place]) -> list[list[str]]:
    return [[str(place.tenant_id), str(place.conversation_id)] for place in places]


def _places(as_json: list[list[str]]) -> list[Place]:
    return [Place(UUID(tenant_id), UUID(conversation_id)) for tenant_id, conversation_id in as_json]


async def _nothing(_place: Place) -> list[Part]:
    """Nothing is kept on the way: who runs the turn tells it from the start to whoever comes."""
    return []
