"""Vectors from a provider's model: bounded requests, shared by whatever questions queued meanwhile.

While one request is under way, the questions that come wait and are the next one: an idle server
adds no delay, a busy one sends few requests. Only models that read questions and passages alike
take questions together; the others are asked one by one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from typing import Any

import httpx2
import numpy as np
from langchain.embeddings import init_embeddings
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from tenants.errors import EmbeddingsUnavailable

BATCH_TEXTS = 96  # of one request; the smallest bound of the providers in use is 96
BATCH_CHARS = 120_000
MAX_TEXT_CHARS = 8_000  # a passage has a few hundred; a question may have this many
REASON_CHARS = 300
SYMMETRIC = ("openai:", "azure_openai:", "ollama:", "mistralai:")


class ProviderEmbeddings:
    """The questions and passages of one process, sent to one provider's model."""

    def __init__(
        self,
        name: str,
        embeddings: Embeddings,
        *,
        timeout_seconds: float,
        client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.name = name
        self._embeddings = embeddings
        self._client = client
        self._timeout_seconds = timeout_seconds
        self._together = name.startswith(SYMMETRIC)
        self._waiting: deque[tuple[str, asyncio.Future[list[float]]]] = deque()
        self._asking: asyncio.Task[None] | None = None

    async def aclose(self) -> None:
        """Give up what is under way and close the connections that are ours."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def document_vectors(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row a text, in order. Raises: EmbeddingsUnavailable."""
        rows: list[list[float]] = []
        for batch in _batches(texts):
            rows += await self._ask(batch)
        return np.array(rows, dtype=np.float64)

    async def query_vector(self, text: str) -> NDArray[np.float64]:
        """One vector. Raises: EmbeddingsUnavailable."""
        short = text[:MAX_TEXT_CHARS]
        if not self._together:
            return np.array(await self._ask_one(short), dtype=np.float64)
        answer: asyncio.Future[list[float]] = asyncio.get_running_loop().create_future()
        self._waiting.append((short, answer))
        if self._asking is None or self._asking.done():
            # it asks for whoever waits, so it belongs to none of them
            self._asking = asyncio.create_task(self._ask_waiting(), context=Context())
        return np.array(await answer, dtype=np.float64)

    async def _ask_waiting(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), BATCH_TEXTS)
            taken = [self._waiting.popleft() for _ in range(count)]
            asked = [one for one in taken if not one[1].done()]  # who gave up is left out
            distinct = list(dict.fromkeys(text for text, _ in asked))
            if not distinct:
                continue
            try:
                rows = dict(zip(distinct, await self._ask(distinct), strict=True))
            except EmbeddingsUnavailable as error:
                for _, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for text, answer in asked:
                if not answer.done():
                    answer.set_result(rows[text])

    async def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                rows = await self._embeddings.aembed_documents(list(texts))
        except Exception as error:  # every provider raises its own classes; this is their border
            raise self._unavailable(error) from error
        if len(rows) != len(texts):
            raise EmbeddingsUnavailable(
                f"{self.name} sent {len(rows)} vectors for {len(texts)} texts"
            )
        return rows

    async def _ask_one(self, text: str) -> list[float]:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._embeddings.aembed_query(text)
        except Exception as error:  # as above
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> EmbeddingsUnavailable:
        if isinstance(error, TimeoutError):
            return EmbeddingsUnavailable(
                f"{self.name} did not answer within {self._timeout_seconds:g} seconds"
            )
        said = " ".join(str(error).split())[:REASON_CHARS] or type(error).__name__
        return EmbeddingsUnavailable(f"{self.name} made no vectors: {said}")


def open_provider(name: str, *, timeout_seconds: float) -> tuple[ProviderEmbeddings, int]:
    """The provider's model of that LangChain name, and the dimension of its vectors; blocks.

    Raises: EmbeddingsUnavailable.
    """
    try:
        if name.startswith(("openai:", "azure_openai:")):
            embeddings, dimension, client = _open_openai(name, timeout_seconds)
        else:
            embeddings, client = init_embeddings(name), None
            dimension = len(embeddings.embed_query("dimension"))
    except Exception as error:  # a missing package, key or name: each provider says it its own way
        said = " ".join(str(error).split())[:REASON_CHARS]
        raise EmbeddingsUnavailable(
            f"the embedding model {name} cannot be opened: {said}"
        ) from error
    assert isinstance(embeddings, Embeddings)
    opened = ProviderEmbeddings(name, embeddings, timeout_seconds=timeout_seconds, client=client)
    return opened, dimension


def _open_openai(name: str, timeout_seconds: float) -> tuple[Any, int, httpx2.AsyncClient]:
    """Texts, not token ids, are sent: other servers of this protocol know no ids, and counting
    them would fetch tables over the network. The connections are ours, so that they can be closed.
    """
    client = httpx2.AsyncClient(timeout=timeout_seconds)
    with httpx2.Client(timeout=timeout_seconds) as once:
        embeddings = init_embeddings(
            name,
            check_embedding_ctx_length=False,
            max_retries=2,
            timeout=timeout_seconds,
            http_client=once,
            http_async_client=client,
        )
        return embeddings, len(embeddings.embed_query("dimension")), client


def _batches(texts: Sequence[str]) -> list[list[str]]:
    """The texts in order, in requests of bounded count and length."""
    batches: list[list[str]] = []
    room = 0
    for text in texts:
        short = text[:MAX_TEXT_CHARS]
        if not batches or len(batches[-1]) >= BATCH_TEXTS or len(short) > room:
            batches.append([])
            room = BATCH_CHARS
        batches[-1].append(short)
        room -= len(short)
    return batches
