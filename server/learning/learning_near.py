"""What a knowledge base holds already beside a suggestion: so that nothing is added twice."""

from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import ModelMismatch
from tenants.finding import search
from tenants.finding.search import KnowledgeVersion, Passage
from tenants.knowledge.ingestion import Embedder
from tenants.lessons.recorded_questions import text_hash
from tenants.lessons.suggestions import Suggestion

MAX_NEAR = 3
MAX_TEXT_CHARS = 400
# Cosine of a question with a whole entry, which is lower than with the entry's question alone. By
# hand, on paraphrases and on questions about something else: it only sorts what a person sees.
NEAR = 0.5
RELATED = 0.35  # below it a passage is about something else


async def with_near(
    pool: Pool, tenant_id: UUID, suggestion: Suggestion, *, embedder: Embedder
) -> dict[str, Any]:
    """The suggestion as it is shown, with the live passages nearest to its question.

    `match` is `identical` (the same question), `near` (much the same) or `related`.
    """
    shown = suggestion.public()
    vector = await _vector(suggestion, embedder)
    base_id, question = suggestion.knowledge_base_id, str(shown["question"])
    near = await near_entries(pool, tenant_id, base_id, question, vector=vector)
    own = str(shown["document_id"])
    return shown | {"near": [one for one in near if one["document_id"] != own]}


async def near_entries(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    question: str,
    *,
    vector: NDArray[np.float32],
) -> list[dict[str, Any]]:
    """The live passages nearest to a question, each with its `match`; `vector` is the question's."""
    async with tenant_transaction(pool, tenant_id) as conn:
        try:
            found = await search.search(
                conn,
                [KnowledgeVersion(knowledge_base_id)],
                text=question,
                embedding=vector,
                limit=MAX_NEAR,
            )
        except ModelMismatch:  # its model was changed since the question was read
            found = []
    near = [_near(question, one) for one in found]
    return [one for one in near if one is not None]


async def _vector(suggestion: Suggestion, embedder: Embedder) -> NDArray[np.float32]:
    if suggestion.middle is not None and suggestion.embedding_model == embedder.model_id:
        return np.asarray(suggestion.middle.to_numpy(), dtype=np.float32)
    return await embedder.embed_query(str(suggestion.entry["question"]))


def _near(question: str, passage: Passage) -> dict[str, Any] | None:
    asked = passage["question"] or passage["title"]
    if text_hash(asked) == text_hash(question):
        match = "identical"
    elif passage["cosine"] < RELATED:
        return None
    else:
        match = "near" if passage["cosine"] >= NEAR else "related"
    return {
        "passage_id": passage["passage_id"],
        "document_id": passage["document_id"],
        "kind": passage["kind"],
        "title": passage["title"],
        "question": passage["question"],
        "text": passage["text"][:MAX_TEXT_CHARS],
        "score": round(passage["score"], 4),
        "cosine": round(passage["cosine"], 4),
        "match": match,
    }
