"""A pair's own question, without its answer: compared with what a contact asks.

Its vector stands beside the pair's text and is made with the pair. It counts in the embedding space
it was made in; what has none there (the model was changed, an older release wrote the pair) is given
one when it is first needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from tenants.cutting.drafts import Draft
from tenants.database.connection import TenantConnection
from tenants.finding.asking import is_long, plain_question
from tenants.finding.known_vectors import text_hash
from tenants.knowledge.passages import Passage


@dataclass(slots=True)
class PairQuestion:
    """The question as it is compared; the hash of model and text; the vector, once there is one."""

    text: str
    question_hash: UUID
    vector: NDArray[np.floating] | None = None

    @classmethod
    def of(cls, draft: Draft, model_id: str) -> "PairQuestion | None":
        """What a passage to be asks; None where it asks nothing."""
        text = compared(draft.question) if draft.kind == "qa" else ""
        return cls(text, text_hash(model_id, text)) if text else None


def compared(question: str | None) -> str:
    """A pair's question without courtesy; "" where it asks nothing, or tells a whole story."""
    text = plain_question(question or "")
    return "" if is_long(text) else text


async def keep(
    conn: TenantConnection,
    pairs: Sequence[Passage],
    vectors: Sequence[NDArray[np.floating]],
    *,
    model_id: str,
) -> None:
    """Keep the vectors of pairs' questions, made by this model, where their knowledge bases use it."""
    await conn.execute_many(
        """
        update chunk_texts t
           set question_emb = %(vector)b,
               question_space = b.space,
               question_hash = %(question_hash)s
          from knowledge_bases b
         where t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.chunk_id = %(chunk_id)s
           and b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = t.knowledge_base_id
           and b.embedding_model = %(model_id)s
        """,
        [
            {
                "vector": HalfVector(vector),
                "question_hash": text_hash(model_id, compared(pair["question"])),
                "knowledge_base_id": UUID(pair["knowledge_base_id"]),
                "chunk_id": int(pair["passage_id"].rpartition(":")[2]),
                "model_id": model_id,
            }
            for pair, vector in zip(pairs, vectors, strict=True)
        ],
    )
