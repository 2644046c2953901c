"""One question as one knowledge base is asked it: what must be so, what weighs how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector import HalfVector

from tenants.database.statements import written
from tenants.finding.postings import K1
from tenants.finding.question_words import QuestionWords
from tenants.finding.ranking import Ranking

# score = cosine + weight × BM25 / the best BM25 among the visible matches of this question, where
# weight = BASE + SLOPE × how much of the question's idf mass that best match reaches (0–1): words
# decide more where they explain the question. Where the model does not speak the question's
# language they decide alone but for ties. Set by `python -m evals retrieval` on the development
# sets, hit@1 inside the tenant, cosine alone → 0.2 → this: dstc-faq 80.8 → 78.8 → 80.8, dstc9
# 93.5 → 94.6 → 95.1, xquad en 93.2 → 96.0 → 96.0, reviews 58.9 → 64.0 → 64.0; xquad es 72.5 → 93.8
# and zh 56.9 → 93.0 with FOREIGN (in English it costs 7 points). Ranks fused with equal weights
# (RRF) lose to cosine alone.
LEXICAL_BASE = 0.05
LEXICAL_SLOPE = 0.4
LEXICAL_FOREIGN = 0.8
LEXICAL_LONG = 0.2  # the base for stories of many words, whose vector says little
# A name's letters add WEIGHT × its share of the question's trigrams by idf × the square of the best
# name's share: a question that merely mentions things hardly moves. `python -m evals catalog`.
NAME_WEIGHT = 1.5
# A word of the question counts where it stands in at most a tenth of the passages or in at most
# COMMON_FLOOR of them (a plain tenth costs knowledge bases of FAQ size two points); when every
# word is common, all count. A trigram counts up to a fifth.
COMMON_SHARE = 0.10
COMMON_FLOOR = 10
COMMON_SHARE_OF_NAMES = 0.25  # where things are named: a colour tells two of one name apart
COMMON_GRAM_SHARE = 0.20
SHARE_OF_ALL_WORDS = 2_000  # up to this many passages `lexical` also weighs the common words


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage must be, beside near; None does not care.

    Passages that are inactive or not valid at `valid_at` (None is now) are never found, unless
    `include_inactive`. Of `keywords` one is enough.
    """

    language: str | None = None
    category: str | None = None
    kind: str | None = None
    keywords: Sequence[str] | None = None
    source_id: UUID | None = None
    document_ids: Sequence[UUID] | None = None
    min_priority: int | None = None
    valid_at: datetime | None = None
    include_inactive: bool = False

    @property
    def narrows(self) -> bool:
        """Whether any of the fields is asked for."""
        return (
            any(value is not None for value in (self.language, self.category, self.kind))
            or bool(self.keywords or self.document_ids)
            or self.source_id is not None
            or self.min_priority is not None
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """What a question needs of the statement that answers it; the rest is left out of it."""

    narrows: bool  # filters
    ranks: bool  # priority or age
    named: bool  # letters of names
    leans: bool  # on a line before it, so that its own cosine is another
    all_words: bool  # common words are weighed too


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to one knowledge base at one version."""

    knowledge_base_id: UUID
    version: int
    space: int
    n_chunks: int
    words: QuestionWords
    vector: HalfVector
    question: HalfVector  # the question's own vector, without what it leans on
    filters: Filters
    ranking: Ranking
    limit: int

    @property
    def shape(self) -> Shape:
        """What the statement must hold."""
        return Shape(
            narrows=self.filters.narrows,
            ranks=self.ranking.counts,
            named=bool(self.words.grams),
            leans=self.question is not self.vector,
            all_words=self.n_chunks <= SHARE_OF_ALL_WORDS,
        )

    @property
    def _base(self) -> float:
        if self.words.foreign:
            return LEXICAL_FOREIGN
        return LEXICAL_LONG if self.words.long else LEXICAL_BASE

    @property
    def _common_share(self) -> float:
        return COMMON_SHARE_OF_NAMES if self.words.grams else COMMON_SHARE

    def parameters(self) -> dict[str, Any]:
        """The statement's named parameters, all but the tenant's."""
        words, filters, ranking = self.words, self.filters, self.ranking
        return {
            "knowledge_base_id": self.knowledge_base_id,
            "version": self.version,
            "space": self.space,
            "vector": self.vector,
            "question": self.question,
            "lexemes": [*words.lexemes, *words.grams],
            "terms": written([*words.groups, *(-1 for _ in words.grams)]),
            "extras": sum(1 << place for place, extra in enumerate(words.extras) if extra),
            "n_words": len(words.lexemes),
            "n_chunks": max(self.n_chunks, 1),
            "common": max(int(self.n_chunks * self._common_share), COMMON_FLOOR),
            "common_grams": max(int(self.n_chunks * COMMON_GRAM_SHARE), COMMON_FLOOR),
            "base": self._base,
            "slope": 0.0 if words.foreign else LEXICAL_SLOPE,
            "saturation": K1 + 1,
            "name_weight": NAME_WEIGHT,
            "any_state": filters.include_inactive,
            "language": filters.language,
            "category": filters.category,
            "kind": filters.kind,
            "keywords": list(filters.keywords) if filters.keywords else None,
            "source_id": filters.source_id,
            "document_ids": list(filters.document_ids) if filters.document_ids else None,
            "min_priority": filters.min_priority,
            "valid_at": filters.valid_at,
            "priority_weight": ranking.priority_weight,
            "stale_after_days": ranking.stale_after_days,
            "stale_weight": ranking.stale_weight,
            "limit": self.limit,
        }
