"""What waits for one reader of a conversation: bounded, in order, and said by one voice.

What does not fit is dropped: the reader looks into the log again, which holds everything but the
deltas, and those of the dropped turn are replaced by its message.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.transcripts.events import Event

QUEUE_ITEMS = 512


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing to send: a durable event has an `event_id`, a live one has none."""

    type: str
    data: dict[str, Any]
    event_id: int | None = None


LOOK = Frame("", {})  # the log has grown


@dataclass(frozen=True, slots=True)
class Voice:
    """One run of a turn: who takes a turn over speaks with a higher fence, and from its start."""

    tenant_id: UUID
    conversation_id: UUID
    turn_id: UUID
    fence: int


@dataclass(frozen=True, slots=True)
class Live:
    """Something of a running turn that will not be kept."""

    voice: Voice
    frame: Frame


@dataclass(frozen=True, slots=True)
class News:
    """The newest events of the log, as they were committed in this process."""

    events: tuple[Event, ...]


Item = Live | News | Frame


@dataclass(eq=False, slots=True)
class Reader:
    """One reader: the newest event it has seen, and what waits for it."""

    tenant_id: UUID
    conversation_id: UUID
    seen: int
    items: deque[Item] = field(default_factory=deque[Item])
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    hears: Voice | None = None  # whose words it was given last
    muted: UUID | None = None  # a turn whose deltas were dropped: its message replaces them

    def put(self, item: Item) -> None:
        """Let something wait for the reader; what does not fit it finds in the log."""
        if item is LOOK and self.items and self.items[-1] is LOOK:
            return
        if isinstance(item, Live) and not self._listens_to(item.voice):
            return
        if len(self.items) >= QUEUE_ITEMS:
            lost = [kept.voice.turn_id for kept in self.items if isinstance(kept, Live)]
            self.muted = lost[-1] if lost else self.muted
            self.items.clear()
            self.items.append(LOOK)
            if isinstance(item, Live) and item.voice.turn_id == self.muted:
                return
        self.items.append(item)
        self.wake.set()

    def _listens_to(self, voice: Voice) -> bool:
        """Whether these words follow those before: a second voice would say all of it again."""
        if voice.turn_id == self.muted:
            return False
        hears, self.hears = self.hears, voice
        if hears is not None and hears.turn_id == voice.turn_id and hears != voice:
            self.muted = voice.turn_id
            return False
        return True

    def rest_of(self, turn_id: UUID) -> list[Frame]:
        """What a turn said before its end that still waits, taken out of the queue."""
        said = [i for i in self.items if isinstance(i, Live) and i.voice.turn_id == turn_id]
        for item in said:
            self.items.remove(item)
        return [item.frame for item in said]
