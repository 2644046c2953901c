"""The same question is embedded once for a tenant and a model, and memory stays bounded."""

from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from graphs.embedding.question_vectors import QuestionVectors
from tests.tenants.knowledge_made import WordEmbedder


class CountingEmbedder(WordEmbedder):
    def __init__(self, model_id: str = "test:words") -> None:
        super().__init__()
        self.model_id = model_id
        self.asked: list[str] = []

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        return await super().embed_query(text)


async def test_the_same_question_is_embedded_once_a_tenant_and_model() -> None:
    held, one, other = QuestionVectors(), CountingEmbedder(), CountingEmbedder("test:other")
    tenant, neighbour = uuid4(), uuid4()
    first = await held.of(tenant, one).embed_query("Where?")
    assert (await held.of(tenant, one).embed_query("Where?") == first).all()
    assert one.asked == ["Where?"]
    await held.of(tenant, other).embed_query("Where?")
    assert other.asked == ["Where?"]
    await held.of(neighbour, one).embed_query("Where?")
    assert one.asked == ["Where?", "Where?"]


async def test_what_was_not_asked_for_longest_goes_first() -> None:
    held, model, tenant = QuestionVectors(limit=2), CountingEmbedder(), uuid4()
    asking = held.of(tenant, model)
    for text in ("a", "b", "a", "c", "a", "b"):
        await asking.embed_query(text)
    assert model.asked == ["a", "b", "c", "b"]
