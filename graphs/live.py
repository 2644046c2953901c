"""What a reader sees while a turn runs: the reply's text from its start, never taken back.

The first open intent's sentences go out as they come, later intents wait for their turn. The
pieces that went out, joined, are always the beginning of the reply, and in the end all of it.
What is not to be shown yet is held back until `show`.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from graphs.state import Citation, Intent

Publish = Callable[[str, dict[str, Any]], None]
BETWEEN = "\n\n"  # between the answers of two intents
MIN_REPEATED_CHARS = 20  # shorter sentences ("Yes.") may well be said twice


class Weaver:
    """Joins the intents' sentences into one text, in the order in which they are given."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._last = -1  # the intent that spoke last

    def join(self, index: int, sentence: str) -> str:
        """What the sentence adds to the text; nothing where another intent has said it already."""
        bare = sentence.strip()
        if len(bare) >= MIN_REPEATED_CHARS:
            if bare in self._said:
                return ""
            self._said.add(bare)
        opens = index != self._last
        gap = BETWEEN if opens and self._last >= 0 else ""
        self._last = index
        return gap + (sentence.lstrip() if opens else sentence)


class LiveReply:
    """Puts the intents' sentences in order and publishes them."""

    def __init__(self, publish: Publish, *, began: float, held: bool = False) -> None:
        self._publish = publish
        self._held: list[tuple[str, dict[str, Any]]] | None = [] if held else None
        self._began = began
        self._sent = ""
        self._count = 0
        self._now = 0  # the intent whose sentences go out
        self._weaver = Weaver()
        self._waiting: dict[int, list[str]] = {}
        self._over: set[int] = set()
        self._sources: list[Citation] = []
        self.first_token_ms: int | None = None

    @property
    def waits(self) -> bool:
        """Words are ready, and held back."""
        return bool(self._held) and any(kind == "message_delta" for kind, _ in self._held)

    def show(self) -> None:
        """Let what was held back go out, and everything from now on."""
        held, self._held = self._held, None
        for kind, data in held or []:
            self._put(kind, data)

    def expect(self, intents: Sequence[Intent]) -> None:
        """The intents of this turn are known."""
        self._count = len(intents)
        if intents:
            shown = [{"text": intent["text"], "status": "open"} for intent in intents]
            self._publish("intents", {"intents": shown})

    def sentence(self, index: int, text: str, source: Citation | None) -> None:
        """A supported sentence of one intent, with the white space that leads it."""
        if source is not None and all(
            s["passage_id"] != source["passage_id"] for s in self._sources
        ):
            self._sources.append(source)
            self._put("sources", {"sources": list(self._sources)})
        self._waiting.setdefault(index, []).append(text)
        self._advance()

    def over(self, index: int) -> None:
        """One intent is through, whatever came of it."""
        self._over.add(index)
        self._advance()

    def finish(self, reply: str) -> None:
        """The whole reply is known: what is left of it goes out."""
        if reply.startswith(self._sent):  # else the final message replaces what was shown
            self._send(reply[len(self._sent) :])

    def _advance(self) -> None:
        while self._now < self._count:
            for piece in self._waiting.pop(self._now, []):
                self._send(self._weaver.join(self._now, piece))
            if self._now not in self._over:
                return
            self._now += 1

    def _send(self, text: str) -> None:
        if text:
            self._sent += text
            self._put("message_delta", {"text": text})

    def _put(self, kind: str, data: dict[str, Any]) -> None:
        if self._held is not None:
            self._held.append((kind, data))
            return
        if kind == "message_delta" and self.first_token_ms is None:
            self.first_token_ms = round((time.perf_counter() - self._began) * 1_000)
        self._publish(kind, data)
