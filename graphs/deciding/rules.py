"""Which of a tenant's rules fire in a turn. No model is asked; every condition can be read off.

A rule that hands off by what is known before anything is looked up also holds back the answer:
what is written then is a draft for the operator.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphs.context import TurnContext
from graphs.state import ConversationState, Screened, StateUpdate
from graphs.understanding.sentiment import sentiment
from graphs.words.terms import words

_DECIDING = ("hand_off", "offer", "deliver_with_notice")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a turn's rules look at."""

    text: str
    sentiment: str
    language: str
    channel: str
    unsure_turns: int
    contact: Mapping[str, Any]


def facts_of(state: ConversationState, context: TurnContext, *, unsure_turns: int) -> Facts:
    """The facts of the turn under way; `unsure_turns` in a row, this one included once it is one."""
    screened = state["screened"]
    return Facts(
        text=screened["text"],
        sentiment=state.get("sentiment") or "neutral",
        language=screened["language"],
        channel=context.channel,
        unsure_turns=unsure_turns,
        contact=context.contact.get("facts") or {},
    )


def first_look(state: ConversationState, context: TurnContext, screened: Screened) -> StateUpdate:
    """Sentiment, and which rules fire on what is known so far; what the last turn mended goes.

    Where such a rule gives the turn to a person, its answers are withheld: they are drafts.
    """
    found = sentiment(screened["text"], screened["language"])
    seen = cast(ConversationState, {**state, "screened": screened, "sentiment": found})
    facts = facts_of(seen, context, unsure_turns=state.get("unsure", 0))
    firing = fired(context, facts)
    first = deciding(firing)
    return {
        "sentiment": found,
        "rules": [rule["name"] for rule in firing],
        "withheld": context.hands_off and first is not None and first["action"] == "hand_off",
        "recoveries": [],
    }


def fired(context: TurnContext, facts: Facts) -> list[dict[str, Any]]:
    """The rules whose every condition holds, in the tenant's order."""
    rules: list[dict[str, Any]] = context.handoff.get("rules") or []
    if not rules:
        return []
    said = Said.of(facts.text)
    return [rule for rule in rules if _holds(rule["when"], facts, said)]


def deciding(rules: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The first rule that decides who answers; those of `priority` only say how urgent it is."""
    return next((rule for rule in rules if rule["action"] in _DECIDING), None)


def is_urgent(rules: Iterable[dict[str, Any]]) -> bool:
    """Whether a rule wants this looked at before others."""
    return any(rule["action"] == "priority" for rule in rules)


@dataclass(frozen=True, slots=True)
class Said:
    """A message's words without accents and capitals, and its characters for unspaced scripts."""

    words: list[str]
    characters: str

    @classmethod
    def of(cls, text: str) -> "Said":
        """A message, ready to be asked."""
        plain = _plain(text)
        return cls(words(plain), plain)

    def holds(self, phrase: str) -> bool:
        """Whether a word or phrase stands in it; `*` at its end: any ending."""
        plain = _plain(phrase)
        if _is_unspaced(plain):
            return plain.rstrip("*") in self.characters
        is_beginning = plain.endswith("*")
        wanted = words(plain.rstrip("*"))
        n = len(wanted)
        return bool(wanted) and any(
            self.words[i : i + n - 1] == wanted[:-1]
            and _fits(self.words[i + n - 1], wanted[-1], is_beginning)
            for i in range(len(self.words) - n + 1)
        )


def _fits(word: str, wanted: str, is_beginning: bool) -> bool:
    return word.startswith(wanted) if is_beginning else word == wanted


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _is_unspaced(text: str) -> bool:
    """Chinese, Japanese, Thai: written without spaces between words."""
    return any(
        "\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or "\u0e00" <= c <= "\u0e7f"
        for c in text
    )


def _holds(when: Mapping[str, Any], facts: Facts, said: Said) -> bool:
    contact = facts.contact
    checks = (
        not when.get("words") or any(said.holds(phrase) for phrase in when["words"]),
        when.get("sentiment") in (None, facts.sentiment),
        _is_worth(contact.get("order_value"), when.get("order_value_at_least")),
        when.get("vip") in (None, contact.get("vip") is True),
        all(_same(contact.get(k), v) for k, v in (when.get("metadata") or {}).items()),
        _is_one_of(facts.language, when.get("languages")),
        not when.get("channels") or facts.channel in when["channels"],
        facts.unsure_turns >= (when.get("unsure_turns_at_least") or 0),
    )
    return all(checks)


def _is_worth(value: Any, least: float | None) -> bool:
    if least is None:
        return True
    try:
        return not isinstance(value, bool) and float(value) >= least
    except (TypeError, ValueError):
        return False


def _same(known: Any, wanted: Any) -> bool:
    """Equal in kind as well: `true` is not 1."""
    return known == wanted and isinstance(known, bool) == isinstance(wanted, bool)


def _is_one_of(language: str, wanted: list[str] | None) -> bool:
    return not wanted or language[:2].lower() in {code[:2].lower() for code in wanted}
