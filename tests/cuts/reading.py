"""What one reader of a conversation has seen, over however many connections, and what was wrong."""

from dataclasses import dataclass, field
from typing import Any

Event = tuple[int, str, dict[str, Any]]


@dataclass
class Reading:
    """Numbered events in their order, and the words of the running turn since the last connect."""

    conversation_id: str
    events: list[Event] = field(default_factory=list[Event])
    words: str = ""
    connections: int = 0
    resume_seconds: list[float] = field(default_factory=list[float])
    whole: int = 0  # replies whose words all came before the message
    mistakes: list[str] = field(default_factory=list[str])

    @property
    def last(self) -> int:
        """The newest number."""
        return self.events[-1][0] if self.events else 0

    @property
    def ended(self) -> int:
        """How many turns have ended."""
        return sum(kind == "turn_ended" for _, kind, _ in self.events)

    def connected(self, seconds: float) -> None:
        """The server has taken the reader up again, so long after it was asked."""
        self.connections += 1
        self.resume_seconds.append(seconds)
        self.words = ""

    def take(self, number: int | None, kind: str, data: dict[str, Any]) -> None:
        """One frame as it came."""
        if number is None:
            if kind == "message_delta":
                self.words += data["text"]
            return
        if number != self.last + 1:
            self.mistakes.append(f"{kind} {number} came after {self.last}")
            return
        self.events.append((number, kind, data))
        if kind == "message":
            if not data["text"].startswith(self.words):
                self.mistakes.append(f"message {number} does not begin with the words before it")
            self.whole += data["text"] == self.words
            self.words = ""

    def compare(self, log: list[Event], stored: dict[str, str]) -> None:
        """Note where the reader's events are not the log's, and its texts not the stored ones."""
        if self.events != log:
            self.mistakes.append(f"{len(self.events)} events were read, {len(log)} are in the log")
        read = {data["message_id"]: data["text"] for _, kind, data in log if kind == "message"}
        if read != stored:
            self.mistakes.append("the log's replies are not the transcript's")
