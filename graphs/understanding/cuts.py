"""Places where one request may end and another begin, and how sure it is that they do.

Every place is described by what stands between both sides (a full stop, a comma, "and also") and
by how each side begins: with a question word, a verb, a wish, an order, the contact, a thing. The
weights are fitted by `python -m evals.fit_split`, see `docs/evals.md`.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graphs.understanding.links import held_in_common, links
from graphs.understanding.openings import is_inverted, opening
from graphs.understanding.pairs import joins_people, pair_features
from graphs.understanding.requests import Tongue, tongue
from graphs.understanding.sharing import attribute_lists
from graphs.words.sentences import split_sentences
from graphs.words.terms import word_terms

MAX_PLACES = 60  # a text with more of them is an essay: what comes after is one piece
MAX_SIDE_WORDS = 150  # of one side that are compared with the other
_WORD = re.compile(r"[^\W_]+(?:['’.-]?[^\W_]+)*")
_STOPS = (("\n", "line"), ("?？", "question"), (";；", "semicolon"), ("!！", "bang"), ("….。", "stop"),
          ("-–—:(", "dash"), (",，、", "comma"))  # fmt: skip
_HARD = frozenset({"line", "question", "semicolon", "bang", "stop"})
_CLOSING = re.compile(r"\s?[?!.…)\]\"'”’»？！。]+")
_BEFORE_WORD = re.compile(r"[^\s,;:.!?…]*$")
_ASKING = frozenset({"ask", "verb", "wish", "do"})
_MIN_LEFT = 3  # words before a cut that no sign and no joining word shows


@dataclass(frozen=True, slots=True)
class Word:
    """One word in lower case and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A possible cut: the left side ends with word `left`, the right one begins with `right`.

    The words between them join both sides and belong to neither.
    """

    left: int
    right: int
    stop: str  # what is written there: "stop", "question", "comma" … or "" for nothing
    joint: str  # what is said there: "more", "and", "next", "but" or ""


@dataclass(frozen=True)
class Reading:
    """A text as words, with its possible cuts in order."""

    text: str
    words: Sequence[Word]
    places: Sequence[Place]
    tongue: Tongue | None
    language: str

    def meant(self, first: int, last: int) -> set[str]:
        """What the words from one to another speak of, of a long row at most MAX_SIDE_WORDS."""
        last = min(last, first + MAX_SIDE_WORDS - 1)
        return set[str]().union(
            *(word_terms(w.text, self.language) for w in self.words[first : last + 1])
        )

    def part(self, first: int, last: int) -> str:
        """The text from one word to another, with the signs that belong to them."""
        start = self.words[first].start if first else 0
        if first:
            gap = self.text[self.words[first - 1].end : start]
            start -= len(_BEFORE_WORD.findall(gap)[0])
        is_last = last == len(self.words) - 1
        end = len(self.text) if is_last else self.words[last].end
        if not is_last:
            gap = self.text[end : self.words[last + 1].start]
            closing = _CLOSING.match(gap)
            end += closing.end() if closing else 0
        return self.text[start:end].strip().rstrip(" ,;:-–—(")


def read(text: str, language: str) -> Reading:
    """The text's words and possible cuts. A text that surely is one request has none."""
    words = [Word(m[0].lower().replace("’", "'"), *m.span()) for m in _WORD.finditer(text)]
    spoken = tongue(language)
    ends = _sentence_ends(text)
    lists = attribute_lists(text)
    places: list[Place] = []
    at = 1
    while at < len(words) and len(places) < MAX_PLACES:
        place = _place(text, words, at, spoken, ends)
        if place is not None and not any(a < words[place.left].end < b for a, b in lists):
            places.append(place)
        at = place.right + 1 if place is not None else at + 1
    return Reading(text, words, _without_pairs(words, places), spoken, language)


def cut(reading: Reading, *, threshold: float) -> list[tuple[int, int]]:
    """First and last word of every request, in order: cut where the chance is high enough."""
    parts: list[tuple[int, int]] = []
    first = 0
    for number, place in enumerate(reading.places):
        if chance(features(reading, first, number)) >= threshold:
            parts.append((first, place.left))
            first = place.right
    return [*parts, (first, len(reading.words) - 1)]


def chance(found: Mapping[str, float]) -> float:
    """The chance, 0 to 1, that the requests on both sides are two."""
    weights = _weights()
    z = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, z))))


def features(reading: Reading, first: int, number: int) -> dict[str, float]:
    """What is known of one place, where the left side begins with word `first`."""
    place = reading.places[number]
    until = _right_end(reading, number)
    left = [w.text for w in reading.words[first : place.left + 1]]
    right = [w.text for w in reading.words[place.right : until + 1]]
    spoken = reading.tongue
    before, after = opening(left, spoken), opening(right, spoken)
    last = [w.text for w in reading.words[_last_sentence(reading, first, number) : place.left + 1]]
    nearest = opening(last, spoken)
    sign = place.joint or place.stop or "gap"
    left_asks = before in _ASKING or _asked_within(reading, first, place.left)
    right_asks = after in _ASKING or _ends_asking(reading, until)
    found = {
        f"sign {sign}": 1.0,
        f"stop {place.stop or 'gap'}": 1.0,
        f"right {after}": 1.0,
        f"{sign} > {after}": 1.0,
        f"{before} > {after}": 1.0,
        f"asks {int(left_asks)}{int(right_asks)}": 1.0,
        f"{sign} asks {int(left_asks)}{int(right_asks)}": 1.0,
        "left length": math.log1p(len(left)),
        "right length": math.log1p(len(right)),
    }
    for name, words in (("left", left), ("right", right)):
        if len(words) <= 4:
            found[f"{name} of {len(words)}"] = 1.0
    if len(last) < len(left):
        found[f"last {nearest} > {after}"] = 1.0
    found |= links(left, right, spoken, sign)
    if is_inverted(last, nearest, spoken) and is_inverted(right, after, spoken):
        found["two questions"] = found[f"two questions {sign}"] = 1.0
    if "points back" in found:
        found[f"points back > {after}"] = 1.0
    chunk = [w.text for w in reading.words[place.right : _chunk_end(reading, number) + 1]]
    is_asked = _ends_asking(reading, _chunk_end(reading, number))
    found |= pair_features(left, right, chunk, spoken, sign, is_asked=is_asked)
    found |= held_in_common(reading.meant(first, place.left), reading.meant(place.right, until))
    return found


def _without_pairs(words: Sequence[Word], places: Sequence[Place]) -> list[Place]:
    """The places but those where "and" joins people, and nothing else is said of the second."""
    if not places:
        return []
    ends = [*(place.left for place in places[1:]), len(words) - 1]
    return [
        place
        for place, end in zip(places, ends, strict=True)
        if place.joint != "and"
        or place.stop
        or not joins_people(
            [w.text for w in words[: place.left + 1]],
            [w.text for w in words[place.right : end + 1]],
        )
    ]


def _place(
    text: str, words: Sequence[Word], at: int, spoken: Tongue | None, ends: frozenset[int]
) -> Place | None:
    stop = _stop(text[words[at - 1].end : words[at].start], words[at].start in ends)
    joint, right = _joint(words, at, spoken)
    if right >= len(words) or not any(w.text.isalpha() for w in words[right:]):
        return None  # a number at the end asks nothing
    if not stop and not joint and not _begins_freely(words, at, spoken):
        return None
    return Place(at - 1, right, stop, joint)


def _stop(between: str, ends_sentence: bool) -> str:
    for signs, name in _STOPS:
        if any(sign in between for sign in signs):
            if name == "stop" and not ends_sentence:
                return ""
            return "" if name == "dash" and not between.strip("-") else name
    return ""


def _joint(words: Sequence[Word], at: int, spoken: Tongue | None) -> tuple[str, int]:
    """What the words from here on say about what follows, and where that begins."""
    kind = ""
    for _ in range(2):
        if spoken is None or at >= len(words):
            break
        found = next(
            (
                (name, len(phrase))
                for name, phrase in spoken.joints.get(words[at].text, ())
                if tuple(w.text for w in words[at : at + len(phrase)]) == phrase
            ),
            None,
        )
        if not found:
            break
        kind = "more" if "more" in (kind, found[0]) else kind or found[0]
        at += found[1]
    return kind, at


def _begins_freely(words: Sequence[Word], at: int, spoken: Tongue | None) -> bool:
    """Whether a request begins here although nothing is written before it."""
    if spoken is None or at < _MIN_LEFT or words[at - 1].text in spoken.sets["leads"]:
        return False
    rest = [w.text for w in words[at : at + 5]]
    kind = opening(rest, spoken)
    if len(rest) < 3 or kind not in _ASKING:
        return False
    if kind in ("ask", "verb"):
        return is_inverted(rest, kind, spoken)
    return kind == "wish" or rest[0] in spoken.sets["polite"]


def _sentence_ends(text: str) -> frozenset[int]:
    """Where sentences begin, but the first."""
    starts: list[int] = []
    at = 0
    for sentence in split_sentences(text):
        at = text.find(sentence, at)
        found = _WORD.search(text, at)
        starts.append(found.start() if found else at)
        at += len(sentence)
    return frozenset(starts[1:])


def _last_sentence(reading: Reading, first: int, number: int) -> int:
    """Where the last sentence of the left side begins: what is asked may stand behind a story."""
    for place in reversed(reading.places[:number]):
        if place.right <= first:
            break
        if place.stop in _HARD:
            return place.right
    return first


def _right_end(reading: Reading, number: int) -> int:
    """The last word of the right side: up to where a sentence or another matter surely ends."""
    for place in reading.places[number + 1 :]:
        if place.stop in _HARD or place.joint in ("more", "next"):
            return place.left
    return len(reading.words) - 1


def _chunk_end(reading: Reading, number: int) -> int:
    """The last word before the next place of any kind."""
    later = reading.places[number + 1 : number + 2]
    return later[0].left if later else len(reading.words) - 1


def _asked_within(reading: Reading, first: int, last: int) -> bool:
    return "?" in reading.text[reading.words[first].start : _after(reading, last)]


def _ends_asking(reading: Reading, last: int) -> bool:
    return "?" in reading.text[reading.words[last].end : _after(reading, last)]


def _after(reading: Reading, word: int) -> int:
    following = word + 1
    return reading.words[following].start if following < len(reading.words) else len(reading.text)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    return json.loads(Path(__file__).with_name("cut_weights.json").read_text("utf8"))
