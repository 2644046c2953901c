"""The machine's `Labels` port: an assistant's trained head, kept until its labels change.

A head is trained in a thread from the stored examples when it is first asked for. Whoever asks
meanwhile waits a moment, then goes on without a label or with the head of before: a turn never
stands still for a training.
"""

import asyncio
from collections import OrderedDict
from uuid import UUID

import numpy as np

from graphs.label_head import LabelHead
from graphs.ports import RequestLabel
from graphs.question_vectors import QuestionVectors
from tenants import intent_labels
from tenants.asking import embed_question
from tenants.connection import Pool, tenant_transaction
from tenants.embedding_models import EmbeddingModels

MOST_HEADS = 64
WAIT_SECONDS = 2.0
KNOWN = 0.5  # the chance from which a request has a label: `python -m evals intents`

_Key = tuple[UUID, UUID]
_Actions = dict[str, dict[str, object]]


class PostgresLabels:
    """`graphs.ports.Labels` for every tenant of one process."""

    def __init__(self, pool: Pool, models: EmbeddingModels, questions: QuestionVectors) -> None:
        self._pool = pool
        self._models = models
        self._questions = questions
        self._heads: OrderedDict[_Key, tuple[int, LabelHead | None, _Actions]] = OrderedDict()
        self._training: dict[tuple[_Key, int], asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def label(
        self, tenant_id: UUID, assistant_id: UUID, revision: int, text: str
    ) -> RequestLabel | None:
        """The request's label under that revision, or None where it has none or none is known yet."""
        key = (tenant_id, assistant_id)
        held = self._heads.get(key)
        if held is None or held[0] != revision:
            await self._wait_a_moment(key, revision)
            held = self._heads.get(key)
        if held is None:
            return None
        _, head, actions = held
        if head is None:
            return None
        self._heads.move_to_end(key)
        embedder = self._questions.of(tenant_id, self._models.default)
        asked = await embed_question(embedder, text)
        [found] = head.label([text], np.asarray(asked.vector, np.float32)[None, :])
        if found.confidence < KNOWN or found.label not in actions:
            return None
        return RequestLabel(
            name=found.label,
            confidence=round(found.confidence, 4),
            action=dict(actions[found.label]),
        )

    async def _wait_a_moment(self, key: _Key, revision: int) -> None:
        task = self._training.get((key, revision))
        if task is None:
            task = asyncio.create_task(self._train(key, revision))
            self._training[key, revision] = task
            task.add_done_callback(lambda _: self._training.pop((key, revision), None))
        await asyncio.wait([task], timeout=WAIT_SECONDS)
        if task.done():
            task.result()

    async def _train(self, key: _Key, revision: int) -> None:
        tenant_id, assistant_id = key
        async with self._one_at_a_time:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                taught = await intent_labels.taught(
                    conn, assistant_id, model=self._models.default.model_id
                )
                actions = await intent_labels.actions(conn, assistant_id)
            head = await asyncio.to_thread(_head_of, taught)
        self._heads[key] = (revision, head, actions)
        while len(self._heads) > MOST_HEADS:
            self._heads.popitem(last=False)


def _head_of(taught: list[tuple[str, str, bytes]]) -> LabelHead | None:
    """A head, or None where there is nothing yet to tell apart."""
    names = [name for name, _, _ in taught]
    if len(set(names)) < 2:
        return None
    vectors = np.stack([np.frombuffer(vector, np.float32) for _, _, vector in taught])
    return LabelHead.train([text for _, text, _ in taught], names, vectors)
