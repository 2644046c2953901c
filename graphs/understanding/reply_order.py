"""In which order the requests of a message are answered.

What is urgent comes first, a condition before what depends on it, all else as it was asked. A
request that depends on another stays behind it: both go together.
"""

from collections.abc import Sequence

from graphs.understanding.urgency_words import AT_ALL, DEPENDS, LOST, NEEDS, NOW, THINGS, URGENT
from graphs.words.folding import Phrases, folded
from graphs.words.terms import overlap, terms

MAX_LEAD_WORDS = 3  # before "if so", as in "ok and if so"
MAX_LOSS_WORDS = 6  # between what is lost and the word that says so
MAX_NEED_WORDS = 4  # between "I need" and "right now"
SAME_MATTER = 0.5  # of the words of a request that its condition repeats
_URGENT = Phrases({"urgent": URGENT})
_PAIRS = (
    (Phrases({"one": LOST, "other": THINGS}), MAX_LOSS_WORDS),
    (Phrases({"one": NOW, "other": NEEDS}), MAX_NEED_WORDS),
)
_DEPENDS = Phrases({"depends": DEPENDS})
_AT_ALL = Phrases({"at all": AT_ALL})

Part = tuple[str, str]  # their words, and the query that stands alone


def in_reply_order(parts: Sequence[Part], message: str, language: str) -> list[Part]:
    """The parts as they are answered; `message` holds them in the order in which they were asked."""
    groups = _conditions_first(_together(parts, message), language)
    urgent = [group for group in groups if any(is_urgent(text) for text, _ in group)]
    calm = [group for group in groups if group not in urgent]
    return [part for group in (*urgent, *calm) for part in group]


def hanging(texts: Sequence[str], message: str) -> list[bool]:
    """Which requests begin with "if so": `message` holds them, in their order."""
    found: list[bool] = []
    behind = 0
    for text in texts:
        at = message.find(text, behind)
        before = message[behind:at] if at >= 0 else ""
        behind = at + len(text) if at >= 0 else behind
        found.append(bool(found) and _begins_with_condition(f"{before} {text}"))
    return found


def is_urgent(text: str) -> bool:
    """Whether a request cannot wait: danger, theft, a lost card, a deadline."""
    words = folded(text)
    if any(_URGENT.over(words)):
        return True
    return any(_stand_near(words, pair, most) for pair, most in _PAIRS)


def _stand_near(words: Sequence[str], pair: Phrases, most: int) -> bool:
    places: dict[str, list[int]] = {"one": [], "other": [], "": []}
    for place in range(len(words)):
        places[pair.at(words, place)[0]].append(place)
    return any(abs(one - other) <= most for one in places["one"] for other in places["other"])


def _together(parts: Sequence[Part], message: str) -> list[list[Part]]:
    """Each request with those behind it that begin with "if so"."""
    groups: list[list[Part]] = []
    for part, hangs in zip(parts, hanging([text for text, _ in parts], message), strict=True):
        if hangs:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _begins_with_condition(text: str) -> bool:
    words = folded(text)[: MAX_LEAD_WORDS + 1]
    whole = folded(text)
    return any(_DEPENDS.at(whole, place)[0] for place in range(len(words)))


def _conditions_first(groups: Sequence[list[Part]], language: str) -> list[list[Part]]:
    """ "Can I return it at all?" goes before the "how do I return it?" that was asked earlier."""
    ordered: list[list[Part]] = []
    for group in groups:
        place = len(ordered)
        if any(_AT_ALL.over(folded(group[0][0]))):
            asked = terms(group[0][1], language)
            same = [
                number
                for number, earlier in enumerate(ordered)
                if overlap(terms(earlier[0][0], language), asked) >= SAME_MATTER
            ]
            place = same[0] if same else place
        ordered.insert(place, group)
    return ordered
