"""What a reader sees while a turn runs: the reply's text from its start, never taken back.

The first open intent's sentences go out as they come, later intents wait for their turn. The
pieces that went out, joined, are always the beginning of the reply, and in the end all of it.
What is not to be shown yet is held back until `show`. Words that follow others at once leave with
them: the first go at once, the next a little later and together.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graphs.state import Citation, Intent

Publish = Callable[[str, dict[str, Any]], None]
BETWEEN = "\n\n"  # between the answers of two intents
MIN_REPEATED_CHARS = 20  # shorter sentences ("Yes.") may well be said twice
TOGETHER_SECONDS = 0.05  # words leave no sooner after others; nobody reads faster than that


class Timer(Protocol):
    """Something that will be done later."""

    def cancel(self) -> object:
        """Leave it undone."""
        ...


Later = Callable[[float, Callable[[], None]], Timer]


class Weaver:
    """Joins the intents' sentences into one text, in the order in which they are given."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}
        self._last = -1  # the intent that spoke last

    def join(self, index: int, sentence: str) -> str:
        """What the sentence adds to the text; nothing where another intent has said it already."""
        if self._said.get(sentence.strip(), index) != index:
            return ""
        self.remember(index, sentence)
        return self.join_part(index, sentence)

    def remember(self, index: int, sentence: str) -> None:
        """This intent has said it: another one need not."""
        bare = sentence.strip()
        if len(bare) >= MIN_REPEATED_CHARS:
            self._said.setdefault(bare, index)

    def join_part(self, index: int, sentence: str) -> str:
        """What a part of a sentence adds to the text."""
        opens = index != self._last
        gap = BETWEEN if opens and self._last >= 0 else ""
        self._last = index
        return gap + (sentence.lstrip() if opens else sentence)


@dataclass(frozen=True, slots=True)
class _Said:
    """Words of an intent, and the sentence that they end, if they do."""

    text: str
    whole: str | None


class LiveReply:
    """Puts the intents' sentences in order and publishes them."""

    def __init__(
        self,
        publish: Publish,
        *,
        began: float,
        held: bool = False,
        at_once: bool = False,
        later: Later | None = None,
    ) -> None:
        """`at_once`: nothing of the reply is shown before it is whole. Without `later`, a clock that
        calls back, every word leaves by itself.
        """
        self._publish = publish
        self._later = later
        self._timer: Timer | None = None
        self._left_at = 0.0
        self._words = ""  # that wait for more of them
        self._held: list[tuple[str, dict[str, Any]]] | None = [] if held else None
        self._at_once = at_once
        self._began = began
        self._sent = ""
        self._count = 0
        self._now = 0  # the intent whose sentences go out
        self._weaver = Weaver()
        self._waiting: dict[int, list[_Said]] = {}
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
            self._put(kind, data, waits=True)
        self.let_out()

    def let_out(self) -> None:
        """Words that wait for more leave now."""
        words, self._words = self._words, ""
        self.stop()
        if not words:
            return
        self._left_at = time.perf_counter()
        if self.first_token_ms is None:
            self.first_token_ms = round((self._left_at - self._began) * 1_000)
        self._publish("message_delta", {"text": words})

    def stop(self) -> None:
        """Words that wait for more of them never leave."""
        self._words = ""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def expect(self, intents: Sequence[Intent]) -> None:
        """The intents of this turn are known."""
        self._count = len(intents)
        if intents:
            shown = [{"text": intent["text"], "status": "open"} for intent in intents]
            self._publish("intents", {"intents": shown})

    def piece(self, index: int, text: str) -> None:
        """The next words of a sentence under way, of the first intent only."""
        self._waiting.setdefault(index, []).append(_Said(text, None))
        self._advance()

    def sentence(
        self, index: int, text: str, source: Citation | None, whole: str | None = None
    ) -> None:
        """A supported sentence of one intent, with the white space that leads it.

        `whole` is the sentence where `text` is only what had not been shown of it.
        """
        if source is not None and all(
            s["passage_id"] != source["passage_id"] for s in self._sources
        ):
            self._sources.append(source)
            self._put("sources", {"sources": list(self._sources)})
        self._waiting.setdefault(index, []).append(_Said(text, whole or text))
        self._advance()

    def over(self, index: int) -> None:
        """One intent is through, whatever came of it."""
        self._over.add(index)
        self._advance()

    def finish(self, reply: str) -> None:
        """The whole reply is known: what is left of it goes out."""
        if reply.startswith(self._sent):  # else the final message replaces what was shown
            self._send(reply[len(self._sent) :])
        self.let_out()

    def _advance(self) -> None:
        while self._now < self._count and not self._at_once:
            for said in self._waiting.pop(self._now, []):
                self._send(self._woven(said))
            if self._now not in self._over:
                return
            self._now += 1

    def _woven(self, said: "_Said") -> str:
        if said.whole == said.text:
            return self._weaver.join(self._now, said.text)
        if said.whole is not None:
            self._weaver.remember(self._now, said.whole)
        return self._weaver.join_part(self._now, said.text)

    def _send(self, text: str) -> None:
        if text:
            self._sent += text
            self._put("message_delta", {"text": text})

    def _put(self, kind: str, data: dict[str, Any], *, waits: bool = False) -> None:
        if self._held is not None:
            self._held.append((kind, data))
        elif kind != "message_delta":
            self.let_out()
            self._publish(kind, data)
        else:
            self._words += data["text"]
            if not waits and self._timer is None:
                self._let_out_soon()

    def _let_out_soon(self) -> None:
        wait = self._left_at + TOGETHER_SECONDS - time.perf_counter()
        if self._later is None or wait <= 0:
            self.let_out()
        else:
            self._timer = self._later(wait, self.let_out)
