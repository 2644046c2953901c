"""Embedding models by name: a provider over real HTTP, bounded, shared, refused in words."""

import asyncio
from collections.abc import AsyncGenerator, Generator

import numpy as np
import pytest

from graphs.embedding.embedders import Embedders
from graphs.embedding.embeddings import ModelEmbedder, open_embeddings
from graphs.embedding.provider_embeddings import BATCH_TEXTS
from tenants.errors import EmbeddingsUnavailable, ModelNotAllowed
from tests.openai_loopback import EMBEDDING_DIMENSION, Loopback, Reply, openai_loopback, vector_of

NAME = "openai:some-embedding-model"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Generator[Loopback]:
    with openai_loopback() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_BASE", server.base_url)
        yield server


@pytest.fixture
async def model(provider: Loopback) -> AsyncGenerator[ModelEmbedder]:
    opened = await asyncio.to_thread(open_embeddings, NAME, timeout_seconds=20)
    provider.requests.clear()
    yield opened
    await opened.aclose()


async def test_a_providers_vectors_are_normalised_and_in_order(model: ModelEmbedder) -> None:
    assert (model.model_id, model.dimension) == (NAME, EMBEDDING_DIMENSION)
    vectors = await model.embed_documents(["one", "two"])
    expected = np.array([vector_of("one"), vector_of("two")])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(vectors, expected, atol=1e-6)
    assert np.allclose(await model.embed_query("two"), vectors[1], atol=1e-6)
    assert (await model.embed_documents([])).shape == (0, EMBEDDING_DIMENSION)


async def test_many_texts_go_in_bounded_requests(model: ModelEmbedder, provider: Loopback) -> None:
    texts = [f"passage {n}" for n in range(2 * BATCH_TEXTS + 1)]
    vectors = await model.embed_documents(texts)
    assert vectors.shape == (len(texts), EMBEDDING_DIMENSION)
    assert [len(request["input"]) for request in provider.requests] == [96, 96, 1]
    assert [t for request in provider.requests for t in request["input"]] == texts


async def test_questions_that_wait_share_a_request(
    model: ModelEmbedder, provider: Loopback
) -> None:
    provider.gate.clear()
    first = asyncio.create_task(model.embed_query("first"))
    await asyncio.to_thread(provider.wait_for, 1, seconds=20)
    rest = [asyncio.create_task(model.embed_query(f"question {n % 20}")) for n in range(40)]
    given_up = rest.pop()
    await asyncio.sleep(0)
    given_up.cancel()
    provider.gate.set()
    await first
    vectors = await asyncio.gather(*rest)
    assert [len(request["input"]) for request in provider.requests] == [1, 20]
    expected = np.array(vector_of("question 3"))
    assert np.allclose(vectors[3], expected / np.linalg.norm(expected), atol=1e-6)
    assert np.allclose(vectors[3], vectors[23])


async def test_a_refusal_is_told_in_the_providers_words(
    model: ModelEmbedder, provider: Loopback
) -> None:
    provider.replies.append(Reply(status=401))
    with pytest.raises(EmbeddingsUnavailable, match="no such model for this key"):
        await model.embed_documents(["one"])
    answers = await asyncio.gather(
        *(model.embed_query(text) for text in ("a", "b")), return_exceptions=True
    )
    assert all(isinstance(answer, EmbeddingsUnavailable) for answer in answers)
    provider.replies.clear()
    assert (await model.embed_query("a")).shape == (EMBEDDING_DIMENSION,)


async def test_a_provider_that_hangs_is_given_up(provider: Loopback) -> None:
    model = await asyncio.to_thread(open_embeddings, NAME, timeout_seconds=0.5)
    provider.gate.clear()
    try:
        with pytest.raises(EmbeddingsUnavailable, match="did not answer"):
            await model.embed_query("one")
    finally:
        provider.gate.set()
        await model.aclose()


async def test_only_allowed_models_are_opened(provider: Loopback) -> None:
    default = await asyncio.to_thread(open_embeddings, "local:minilm", threads=1)
    models = Embedders(default, allowed=[NAME], timeout_seconds=20)
    try:
        assert await models.of("local:minilm") is default
        assert not models.are_one
        one, other = await asyncio.gather(models.of(NAME), models.of(NAME))
        assert one is other
        assert one.dimension == EMBEDDING_DIMENSION
        with pytest.raises(ModelNotAllowed, match="FRONTDESK_EMBEDDING_MODELS"):
            await models.of("openai:dearer")
    finally:
        await models.aclose()
