"""Whether a message asks for a person: a small grammar over words, in six languages.

A wish is a few kinds of words in order with little between them ("speak" … "to" … "a human"); which
words are of which kind stands in `person_words`. A message is read once, each rule looks only where
its rarest kind of word was found, and gaps are bounded, so that no text is slow to read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphs.understanding.person_words import NO_SLIPS, OTHERWISE, WORDS
from graphs.words.folding import folded
from graphs.words.slips import Slips

MAX_CHARS = 8_000
MAX_CALLED = 6  # words of a clause that does hardly anything but call for a person
_CLAUSE = re.compile(r"[.!?;:…\n()。！？]+")
_PAUSE = re.compile(r"(?<![,\-–—/])[,\-–—/]++\s")  # a long row of marks is read once
_HUMAN = frozenset({"human", "staff"})
_SOUGHT = frozenset({"human", "staff", "line", "people"})
_END = frozenset({"end"})  # stands after the last word
_WISHING = frozenset({"want", "pass", "now", "callback", "refuse"})
_LITTLE = frozenset({"little", "real", "please", "now"})
_SLIPPING = ("staff", "human", "people", "some", "reach", "line")  # kinds read with a wrong letter
_JOINED = "_"


@dataclass(frozen=True, slots=True)
class _Step:
    """The next kinds of word, and how many words may stand before it: any ones, or little ones."""

    kinds: frozenset[str]
    gap: int = 0
    only_little: bool = False


def _rule(text: str) -> tuple[_Step, ...]:
    """`a ~3 b|c -2 d`: at most 3 words between, then at most 2 little ones."""
    steps: list[_Step] = []
    gap, only_little = 0, False
    for part in text.split():
        if part[0] in "~-":
            gap, only_little = int(part[1:]), part[0] == "-"
        else:
            steps.append(_Step(frozenset(part.split("|")), gap, only_little))
            gap, only_little = 0, False
    return tuple(steps)


_RULES = tuple(
    map(
        _rule,
        (
            "callback",
            "reach ~5 staff|human|line",  # speak to one of your agents
            "reach ~2 link -3 people|some",  # talk to someone
            "link ~3 staff|human|line|people|some ~4 reach",  # mit einem Menschen sprechen
            "want -3 staff|human|line ~3 reach",  # einen Sachbearbeiter sprechen
            "want -5 staff|human|line|people",  # I need a human
            "pass ~5 staff|human|line|people",  # transfer me to an agent
            "pass ~3 link -3 some",  # put me through to somebody
            "link -3 staff|human|line|people|some ~3 pass",  # mit jemandem verbinden
            "exist ~1 some ~3 human",  # is there anybody human
            "some -2 real",  # anyone real
            "human|staff|line ~6 please|can|reach|serve|help|now|exist|pass|touch|want",
            "please|can|now|help|exist|pass|serve|touch|want ~6 human|staff|line",
            "exist -3 people little|can|serve|reach|end",  # is there a person there
            "people|some ~1 work",
            "work ~2 people|some",  # do people work there
            "exist ~2 some ~5 reach",  # is there someone I can talk to
            "some ~3 can ~3 reach",  # anyone I could talk to
            "can -1 some ~2 serve|reach ~1 end",  # can someone help me?
            "pass -3 some",
            "serve -2 people|some",
            "some ~2 can ~1 serve ~1 end",
            "some ~2 serve end",
            "who ~2 staff end",  # who is the manager?
            "reach ~6 phone",  # talk over the phone
            "want -5 some",  # I need someone
            "reach -2 some|people",
            "some ~1 link who ~3 reach",
            "who ~1 can ~3 reach",  # who can I talk to
            "who ~3 reach",
            "refuse ~5 bot",  # no more bots
            "some|staff|human|people ~4 touch",  # can someone call me
            "touch ~3 some|staff|human|people",  # puede llamarme alguien
            "staff|human ~3 serve",  # can an agent help me
            "serve ~2 staff|human",  # me puede atender un operador
            "help -1 from -3 staff|human|line|people",  # help from a person
        ),
    )
)


def asks_for_person(text: str) -> bool:
    """Whether the text wishes that a person takes over, answers or calls."""
    for clause in _CLAUSE.split(text[:MAX_CHARS]):
        if not clause.strip():
            continue
        words = _read(clause)
        if _asks_what_we_are(words):
            continue
        if _calls(words) or any(_holds(words, rule) for rule in _RULES):
            return True
        parts = [part for part in _PAUSE.split(clause) if part.strip()]
        if len(parts) > 1 and any(_calls(_read(part)) for part in parts):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Words:
    """A clause: the kinds of each of its words, and where each kind stands."""

    kinds: list[frozenset[str]]
    places: dict[str, list[int]]


def _read(clause: str) -> _Words:
    kinds = [*_real_people(list(_kinds_in_order(folded(clause)))), _END]
    places: dict[str, list[int]] = {}
    for place, found in enumerate(kinds):
        for kind in found:
            places.setdefault(kind, []).append(place)
    return _Words(kinds, places)


def _kinds_in_order(words: Sequence[str]) -> Iterator[frozenset[str]]:
    """The kinds of every word; words that stand together for one thing count as one."""
    lexicon = _lexicon()
    place = 0
    while place < len(words):
        longest = lexicon.longest.get(words[place], 1)
        for length in range(min(longest, len(words) - place), 0, -1):
            entry = _JOINED.join(words[place : place + length])
            if length == 1 or entry in lexicon.kinds:
                yield lexicon.kinds_of(entry)
                place += length
                break


def _real_people(kinds: list[frozenset[str]]) -> Iterator[frozenset[str]]:
    """A real person, in either order, is a human."""
    place = 0
    while place < len(kinds):
        pair = kinds[place : place + 2]
        one, other = (pair[0], pair[1]) if len(pair) == 2 else (pair[0], frozenset[str]())
        people = frozenset({"people", "staff", "human"})
        if ("real" in one and people & other) or (people & one and "real" in other):
            yield frozenset({"human", "people"})
            place += 2
        else:
            yield one
            place += 1


def _calls(words: _Words) -> bool:
    """Whether a clause does hardly anything but call for a person: "agent!!", "a human please"."""
    kinds = words.kinds[:-1]
    if not 0 < len(kinds) <= MAX_CALLED or not any(k & _SOUGHT for k in kinds):
        return False
    if any("human" in k for k in kinds):
        return True
    return all(k & _SOUGHT or k & _LITTLE for k in kinds)


def _asks_what_we_are(words: _Words) -> bool:
    """Whether a clause asks if we are a person, and wishes for none: "are you a human or a bot?"."""
    found = words.places.keys()
    return "self" in found and not found & _WISHING and bool(found & {"human", "bot", "people"})


def _holds(words: _Words, rule: Sequence[_Step]) -> bool:
    if any(not (step.kinds & words.places.keys()) for step in rule):
        return False
    starts = {p for kind in rule[0].kinds for p in words.places.get(kind, ())}
    return any(_goes_on(words.kinds, start + 1, rule[1:]) for start in starts)


def _goes_on(kinds: list[frozenset[str]], place: int, rule: Sequence[_Step]) -> bool:
    """Whether the rest of a rule follows; at most (gap + 1) places are tried for each of its steps."""
    if not rule:
        return True
    step = rule[0]
    for at in range(place, min(place + step.gap + 1, len(kinds))):
        if kinds[at] & step.kinds and _goes_on(kinds, at + 1, rule[1:]):
            return True
        if step.only_little and not kinds[at] & _LITTLE:
            return False
    return False


@dataclass(frozen=True)
class _Lexicon:
    kinds: dict[str, frozenset[str]]
    longest: dict[str, int]  # by its first word, the most words of an entry
    slips: Slips

    def kinds_of(self, word: str) -> frozenset[str]:
        """The kinds of a word, or of the one that it is with a wrong letter."""
        known = self.kinds.get(word)
        if known is not None:
            return known
        meant = self.slips.meant(word)
        return self.kinds[meant] if meant else frozenset()


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    kinds: dict[str, set[str]] = {entry: set() for entry in OTHERWISE.split()}
    for kind, by_language in WORDS.items():
        for entry in " ".join(by_language.values()).split():
            kinds.setdefault(entry, set()).add(kind)
    longest: dict[str, int] = {}
    for entry in kinds:
        words = entry.split(_JOINED)
        longest[words[0]] = max(longest.get(words[0], 1), len(words))
    slipping = {e for kind in _SLIPPING for text in WORDS[kind].values() for e in text.split()}
    slips = Slips(
        (entry for entry in slipping if _JOINED not in entry), {*kinds, *NO_SLIPS.split()}
    )
    return _Lexicon({entry: frozenset(found) for entry, found in kinds.items()}, longest, slips)
