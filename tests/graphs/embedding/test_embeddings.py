"""The local model answers fast and alike, alone or in company."""

import asyncio
from collections.abc import Awaitable, Iterator
from pathlib import Path

import numpy as np
import pytest

from graphs.embedding.embeddings import (
    LocalEmbeddings,
    ModelEmbedder,
    WeightsMissing,
    check_weights,
    open_embeddings,
)
from tenants.errors import EmbeddingsUnavailable


@pytest.fixture(scope="module")
def embedder() -> Iterator[ModelEmbedder]:
    """The local model, loaded once for this file."""
    opened = open_embeddings("local:minilm")
    yield opened
    opened.close()


async def test_meaning_is_near(embedder: ModelEmbedder) -> None:
    vectors = await embedder.embed_documents(
        ["How do I send it back?", "Return an item", "The weather in Oslo"]
    )
    assert vectors.shape == (3, embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


async def test_company_changes_no_vector(embedder: ModelEmbedder) -> None:
    texts = [f"question number {n} " * (n % 7 + 1) for n in range(70)]
    together = await embedder.embed_documents(texts)
    queries = await asyncio.gather(*(embedder.embed_query(text) for text in texts))
    assert np.einsum("nd,nd->n", together, np.stack(queries)).min() > 0.9999


async def test_a_cancelled_question_does_not_hurt_the_next(embedder: ModelEmbedder) -> None:
    asked = asyncio.create_task(embedder.embed_query("first"))
    await asyncio.sleep(0)
    asked.cancel()
    assert (await embedder.embed_query("second")).shape == (embedder.dimension,)


async def test_long_and_empty_texts_have_vectors(embedder: ModelEmbedder) -> None:
    vectors = await embedder.embed_documents(["", "word " * 5_000, "你好"])
    assert np.isfinite(vectors).all()
    assert (await embedder.embed_documents([])).shape == (0, embedder.dimension)


async def test_langchain_gets_lists(embedder: ModelEmbedder) -> None:
    local = embedder.embeddings
    assert isinstance(local, LocalEmbeddings)
    blocking = await asyncio.to_thread(local.embed_query, "hello")
    assert blocking == pytest.approx(await local.aembed_query("hello"), abs=1e-5)
    [first] = await asyncio.to_thread(local.embed_documents, ["hello"])
    assert first == pytest.approx(blocking, abs=1e-5)
    assert await local.aembed_documents([]) == []


def test_other_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="make install"):
        check_weights(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(WeightsMissing, match="unexpected"):
        check_weights(tmp_path)


def test_unknown_models_are_refused() -> None:
    with pytest.raises(EmbeddingsUnavailable, match="local:minilm"):
        open_embeddings("local:other")
    with pytest.raises(EmbeddingsUnavailable, match="nowhere:model"):
        open_embeddings("nowhere:model")


def test_a_closed_model_says_so() -> None:
    opened = open_embeddings("local:minilm", threads=1)
    opened.close()
    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(opened.embed_query("late"))


async def test_those_who_wait_are_let_in_between_the_runs_of_a_slice(
    embedder: ModelEmbedder,
) -> None:
    """A question and a short document that come after a long slice are answered before its end."""
    done: list[str] = []

    async def told(name: str, work: Awaitable[object]) -> None:
        await work
        done.append(name)

    long = [f"passage number {n} " + "about many things " * 30 for n in range(120)]
    slice_ = asyncio.create_task(told("slice", embedder.embed_documents(long)))
    await asyncio.sleep(0)
    quick = (
        told("question", embedder.embed_query("where?")),
        told("document", embedder.embed_documents(["one", "two", "one"])),
    )
    await asyncio.gather(slice_, *quick)
    assert done[-1] == "slice"
