"""Questions that we ask back: made of what was found, and worth the contact's time.

Words that fit several entries equally well do not say which one is meant. Then the entries
themselves are the choices; a choice that is taken is searched as the whole question.
"""

from collections.abc import Sequence

from graphs.ports import Passage
from graphs.state import AskedBack, ConversationState, Intent, LeadButton, Resolution
from graphs.words.terms import overlap, terms
from tenants.cutting.drafts import TITLE_SEPARATOR

MAX_CLARIFIED = 2  # in a row
MAX_CHOICES = 4
MAX_TERMS = 4  # of a request that may be too short to tell entries apart
MIN_SHARED = 0.5  # of the request's words that a choice must hold
MAX_CHOICE_CHARS = 120
MAX_TOPIC_CHARS = 200
MAX_TRIED = 5  # passages that are looked at
NEAR_SHARE = 0.6  # of the best passage's score


def is_vague(resolution: Resolution) -> bool:
    """Asked in so few words that no search can know what is meant."""
    return len(set(terms(resolution["query"]))) <= 1


def choices(resolution: Resolution, language: str) -> list[str]:
    """The two to four topics that the request fits equally well; empty where it tells them apart."""
    topics = [tried.get("topic") or tried["title"] for tried in resolution["passages"]]
    most, competing = _competing(set(terms(resolution["query"], language)), topics, language)
    return competing if most > 0 else []


def is_ambiguous(query: str, passages: Sequence[Passage], language: str) -> bool:
    """Whether a short request holds no word by which to choose among the best entries found.

    Then the first one is no answer, however near it is; an entry that asks just this is one.
    """
    asked = set(terms(query, language))
    near = [p for p in passages[:MAX_TRIED] if p["score"] >= NEAR_SHARE * passages[0]["score"]]
    topics = [topic_of(p) for p in near]
    if any(set(terms(topic, language)) == asked for topic in topics):
        return False
    most, competing = _competing(asked, topics, language)
    return most == 1.0 and topic_of(passages[0]) in competing


def may_ask_back(state: ConversationState) -> bool:
    """Whether a choice may be offered: not right after one, and not a third time in a row."""
    before = state.get("asked_back") or {}
    asked_enough = state.get("clarified", 0) >= MAX_CLARIFIED or bool(before.get("choices"))
    return not asked_enough and not state["screened"]["unsafe"]


def topic_of(passage: Passage) -> str:
    """In a line what a passage is about: its question, or its title."""
    return (passage["question"] or passage["title"])[:MAX_TOPIC_CHARS]


def _competing(asked: set[str], topics: Sequence[str], language: str) -> tuple[float, list[str]]:
    """The share of the request that several topics hold equally, the most there is; and they."""
    if not 1 <= len(asked) <= MAX_TERMS:
        return 0.0, []
    fitting: dict[frozenset[str], tuple[float, str]] = {}
    for topic in topics:
        held = frozenset(terms(topic, language))
        share = overlap(asked, held)
        if share >= MIN_SHARED and held - asked and len(topic) <= MAX_CHOICE_CHARS:
            fitting.setdefault(held, (share, topic))
    most = max((share for share, _ in fitting.values()), default=0.0)
    found = [topic for share, topic in fitting.values() if share == most][:MAX_CHOICES]
    return (most, found) if len(found) > 1 else (0.0, [])


def labels(offered: Sequence[str]) -> list[str]:
    """The choices as a person reads them: of titles that are paths the parts that tell them apart."""
    paths = [_without_repeats(topic.split(TITLE_SEPARATOR)) for topic in offered]
    whole = [TITLE_SEPARATOR.join(path) for path in paths]
    least = min((len(path) for path in paths), default=1)
    head = _shared(paths, range(least - 1))
    tail = _shared(paths, range(-1, head - least, -1))
    told = [TITLE_SEPARATOR.join(path[head : len(path) - tail]) for path in paths]
    return told if len({_plain(one) for one in told}) == len(told) else whole


def _without_repeats(parts: Sequence[str]) -> list[str]:
    """A path without the parts that only say again what the one before them says."""
    return [part for n, part in enumerate(parts) if n == 0 or _plain(part) != _plain(parts[n - 1])]


def _shared(paths: Sequence[list[str]], places: range) -> int:
    """At how many of these places, from the first on, all paths say the same."""
    for count, at in enumerate(places):
        if len({_plain(path[at]) for path in paths}) > 1:
            return count
    return len(places)


def as_buttons(offered: list[str]) -> list[LeadButton]:
    """The choices to click on; a click comes back with the choice's own words."""
    return [
        LeadButton(action_id=f"choice:{n}", label=label)
        for n, label in enumerate(labels(offered), 1)
    ]


def asked_back(resolution: Resolution, offered: list[str]) -> AskedBack:
    """What the next turn needs to understand the contact's choice."""
    return AskedBack(text=resolution["text"], query=resolution["query"], choices=offered)


def chosen(state: ConversationState) -> Intent | None:
    """The request that the contact's message picks out of the choices of the turn before."""
    before = state.get("asked_back") or {}
    offered: list[str] = list(before.get("choices") or [])
    screened = state["screened"]
    clicked = (screened.get("action_id") or "").removeprefix("choice:")
    said = _plain(screened["text"])
    shown = labels(offered)
    words = [*zip(shown, offered, strict=True), *zip(offered, offered, strict=True)]
    picked = next((topic for word, topic in words if _plain(word) == said), None)
    number = clicked or said
    if (
        picked is None
        and number.isdecimal()
        and len(number) < 3
        and 1 <= int(number) <= len(offered)
    ):
        picked = offered[int(number) - 1]
    if picked is None:
        return None
    stands_alone = len(set(terms(picked))) > 1
    query = picked if stands_alone else f"{before.get('query', '')} {picked}".strip()
    return Intent(index=0, text=shown[offered.index(picked)], query=query)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?¿¡“”\"'()")
