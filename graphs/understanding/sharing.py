"""Parts that two requests share: "price and opening hours of the north branch"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphs.understanding.sharing_words import (
    AND,
    ARTICLES,
    ATTRIBUTES,
    BEFORE_THING,
    CONSEQUENCES,
    DEFINITE,
    GOODS,
    OURS,
    PLACE,
    RECEIVE,
    SEVERAL,
    TELL,
    WHETHER,
)
from graphs.words.folding import Phrases, Word, spans
from graphs.words.terms import terms

MAX_ATTRIBUTES = 5
MAX_THING_WORDS = 3  # behind "and the"
MAX_OTHER_TERMS = 1  # beside "when do I get the money"; with more, it says itself what it is about
_ATTRIBUTE = Phrases(ATTRIBUTES)
_BETWEEN = Phrases({"and": AND, "article": ARTICLES})
_BEFORE_THING = Phrases({"of": BEFORE_THING})
_OURS = Phrases({"ours": OURS})
_CONSEQUENCE = Phrases({"follows": CONSEQUENCES})
_DEFINITE = Phrases({"the": DEFINITE})
_TELL = Phrases({"tell": TELL})
_SEVERAL = Phrases({"several": SEVERAL})
_WHETHER = Phrases({"whether": WHETHER})
_OF_SOMEBODY = re.compile(r"\w['’]s\s+$")
_CLAUSE_END = re.compile(r"[,;:?!]|\.(?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Named:
    """An attribute and where it stands in the text; `of` is the place after it."""

    start: int
    end: int
    of: int  # the number of the word behind it
    kind: str  # what has such an attribute: a place, goods, or any of them


def apart(part: str, language: str) -> list[str]:
    """One request for each attribute of each thing that is asked for; else the part as it is."""
    words = spans(part)
    plain = [word.plain for word in words]
    named = _listed(part, words, plain)
    if not named:
        return [part]
    lead, tail = part[: named[0].start], part[named[-1].end :]
    if tail.strip(" .?!¿") and not _tail(part, words, plain, named[-1]):
        return [part]
    things = _things(tail)
    if len(named) * len(things) < 2 or not _only_asks(lead, language) or _is_yes_or_no(lead):
        return [part]
    lead = _of_one(lead)
    return [
        f"{lead}{part[one.start : one.end]}{thing}".strip() for thing in things for one in named
    ]


def _things(tail: str) -> list[str]:
    """ " of the tent and the bag?" as two; a tail that speaks of one thing alone."""
    words = spans(tail)
    plain = [word.plain for word in words]
    for place in range(2, len(words) - 1):
        kind, length = _BETWEEN.at(plain, place)
        second = place + length
        if kind != "and" or not 1 <= len(words) - second - 1 <= MAX_THING_WORDS:
            continue
        again = bool(_BEFORE_THING.at(plain, second)[0])
        if not again and _BETWEEN.at(plain, second)[0] != "article":
            continue
        preposition = "" if again else tail[: words[1].start].lstrip()
        end = tail[words[-1].end :]
        first = tail[: words[place - 1].end]
        return [f"{first}{end}", f" {preposition}{tail[words[second].start :]}"]
    return [tail]


def _is_yes_or_no(lead: str) -> bool:
    """ "Is the price and the size … the same?" asks whether, not what."""
    words = [word.plain for word in spans(lead)]
    return bool(words) and bool(_WHETHER.at(words, 0)[0])


def _of_one(lead: str) -> str:
    """ "What are the" goes with several and not with one: without it an attribute stands alone."""
    words = spans(lead)
    several = [word.end for word in words if _SEVERAL.at([word.plain], 0)[0]]
    if not several:
        return lead
    rest = lead[several[-1] :].lstrip()
    return rest if _OF_SOMEBODY.search(lead) else ""


def lent(parts: Sequence[str], language: str) -> list[str]:
    """The parts, where one that asks for a bare attribute takes the thing of its neighbour."""
    named = [_first_named(part) for part in parts]
    tails = [_own_tail(part) for part in parts]
    found: list[str] = []
    for number, part in enumerate(parts):
        if tails[number] or not _is_bare(part, language):
            found.append(part)
            continue
        near = [n for n in (number - 1, number + 1) if 0 <= n < len(parts)]
        tail = next((tails[n] for n in near if _of_one_thing(named[number], named[n])), "")
        found.append(f"{part.rstrip(' .?!')} {tail}" if tail else part)
    return found


def follows_from(part: str, before: str, language: str) -> bool:
    """Whether a request asks for what the matter before brings: its money, its form.

    Who asked for an attribute has no matter under way that would bring anything.
    """
    words = [word.plain for word in spans(part)]
    place = next((at for at in range(1, len(words)) if _is_brought(words, at)), 0)
    if not place or _first_named(before) is not None:
        return False
    _, length = _CONSEQUENCE.at(words, place)
    rest = words[place + length :]
    if rest and _BEFORE_THING.at(rest, 0)[0]:
        return False
    said = " ".join(words[place : place + length])
    plain = f"{said} {_plain(TELL, language)} {_plain(RECEIVE, language)}"
    return len(set(terms(part, language)) - set(terms(plain, language))) <= MAX_OTHER_TERMS


def _is_brought(words: Sequence[str], at: int) -> bool:
    return bool(_CONSEQUENCE.at(words, at)[0] and _DEFINITE.at(words, at - 1)[0])


def _plain(lists: Mapping[str, str], language: str) -> str:
    return lists.get(language[:2], "").replace("|", " ")


def attribute_lists(text: str) -> list[tuple[int, int]]:
    """Where attributes stand in a row: no request ends within."""
    words = spans(text)
    plain = [word.plain for word in words]
    found: list[tuple[int, int]] = []
    place = 0
    while named := _listed(text, words, plain, place):
        if len(named) > 1:
            found.append((named[0].start, named[-1].end))
        place = named[-1].of
    return found


def _listed(part: str, words: Sequence[Word], plain: Sequence[str], place: int = 0) -> list[_Named]:
    """The first attributes that stand in a row, joined by commas and "and"."""
    while place < len(plain) and not _ATTRIBUTE.at(plain, place)[0]:
        place += 1
    named: list[_Named] = []
    joined = True
    while place < len(plain) and joined and len(named) < MAX_ATTRIBUTES:
        kind, length = _ATTRIBUTE.at(plain, place)
        if not kind:
            break
        end = words[place + length - 1].end
        named.append(_Named(words[place].start, end, place + length, kind))
        place, joined = _next(part, words, plain, place + length)
    return named


def _next(part: str, words: Sequence[Word], plain: Sequence[str], place: int) -> tuple[int, bool]:
    """Where the next attribute may begin, and whether something joins it."""
    joined = place < len(plain) and "," in part[words[place - 1].end : words[place].start]
    while place < len(plain):
        kind, length = _BETWEEN.at(plain, place)
        if not kind or (kind == "article" and not joined):
            break
        joined = joined or kind == "and"
        place += length
    return place, joined


def _tail(part: str, words: Sequence[Word], plain: Sequence[str], last: _Named) -> str:
    """ "of the north branch" behind an attribute."""
    if last.of >= len(plain) or not _BEFORE_THING.at(plain, last.of)[0]:
        return ""
    rest = part[words[last.of].start :]
    end = _CLAUSE_END.search(rest)
    return (rest[: end.start()] if end else rest).strip()


def _first_named(part: str) -> _Named | None:
    words = spans(part)
    return next(iter(_listed(part, words, [word.plain for word in words])), None)


def _of_one_thing(one: _Named | None, other: _Named | None) -> bool:
    """A tent has no opening hours, a museum no weight: such two ask of different things."""
    kinds = {named.kind for named in (one, other) if named is not None}
    return kinds != {PLACE, GOODS}


def _own_tail(part: str) -> str:
    words = spans(part)
    plain = [word.plain for word in words]
    named = _listed(part, words, plain)
    return _tail(part, words, plain, named[-1]) if named else ""


def _only_asks(lead: str, language: str) -> bool:
    """Whether nothing is done with the attributes but to tell them; "X's" may stand before them."""
    if _OF_SOMEBODY.search(lead):
        return True
    words = spans(lead)
    told = [word.plain for word in words]
    rest = " ".join(
        lead[word.start : word.end] for place, word in enumerate(words) if not _known(told, place)
    )
    return not set(terms(rest, language))


def _known(words: Sequence[str], place: int) -> bool:
    return any(
        phrases.at(words, start)[1] > place - start
        for phrases in (_TELL, _OURS, _BETWEEN)
        for start in range(max(0, place - 2), place + 1)
    )


def _is_bare(part: str, language: str) -> bool:
    """Whether only an attribute is asked for, and not ours: "what is the price?" """
    words = spans(part)
    plain = [word.plain for word in words]
    named = _listed(part, words, plain)
    if not named or any(_OURS.over(plain)):
        return False
    outside = f"{part[: named[0].start]} {part[named[-1].end :]}"
    return _only_asks(outside, language) and not _OF_SOMEBODY.search(part[: named[0].start])
