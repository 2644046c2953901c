"""The driver's own book: what it sent, what it was told, whom it killed. It trusts no server."""

import json
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Sent:
    """One message, from its first sending to the end of its turn as the contact learnt it."""

    conversation_id: str
    client_message_id: str
    text: str
    turn_id: str = ""  # once it was accepted
    accepted_at: float = 0.0
    sendings: int = 0
    status: str = ""  # of the turn, once it has ended
    ended_at: float = 0.0


@dataclass
class Streamed:
    """What a reader of one conversation saw, over all its connections."""

    conversation_id: str
    numbered: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    connections: int = 0


@dataclass(frozen=True)
class Kill:
    """One process that was killed, and the evidence of where it stood."""

    point: str
    pid: int
    held: str
    at: float
    over_at: float = 0.0  # when the database was there again, for its own kill


@dataclass(frozen=True)
class Restart:
    """One server that was asked to go, and how it went."""

    pid: int
    status: int
    seconds: float


@dataclass(frozen=True)
class Fault:
    """One fault of the database: its evidence, its time, and how long good answers took after it."""

    what: str
    evidence: str
    at: float
    over_at: float
    good_after: float


@dataclass(frozen=True)
class Refused:
    """An answer that names a failure of the server's."""

    path: str
    status: int
    said: str


class Journal:
    """Everything in memory, and a line a happening in a file."""

    def __init__(self, path: Path) -> None:
        self.sent: list[Sent] = []
        self.streamed: list[Streamed] = []
        self.kills: list[Kill] = []
        self.restarts: list[Restart] = []
        self.faults: list[Fault] = []
        self.refused: list[Refused] = []
        self.unexpected: list[str] = []  # what no careful client is to be told; it stops there
        self.missed: list[str] = []  # hold points that nobody came by
        self.unwell: list[str] = []  # looks at a living server's health that got no good answer
        self.resolved: dict[str, str] = {}  # handoff → conversation, of those to be learnt from
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, what: str, entry: Any) -> None:
        """Keep one happening."""
        told = entry if isinstance(entry, dict) else asdict(entry)
        with self._lock:
            self._file.write(json.dumps({"at": time.time(), "what": what} | told) + "\n")
            self._file.flush()

    def disturbances(self) -> list[tuple[float, float]]:
        """When something was killed or broken, and when it was over."""
        kills = [(kill.at, max(kill.at, kill.over_at)) for kill in self.kills]
        return kills + [(fault.at, fault.over_at) for fault in self.faults]

    def took_seconds(self, sent: Sent) -> float:
        """From a message's acceptance to its turn's end, without the time when there was no database."""
        absent = sum(
            max(0.0, min(over_at, sent.ended_at) - max(at, sent.accepted_at))
            for at, over_at in self.disturbances()
        )
        return sent.ended_at - sent.accepted_at - absent

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
