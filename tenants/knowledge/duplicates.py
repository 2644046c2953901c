"""Entries that say what another entry says already, pointed out when they come in.

Every new passage is compared with those that came before it in the same import and with those that
are there: by its vector first, then by its words. Nothing is left out because of it; a person
decides. The thresholds come from `python -m evals.duplicates` (table in docs/knowledge.md).
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from tenants.database.connection import Pool
from tenants.knowledge import duplicate_candidates
from tenants.knowledge.duplicate_candidates import Candidate, Near, Newcomer
from tenants.knowledge.knowledge_bases import KnowledgeBase
from tenants.knowledge.knowledge_heads import Prepared, PreparedPassage, StoredDocument

NEAR_COSINE = 0.92
NEAR_OVERLAP = 0.25  # share of the words of both that both hold
FLOOR_COSINE = 0.75  # below it two passages do not even hold the same words
MAX_PAIRS = 100
MAX_TEXT_CHARS = 600

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """A new passage and what it repeats; `other` is a place in the import or a stored document."""

    match: str
    cosine: float
    index: int
    title: str
    text: str
    other: int | UUID
    other_title: str
    other_text: str

    def public(self, stored: Sequence[StoredDocument]) -> dict[str, Any]:
        """The pair as the API shows it; `stored` are the import's documents in order."""
        earlier = self.other if isinstance(self.other, UUID) else stored[self.other].document_id
        return {
            "match": self.match,
            "cosine": round(self.cosine, 3),
            "new": {
                "document_id": str(stored[self.index].document_id),
                "title": self.title,
                "text": self.text,
            },
            "existing": {
                "document_id": str(earlier),
                "title": self.other_title,
                "text": self.other_text,
            },
        }


@dataclass(frozen=True, slots=True)
class Duplicates:
    """At most 100 pairs; `more` counts the others. `complete` is False where not all was compared."""

    pairs: list[DuplicatePair] = field(default_factory=list[DuplicatePair])
    more: int = 0
    complete: bool = True


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but case, punctuation and spaces."""
    return words_of(one) == words_of(other)


def overlap(one: str, other: str) -> float:
    """How many of the words of either text both hold, from 0 to 1."""
    left, right = set(words_of(one)), set(words_of(other))
    return len(left & right) / len(left | right) if left or right else 0.0


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return _WORD.findall(text.casefold())


def match_of(one: str, other: str, cosine: float) -> str | None:
    """`identical`, `near`, or None where the texts are two things."""
    if same_words(one, other):
        return "identical"
    if cosine >= NEAR_COSINE and overlap(one, other) >= NEAR_OVERLAP:
        return "near"
    return None


async def find(
    pool: Pool,
    tenant_id: UUID,
    base: KnowledgeBase,
    prepared: Sequence[Prepared],
    *,
    source_id: UUID | None = None,
) -> Duplicates:
    """What prepared documents repeat: of each other, and of what stands in the newest version.

    Documents that they replace (or all of `source_id`, which is being synced) do not count, nor do
    those that come as they are already.
    """
    knowledge_base_id, version = base.knowledge_base_id, base.newest
    standing = await duplicate_candidates.standing(
        pool, tenant_id, knowledge_base_id, prepared, version=version, source_id=source_id
    )
    texts: list[tuple[int, PreparedPassage]] = [
        (index, passage)
        for index, document in enumerate(prepared)
        if not standing.is_unchanged(document)
        for passage in document.passages
    ]
    if not texts:
        return Duplicates()
    newcomers = Newcomer(
        np.stack([passage.vector for _, passage in texts]).astype(np.float32),
        np.array([index for index, _ in texts]),
    )
    near = Near(len(texts), floor=FLOOR_COSINE)
    await asyncio.to_thread(near.add_newcomers, newcomers)
    complete = await duplicate_candidates.add_stored(
        pool,
        tenant_id,
        knowledge_base_id,
        near,
        newcomers,
        version=version,
        space=base.space,
        leaving=standing.leaving,
    )
    stored = await duplicate_candidates.read_texts(
        pool, tenant_id, knowledge_base_id, near.stored_chunks()
    )
    return _judged(texts, near, stored, complete)


def _judged(
    texts: Sequence[tuple[int, PreparedPassage]],
    near: Near,
    stored: Mapping[int, duplicate_candidates.StoredText],
    complete: bool,
) -> Duplicates:
    pairs: list[DuplicatePair] = []
    seen: set[tuple[int, int | UUID]] = set()
    for place, (index, passage) in enumerate(texts):
        for candidate in near.of(place):
            pair = _pair(index, passage, candidate, texts, stored)
            if pair is None:
                continue
            if (pair.index, pair.other) not in seen:
                seen.add((pair.index, pair.other))
                pairs.append(pair)
            break  # the nearest is enough
    return Duplicates(pairs[:MAX_PAIRS], max(len(pairs) - MAX_PAIRS, 0), complete)


def _pair(
    index: int,
    passage: PreparedPassage,
    candidate: Candidate,
    texts: Sequence[tuple[int, PreparedPassage]],
    stored: Mapping[int, duplicate_candidates.StoredText],
) -> DuplicatePair | None:
    if candidate.stored:
        held = stored.get(candidate.place)
        if held is None:  # erased meanwhile
            return None
        other, title, said = held.document_id, held.title, _said(held.question, held.body)
    else:
        other, before = texts[candidate.place]
        title, said = before.draft.title, _said(before.draft.question, before.draft.body)
    text = _said(passage.draft.question, passage.draft.body)
    match = match_of(text, said, candidate.cosine)
    if match is None:
        return None
    return DuplicatePair(
        match,
        min(candidate.cosine, 1.0),
        index,
        passage.draft.title,
        text[:MAX_TEXT_CHARS],
        other,
        title,
        said[:MAX_TEXT_CHARS],
    )


def _said(question: str | None, body: str) -> str:
    return f"{question}\n{body}" if question else body
