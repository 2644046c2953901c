"""What an operator told a contact, kept for the rest of that conversation and cited as theirs.

It is said to one person: it becomes no knowledge by itself. While the conversation lasts it stands
before the knowledge wherever it speaks to the question at least about as well.
"""

import re
from collections.abc import Sequence
from typing import Any

from graphs.deciding.confidence import confidence, evidence_features
from graphs.ports import Passage, SpokenLine
from graphs.state import SaidByOperator
from graphs.understanding.wishes import small_talk
from graphs.words.concepts import concepts
from graphs.words.phrases import phrase
from graphs.words.terms import overlap, terms

MAX_SAID = 10  # statements of one conversation
MAX_TEXT_CHARS = 800
MAX_ASKED_CHARS = 300
MAX_SHOWN = 2  # for one question
MIN_TERMS = 2
MIN_SURE = 0.6  # a statement about one thing must not answer for another
PREFERRED_BY = 0.15  # confidence: said to this very contact, it may be that much weaker
PREFIX = "message:"
_STALLS = re.compile(
    r"^\W*(?:(?:just |give me )?(?:one|a) (?:moment|second|minute)|hold on|bear with me|let me (?:check|look|see)"
    r"|i(?:'|’)?ll (?:check|look)|(?:einen|kleinen) (?:kleinen )?(?:moment|augenblick)|ich (?:schaue|prüfe|sehe)"
    r"|un (?:momento|segundo)|déjeme|un (?:instant|moment)|je (?:vérifie|regarde)|un (?:attimo|momento)"
    r"|um (?:momento|instante)|deixe-me)\b[^.!?\n]*[.!?…]*\s*$",
    re.IGNORECASE,
)


def remembered(
    known: Sequence[SaidByOperator],
    open_intents: Sequence[dict[str, Any]],
    lines: Sequence[SpokenLine],
) -> list[SaidByOperator]:
    """The statements so far with those of a handoff, each with what it answers; the newest ten."""
    wanted = " ".join(str(i.get("query") or i.get("text") or "") for i in open_intents)
    found = {one["message_id"]: one for one in known}
    before = ""
    for line in lines:
        if line.author != "operator":
            before = line.text
            continue
        if _states_something(line.text):
            found[line.message_id] = SaidByOperator(
                message_id=line.message_id,
                asked=f"{wanted} {before}".strip()[:MAX_ASKED_CHARS],
                text=line.text.strip()[:MAX_TEXT_CHARS],
            )
    return list(found.values())[-MAX_SAID:]


def _states_something(text: str) -> bool:
    """Neither a greeting nor "one moment, please"."""
    holds = len(set(terms(text))) >= MIN_TERMS or any(c.isdigit() for c in text)
    return holds and not small_talk(text) and not _STALLS.match(text)


def is_operators(passage_id: str) -> bool:
    """Whether a passage or a citation is an operator's statement."""
    return passage_id.startswith(PREFIX)


def texts_of(said: Sequence[SaidByOperator]) -> list[str]:
    """What is compared with a question: each statement by itself, then each after what it answers."""
    return [one["text"] for one in said] + [f"{one['asked']} {one['text']}" for one in said]


def before_knowledge(
    query: str,
    said: Sequence[SaidByOperator],
    nearness: Sequence[float],
    knowledge: list[Passage],
    *,
    language: str,
    enough: float,
) -> list[Passage]:
    """The passages with the statements that speak to the query first; else as they were.

    `nearness` is the query's cosine with `texts_of(said)`, `enough` the confidence of an answer.
    """
    top = max((p["score"] for p in knowledge), default=0.0)
    near = [max(pair) for pair in zip(nearness[: len(said)], nearness[len(said) :], strict=True)]
    sure = [
        (_sure(query, [p]), p)
        for p in (_passage(o, query, n, language, top) for o, n in zip(said, near, strict=True))
        if p["lexical"] > 0
    ]
    fitting = sorted((s for s in sure if s[0] >= max(enough, MIN_SURE)), key=lambda s: -s[0])
    if not fitting or fitting[0][0] < _sure(query, knowledge) - PREFERRED_BY:
        return knowledge
    return [*(p for _, p in fitting[:MAX_SHOWN]), *knowledge]


def _sure(query: str, passages: Sequence[Passage]) -> float:
    return confidence(evidence_features(query, passages))


def _passage(one: SaidByOperator, query: str, near: float, language: str, top: float) -> Passage:
    asked = concepts(terms(query, language), language)
    own = concepts(terms(one["text"], language), language)
    lent = concepts(terms(one["asked"], language), language)
    # what it says itself counts whole, what it was an answer to counts half
    share = overlap(asked, own) + 0.5 * overlap(asked, lent - own)
    return Passage(
        passage_id=f"{PREFIX}{one['message_id']}",
        knowledge_base_id="",
        document_id="",
        version=0,
        title=phrase("said_by_colleague", language),
        question=one["asked"] or None,
        text=one["text"],
        path="",
        kind="qa",
        score=max(top, share),
        cosine=near,
        lexical=min(1.0, share) if not asked.isdisjoint(own | lent) else 0.0,
        source={},
    )
