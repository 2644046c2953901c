"""Curated answers: a question that a published pair asks too gets that pair's answer, word for word.

No model is asked. Two questions are the same where their own vectors (without the answer's) are near,
no pair with another answer is nearly as near, and both hold the same numbers, negations and names.
Where the embedding model does not know the language, they must hold the same words.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from graphs.deciding.confidence import EMBEDDED_LANGUAGES, missing_names
from graphs.deciding.other_things import speaks_of_another
from graphs.ports import Knowledge, KnowledgeVersion, Passage
from graphs.state import Curated
from graphs.words.terms import terms, words
from graphs.writing.operator_said import is_operators
from tenants.finding.asking import is_long, plain_question
from tenants.finding.pair_questions import compared

# Set by `python -m evals curated`: of questions like a pair's that no pair answers, 1 % get an answer.
SIMILARITY = 0.84
LEAD = 0.08  # over the nearest pair with another answer
MOST_PAIRS = 4  # of those found, that are compared
ANOTHER = 0.5  # from how sure on a pair is taken to speak of another thing
MAX_CHARS = 2_000  # longer answers are rather quoted in part
_NUMBER = re.compile(r"\d+")
_NEGATIONS = frozenset(
    """
    no not never without cannot can't cant don't dont doesn't won't isn't didn't couldn't unable
    nicht kein keine keinen nie ohne no nunca sin pas jamais sans
    """.split()
)


async def curated_answer(
    knowledge: Knowledge,
    tenant_id: UUID,
    versions: Sequence[KnowledgeVersion],
    query: str,
    passages: Sequence[Passage],
    *,
    language: str,
    settings: Mapping[str, Any],
) -> tuple[Curated | None, list[Passage]]:
    """How surely a pair asks just this, and the passages with its whole answer first.

    None, and the passages as they were, where no pair does.
    """
    found = list(passages)
    asked = plain_question(query)
    off = not settings.get("enabled", True) or is_long(query)
    if off or not found or is_operators(found[0]["passage_id"]):
        return None, found
    pairs = pairs_of(asked, found, language=language)
    if not pairs:
        return None, found
    near = await knowledge.asked_alike(tenant_id, versions, asked, pairs)
    enough = settings.get("similarity") or SIMILARITY
    best = asked_pair(asked, pairs, near, enough=enough)
    if best is None:
        return None, found
    passage = pairs[best]
    other = await speaks_of_another(knowledge, tenant_id, versions, asked, passage)
    if other > ANOTHER:  # a Monday for a Sunday is near, and no answer
        return None, found
    whole = [
        piece
        for piece in await knowledge.pieces(tenant_id, passage)
        if piece["question"] == passage["question"]
    ]
    if not whole or sum(len(piece["text"]) for piece in whole) > MAX_CHARS:
        return None, found
    own = {piece["passage_id"] for piece in whole}
    others = [p for p in found if p["passage_id"] not in own]
    sure = Curated(similarity=round(min(near[best], 1.0), 4), passages=len(whole))
    return sure, [*whole, *others]


def pairs_of(asked: str, passages: Sequence[Passage], *, language: str) -> list[Passage]:
    """The best of the passages that are a question with its answer and may be this question; each
    question once.
    """
    found: dict[str, Passage] = {}
    for passage in passages:
        is_pair = passage["kind"] == "qa" and _question(passage)
        if is_pair and _agree(asked, passage, language):
            found.setdefault(f"{passage['document_id']} {_question(passage)}", passage)
    return list(found.values())[:MOST_PAIRS]


def asked_pair(
    asked: str, pairs: Sequence[Passage], near: Sequence[float], *, enough: float = SIMILARITY
) -> int | None:
    """Which of `pairs_of` asks the same; `near` is the cosine of each one's question."""
    if not pairs:
        return None
    best = max(range(len(pairs)), key=lambda n: near[n])
    rival = max(
        (near[n] for n, pair in enumerate(pairs) if pair["text"] != pairs[best]["text"]),
        default=0.0,
    )
    is_near = near[best] >= enough and near[best] - rival >= LEAD
    is_same = words(asked) == words(_question(pairs[best])) and rival < near[best]
    return best if is_near or is_same else None


def _agree(asked: str, pair: Passage, language: str) -> bool:
    """Whether nothing stands in one question that makes it another."""
    own = _question(pair)
    if set(_NUMBER.findall(asked)) != set(_NUMBER.findall(own)):
        return False
    if _NEGATIONS.isdisjoint(words(asked)) != _NEGATIONS.isdisjoint(words(own)):
        return False
    if language not in EMBEDDED_LANGUAGES and set(terms(asked, language)) != set(
        terms(own, language)
    ):
        return False
    return missing_names(asked, [pair], language) == 0


def _question(passage: Passage) -> str:
    return compared(passage["question"])
