"""What a turn's nodes were given from outside, kept in order, so that the turn can be run again alone.

A port asks for a `Slot` before it calls. A recorder's slot is empty and keeps what the call gave; a
player's slot holds what was given the first time, and a call that finds none has left the tape.
Held in a context variable, like the turn's searches: the graph's tasks inherit it.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Container, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphs.keeping.checkpoints import strict_serializer
from tenants.ids import new_id

_SERDE = strict_serializer()
_NOTHING = object()


def digest(value: Any) -> str:
    """Twelve hexadecimal digits of a value's bytes, as a checkpoint would hold them."""
    nothing = _OF_NOTHING.get(type(value))
    return _digest(value) if nothing is None or value else nothing


def _digest(value: Any) -> str:
    return hashlib.blake2b(_SERDE.dumps_typed(value)[1], digest_size=6).hexdigest()


# Half of what a turn comes to is nothing.
_OF_NOTHING: dict[type, str] = {type(one): _digest(one) for one in (None, "", [], {}, (), False)}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a run again came to something else; `node` is "" for the turn's end."""

    node: str
    what: str
    was: Any = None
    now: Any = None


class LeftTheTape(Exception):
    """A node asked for what it had not asked for the first time: nothing can be given to it."""

    def __init__(self, node: str, port: str) -> None:
        super().__init__(f"{node} asks {port} once more than it did")
        self.node, self.port = node, port


@dataclass
class Slot:
    """One call's place on the tape."""

    call: dict[str, Any] | None = None
    _gave: Any = _NOTHING

    @property
    def is_recorded(self) -> bool:
        """Whether the call was made before, and is not to be made again."""
        return self._gave is not _NOTHING

    @property
    def gave(self) -> Any:
        """What it gave then, as plain JSON."""
        return self._gave

    def keep(self, gave: Any) -> None:
        """Put on the tape what the call gave, as plain JSON."""
        if self.call is not None:
            self.call["gave"] = gave


class Tape(Protocol):
    """A recorder or a player."""

    def slot(self, node: str, port: str, asked: Any) -> Slot:
        """The place of a node's next call of a port."""
        ...

    def step(self, node: str, update: Mapping[str, Any]) -> None:
        """A node has come to its end with this update."""
        ...


@dataclass
class Recorder:
    """Keeps every call, and what each node came to as digests by key."""

    calls: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    steps: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def slot(self, node: str, port: str, asked: Any) -> Slot:
        call = {"node": node, "port": port, "asked": asked}
        self.calls.append(call)
        return Slot(call)

    def step(self, node: str, update: Mapping[str, Any]) -> None:
        self.steps[node] = {key: digest(value) for key, value in update.items()}


class Continued(Recorder):
    """Gives what the nodes of these places were given another time, and records all of it anew.

    Ids are drawn afresh. What is asked need not be the same: knowledge may have a later version; a
    node that asks more often than then is given what is so now.
    """

    def __init__(self, calls: Sequence[Mapping[str, Any]], places: Container[str]) -> None:
        super().__init__()
        self._left: dict[tuple[str, str], deque[Mapping[str, Any]]] = {}
        for call in calls:
            if call["node"] in places and call["port"] != "id":
                self._left.setdefault((call["node"], call["port"]), deque()).append(call)

    def slot(self, node: str, port: str, asked: Any) -> Slot:
        made = super().slot(node, port, asked)
        left = self._left.get((node, port))
        before = left.popleft() if left else None
        if before is None or "gave" not in before:
            return made
        made.keep(before["gave"])
        return Slot(None, before["gave"])


class Player:
    """Gives what was recorded, in the same order for each node and port, and notes what differs."""

    def __init__(self, calls: list[dict[str, Any]], steps: Mapping[str, Mapping[str, str]]) -> None:
        self._calls: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for call in calls:
            self._calls.setdefault((call["node"], call["port"]), []).append(call)
        self._given: Counter[tuple[str, str]] = Counter()
        self._steps = steps
        self.seen: dict[str, Mapping[str, Any]] = {}
        self.state: Mapping[str, Any] | None = None  # at the end of the run
        self.differences: list[Difference] = []

    def slot(self, node: str, port: str, asked: Any) -> Slot:
        key = (node, port)
        recorded = self._calls.get(key, [])
        at, self._given[key] = self._given[key], self._given[key] + 1
        if at >= len(recorded) or "gave" not in recorded[at]:
            self.differences.append(Difference(node, f"asks {port} once more", None, asked))
            raise LeftTheTape(node, port)
        if recorded[at]["asked"] != asked:
            was = recorded[at]["asked"]
            self.differences.append(Difference(node, f"asks {port} something else", was, asked))
        return Slot(None, recorded[at]["gave"])

    def step(self, node: str, update: Mapping[str, Any]) -> None:
        self.seen[node] = update
        was = self._steps.get(node)
        if was is None:
            self.differences.append(Difference(node, "did not run before"))
            return
        now = {key: digest(value) for key, value in update.items()}
        for key in sorted(was.keys() | now.keys()):
            if was.get(key) != now.get(key):
                self.differences.append(Difference(node, key, was.get(key), now.get(key)))

    def close(self) -> None:
        """The run is over: what has not been run or asked again differs as well."""
        for node in self._steps.keys() - self.seen.keys():
            self.differences.append(Difference(node, "did not run again"))
        for (node, port), calls in self._calls.items():
            if node in self.seen and self._given[node, port] < len(calls):
                self.differences.append(Difference(node, f"asks {port} less often"))


_TAPE: ContextVar[Tape | None] = ContextVar("turn_tape", default=None)
_NODE: ContextVar[str] = ContextVar("turn_node", default="")


@contextmanager
def tape(one: Tape | None) -> Generator[None]:
    """Everything inside goes onto this tape, or comes from it."""
    token = _TAPE.set(one)
    try:
        yield
    finally:
        _TAPE.reset(token)


def tape_of_turn() -> Tape | None:
    """The tape that the turn runs with, if it does."""
    return _TAPE.get()


def enter_node(name: str, state: Mapping[str, Any]) -> str:
    """The node's place on the tape, for what is called from inside of it."""
    intent = state.get("intent")
    place = f"{name}:{intent['index']}" if isinstance(intent, dict) else name
    if rounds := state.get("tool_rounds"):
        place = f"{place}.{rounds}"
    _NODE.set(place)
    return place


def slot(port: str, asked: Any) -> Slot:
    """The place of a call that a node makes now; one that keeps nothing where there is no tape."""
    running = _TAPE.get()
    return Slot() if running is None else running.slot(_NODE.get(), port, asked)


def fresh_id() -> str:
    """A new id, the same when the turn is run again."""
    place = slot("id", None)
    if place.is_recorded:
        return place.gave
    made = str(new_id())
    place.keep(made)
    return made
