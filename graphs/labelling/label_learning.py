"""Learns an assistant's head from its stored examples, stores what was learnt, and reads it again."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from graphs.labelling.label_grams import Matrix
from graphs.labelling.label_head import LabelHead, Taught
from graphs.labelling.many_labels import ManyLabels, have_several
from tenants.configuring import intent_examples, intent_heads
from tenants.configuring.intent_examples import Example
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.asking import plain_question
from tenants.knowledge.ingestion import Embedder

EMBEDDED_AT_ONCE = 256

Head = LabelHead | ManyLabels


@dataclass(frozen=True, slots=True)
class Learnt:
    """A head, or None where there is nothing to tell apart, and the revision of the labels it is of."""

    revision: int
    head: Head | None


async def learn(pool: Pool, embedder: Embedder, tenant_id: UUID, assistant_id: UUID) -> Learnt:
    """The head of the labels as they stand, stored for every process.

    Raises: EmbeddingsUnavailable.
    """
    revision, examples, _ = await _stored(pool, embedder, tenant_id, assistant_id)
    if not _tells_apart(examples):
        return Learnt(revision, None)
    examples = await _embedded(pool, embedder, tenant_id, examples)
    head = await asyncio.to_thread(train, examples)
    if head is not None:
        packed = await asyncio.to_thread(head.dump)
        async with tenant_transaction(pool, tenant_id) as conn:
            await intent_heads.keep(
                conn, assistant_id, revision=revision, model=embedder.model_id, learnt=packed
            )
    return Learnt(revision, head)


async def head_of(pool: Pool, embedder: Embedder, tenant_id: UUID, assistant_id: UUID) -> Learnt:
    """The head that is stored, or, where it cannot be read, learnt anew."""
    revision, examples, stored = await _stored(pool, embedder, tenant_id, assistant_id)
    if stored is not None and all(example.vector for example in examples):
        head = await asyncio.to_thread(_loaded, examples, stored)
        if head is not None:
            return Learnt(revision, head)
    return await learn(pool, embedder, tenant_id, assistant_id)


def train(examples: Sequence[Example]) -> Head | None:
    """A head of embedded examples; None where fewer than two labels have any.

    Where texts stand under several labels, a request may have several too.
    """
    if not _tells_apart(examples):
        return None
    texts, sets, vectors = _by_text(examples)
    if have_several(sets):
        return ManyLabels.train(texts, sets, vectors)
    return LabelHead.train(_taught(examples))


def _tells_apart(examples: Sequence[Example]) -> bool:
    return len({example.label for example in examples} - {None}) > 1


async def _stored(
    pool: Pool, embedder: Embedder, tenant_id: UUID, assistant_id: UUID
) -> tuple[int, list[Example], bytes | None]:
    """The labels' revision, their examples, and what was learnt from just these."""
    async with tenant_transaction(pool, tenant_id) as conn:
        head = await intent_heads.get(conn, assistant_id)
        examples = await intent_examples.of_assistant(conn, assistant_id, model=embedder.model_id)
    if head is None:
        return 0, [], None
    return head.revision, examples, head.learnt if head.is_learnt(embedder.model_id) else None


async def _embedded(
    pool: Pool, embedder: Embedder, tenant_id: UUID, examples: list[Example]
) -> list[Example]:
    """The examples with their vectors; those that lack one get it, and it is stored."""
    known = {example.text: example.vector for example in examples if example.vector}
    lacking = list(dict.fromkeys(e.text for e in examples if e.text not in known))
    for start in range(0, len(lacking), EMBEDDED_AT_ONCE):
        texts = lacking[start : start + EMBEDDED_AT_ONCE]
        made = await embedder.embed_documents([plain_question(text) for text in texts])
        known |= {
            text: np.asarray(vector, np.float32).tobytes()
            for text, vector in zip(texts, made, strict=True)
        }
    filled = [(e, known[e.text]) for e in examples if not e.vector]
    if filled:
        async with tenant_transaction(pool, tenant_id) as conn:
            await intent_examples.keep_vectors(conn, filled, model=embedder.model_id)
    return [replace(example, vector=known[example.text]) for example in examples]


def _loaded(examples: Sequence[Example], stored: bytes) -> Head | None:
    if not _tells_apart(examples):
        return None
    texts, sets, vectors = _by_text(examples)
    if have_several(sets):
        return ManyLabels.load(texts, sets, vectors, stored)
    return LabelHead.load(_taught(examples), stored)


def _taught(examples: Sequence[Example]) -> Taught:
    return Taught(
        [example.text for example in examples],
        [example.label for example in examples],
        _matrix([example.vector for example in examples]),
    )


def _by_text(
    examples: Sequence[Example],
) -> tuple[list[str], list[frozenset[str]], Matrix]:
    """Each text once, with all its labels."""
    labels: defaultdict[str, set[str]] = defaultdict(set)
    vectors: dict[str, bytes] = {}
    for example in examples:
        labels[example.text] |= {example.label} if example.label is not None else set()
        vectors[example.text] = example.vector
    return (
        list(labels),
        [frozenset(names) for names in labels.values()],
        _matrix(list(vectors.values())),
    )


def _matrix(vectors: Sequence[bytes]) -> Matrix:
    return np.stack([np.frombuffer(vector, np.float32) for vector in vectors])
