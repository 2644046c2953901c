"""An answer under way: what a model writes enters it only as far as the passages say it.

What goes out is the beginning of the answer and is never taken back. By sentences, each is shown
when it has passed; by tokens, words are shown as they come while the sentence so far is carried by
a passage, and whatever may be a fact only once it is found there (`graphs/writing/token_gate.py`); whole,
nothing is shown before the reply is complete.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graphs.acting.done_claims import claims_effect
from graphs.acting.tool_passages import is_tools
from graphs.deciding.rules import Said
from graphs.ports import Passage
from graphs.safety.cleaning import REMOVED, cleaned
from graphs.safety.fences import Echo
from graphs.state import UsageEntry
from graphs.words.phrases import phrase
from graphs.words.sentences import SentenceCutter, leans_on_last
from graphs.words.terms import overlap, terms
from graphs.writing.brand_words import corrected
from graphs.writing.citations import (
    MAX_QUOTE_CHARS,
    Supported,
    citations_of,
    states_nothing,
    strip_marks,
    support,
    unsupported_facts,
)
from graphs.writing.operator_said import is_operators
from graphs.writing.token_gate import TokenGate

REFUSAL = "NONE"
MAX_ANSWER_CHARS = 2_000
MAX_WITHHELD_KEPT = 20
Write = Callable[[dict[str, Any]], None]
Streaming = Literal["tokens", "sentences", "whole"]


@dataclass
class Draft:
    """The answer to one intent; `asked` is its question, `known` are names that need no source."""

    passages: list[Passage]
    language: str
    index: int
    asked: str = ""
    known: str = ""
    streaming: Streaming = "sentences"
    brand_words: Sequence[Mapping[str, Any]] = ()
    unspoken: Sequence[str] = ()  # words of forbidden topics
    addresses: Sequence[
        str
    ] = ()  # of hosts that are not allowed, for each of which `‹link›` stands
    echo: Echo | None = None  # of the prompt, which is not said aloud
    show: Write | None = None  # None: a draft that the contact does not see
    text: str = ""
    kept: int = 0
    refused: bool = False
    broken_off: bool = False
    withheld: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    failures: list[str] = field(default_factory=list[str])
    sentences: list[str] = field(default_factory=list[str])
    supported: list[Supported] = field(default_factory=list[Supported])
    usage: list[UsageEntry] = field(default_factory=list[UsageEntry])
    went_out: bool = False  # something was shown: no other model may start over
    _gap: str = ""  # the white space after the last sentence kept
    _after_withheld: bool = False
    _looked_at: str = ""
    _out: str = ""  # what of the sentence under way is shown, without its gap
    _cutter: SentenceCutter = field(default_factory=SentenceCutter)

    def restart(self) -> None:
        """Forget what an earlier model wrote; it was not shown."""
        self.text, self.kept, self.refused, self._gap = "", 0, False, ""
        self.supported, self.sentences, self.withheld = [], [], []
        self._after_withheld, self._out = False, ""
        self._cutter = SentenceCutter()

    def feed(self, piece: str) -> None:
        """Take what a model writes next."""
        for sentence in self._cutter.feed(piece):
            self._add(sentence)
        self._show_ahead(self._cutter.pending)

    def end(self) -> None:
        """The model has written everything."""
        for sentence in self._cutter.rest():
            self._add(sentence)

    def interrupted(self) -> None:
        """The model failed: half a sentence is none, or is broken off where it was shown."""
        self._cutter = SentenceCutter()
        if self._out:
            self._break_off()

    def say_as_written(self, text: str) -> None:
        """Say what the tenant has laid down for such a request, word for word."""
        self.kept += 1
        self._say(Supported(text, -1, ""), "")

    def may_quote(self, most: int) -> bool:
        """Whether none of the first passages speaks of what the tenant forbids."""
        return not any(self._is_unspoken(p["text"]) for p in self.passages[:most])

    def quote(self, most: int, hosts: Collection[str] = ()) -> None:
        """Say the first passages whole: they are the answer that the tenant gave to this question.

        `hosts` are those that they may link to.
        """
        for index, passage in enumerate(self.passages[:most]):
            self.kept += 1
            text = passage["text"]
            said = corrected(cleaned(text, hosts), self.brand_words)
            self._say(Supported(said, index, text[:MAX_QUOTE_CHARS]), "\n")

    def result(self) -> dict[str, Any]:
        """Everything that `score` needs."""
        written = self.kept + len(self.withheld)
        return {
            "text": self.text,
            "sentences": self.sentences,
            "shown": bool(self.show is not None and self.text),
            "citations": citations_of(self.supported, self.passages),
            "supported": self.kept / written if written else 1.0,
            "doubt": self.refused or not self.text,
            "withheld": self.withheld[:MAX_WITHHELD_KEPT],
            "withheld_count": len(self.withheld),
            "incomplete": self._is_incomplete(),
            "failures": self.failures,
            "usage": self.usage,
        }

    def _add(self, piece: str) -> None:
        """Take one sentence, with the white space after it, if it is supported."""
        sentence = piece.strip()
        if not sentence or self.refused or self.broken_off or len(self.text) > MAX_ANSWER_CHARS:
            return
        if sentence.strip(" .!\"'[]0123456789") == REFUSAL:
            self.refused = True
            return
        found = self._support(sentence)
        if found is None:
            self._withhold(sentence)
            return
        self._after_withheld = False
        if not self._out and any(found.text == said.text for said in self.supported):
            return
        self.kept += 1
        self._say(found, "\n" if "\n" in self._gap else " ")
        self._gap = piece[len(piece.rstrip()) :]

    def _support(self, sentence: str) -> Supported | None:
        if self._names_made_up_link(sentence):
            return None
        found = support(sentence, self.passages, locale=self.language, known=self.known)
        if self._after_withheld and leans_on_last(sentence) and not self._goes_on(found):
            return None  # it speaks of what was not shown
        if found is None and self.text and states_nothing(sentence, locale=self.language):
            found = Supported(sentence, -1, "")
        if found is None or self._is_unspoken(sentence) or self._promises(sentence, found):
            return None
        found = replace(found, text=corrected(found.text, self.brand_words))
        return found if found.text.startswith(self._out) else None

    def _names_made_up_link(self, sentence: str) -> bool:
        """Whether the address that was taken out may be one that no passage holds."""
        return REMOVED in sentence and any(
            unsupported_facts(address, self.passages, locale=self.language)
            for address in self.addresses
        )

    def _is_unspoken(self, sentence: str) -> bool:
        """Whether a sentence speaks of what the tenant forbids, or says what the prompt says."""
        if self.echo is not None and self.echo.is_in(sentence):
            return True
        said = Said.of(sentence) if self.unspoken else None
        return said is not None and any(said.holds(phrase) for phrase in self.unspoken)

    def _promises(self, sentence: str, found: Supported) -> bool:
        """Whether a sentence says that something was done, which nobody says who can know it."""
        if not claims_effect(sentence):
            return False
        told_by = self.passages[found.passage]["passage_id"] if found.passage >= 0 else ""
        return not (is_tools(told_by) or is_operators(told_by))

    def _goes_on(self, found: Supported | None) -> bool:
        """Whether a sentence follows in its passage on the last one that was kept."""
        last = self.supported[-1] if self.supported else None
        if found is None or last is None or found.passage != last.passage or last.passage < 0:
            return False
        text = self.passages[last.passage]["text"]
        _, quoted, after = text.partition(last.quote)
        return bool(quoted and found.quote) and after.lstrip().startswith(found.quote)

    def _withhold(self, sentence: str) -> None:
        facts = unsupported_facts(sentence, self.passages, locale=self.language, known=self.known)
        facts += ["link"] if self._names_made_up_link(sentence) and "link" not in facts else []
        self.withheld.append({"text": strip_marks(sentence)[0], "facts": facts})
        self._after_withheld = True
        if self._out:
            self._break_off()

    def _break_off(self) -> None:
        """End a sentence that was shown in part with honest words of ours, and the answer with it."""
        said = f"{self._out}… {phrase('broken_off', self.language)}"
        self.broken_off = True
        self.kept += 1
        self._say(Supported(said, -1, ""), "\n" if "\n" in self._gap else " ")

    def _say(self, found: Supported, gap: str) -> None:
        lead = f"{gap if self.text else ''}{self._introduced(found)}"
        whole = f"{lead}{found.text}"
        rest = whole[len(lead) + len(self._out) :] if self._out else whole
        self._out = ""
        self.text += whole
        self.sentences.append(whole)
        self.supported.append(found)
        self._write(
            {
                "kind": "sentence",
                "index": self.index,
                "text": rest,
                "whole": whole,
                "source": next(iter(citations_of([found], self.passages)), None),
            }
        )

    def _write(self, event: dict[str, Any]) -> None:
        if self.show is not None and self.streaming != "whole":
            self.went_out = True
            self.show(event)

    def _show_ahead(self, pending: str) -> None:
        """By tokens: show what of the sentence under way is sure already."""
        if self.streaming != "tokens" or self.index or self.show is None or self._stops():
            return
        if self._after_withheld and leans_on_last(f"{pending.lstrip()} "):
            return
        if self._is_unspoken(pending) or self._names_made_up_link(pending):
            return
        if claims_effect(pending):
            return
        ends_word = max(pending.rfind(" "), pending.rfind("\n"))
        if pending[:ends_word] == self._looked_at and ends_word > 0:
            return  # no further word is whole
        self._looked_at = pending[:ends_word]
        gate = TokenGate(self.passages, self.language, self.known, self.brand_words)
        sure = gate.sure(pending.lstrip())
        if len(sure) <= len(self._out) or not sure.startswith(self._out):
            return
        gap = ("\n" if "\n" in self._gap else " ") if self.text and not self._out else ""
        piece = gap + sure[len(self._out) :]
        self._out = sure
        self._write({"kind": "piece", "index": self.index, "text": piece})

    def _stops(self) -> bool:
        over = self.refused or self.broken_off or len(self.text) > MAX_ANSWER_CHARS
        return over or any(is_operators(p["passage_id"]) for p in self.passages)

    def _introduced(self, found: Supported) -> str:
        """Whose words these are, before the first ones of an operator."""
        if not self._is_operators(found) or any(map(self._is_operators, self.supported)):
            return ""
        return phrase("colleague_said", self.language)

    def _is_operators(self, found: Supported) -> bool:
        return found.passage >= 0 and is_operators(self.passages[found.passage]["passage_id"])

    def _is_incomplete(self) -> bool:
        """Whether what was not shown spoke to the question more than what was."""
        if self.broken_off:
            return True
        asked = terms(self.asked, self.language)
        unsaid = " ".join(one["text"] for one in self.withheld)
        shown = overlap(asked, terms(self.text, self.language))
        both = overlap(asked, terms(f"{self.text} {unsaid}", self.language))
        facts = any(one["facts"] for one in self.withheld)
        return bool(self.text) and (both > shown or facts)
