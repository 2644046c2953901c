"""The machine's `Labels` port: an assistant's trained head, kept until its examples change.

A head is learnt in a thread from the stored examples, once for all processes: what was learnt is
stored, and read where it is missing. Until then a turn goes on with the head of before, or waits a
moment where there is none and then goes on without a label: it never stands still for a training.
What is done with a label is read apart from the head, so a changed action holds at once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from graphs.embedding.question_vectors import QuestionVectors
from graphs.labelling.label_head import Labelled
from graphs.labelling.label_learning import Head, head_of, learn
from graphs.labelling.labels import KNOWN
from graphs.ports import RequestLabel
from tenants.configuring import intent_heads, intent_labels
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.asking import embed_question
from tenants.finding.embedding_models import EmbeddingModels

MOST_BYTES = 512_000_000  # of heads held; the one asked longest ago goes
MOST_ACTIONS = 4_096  # assistants whose actions are held
WAIT_SECONDS = 2.0  # a turn, for the first head of all
PATIENT_SECONDS = 60.0  # who asks what a request would be labelled
RANKED = 5  # labels shown to who asks

_Key = tuple[UUID, UUID]
_Actions = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The likeliest labels of a request, best first, by the head of a revision; empty without one."""

    revision: int
    labels: list[Labelled]
    has: list[str]  # those that it has


@dataclass(frozen=True, slots=True)
class _Held:
    revision: int
    head: Head | None  # None: there is nothing to tell apart


class PostgresLabels:
    """`graphs.ports.Labels` for every tenant of one process."""

    def __init__(
        self,
        pool: Pool,
        models: EmbeddingModels,
        questions: QuestionVectors,
        *,
        on_error: Callable[[BaseException], None] = lambda _: None,
    ) -> None:
        self._pool = pool
        self._models = models
        self._questions = questions
        self._on_error = on_error
        self._heads: OrderedDict[_Key, _Held] = OrderedDict()
        self._actions: OrderedDict[_Key, tuple[int, _Actions]] = OrderedDict()
        self._tasks: dict[_Key, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def label(
        self, tenant_id: UUID, assistant_id: UUID, revision: int, text: str
    ) -> RequestLabel | None:
        """The request's label, one without a name where it has none, None without a head yet."""
        key = (tenant_id, assistant_id)
        held = await self._held(key, revision, WAIT_SECONDS)
        if held is None or held.head is None:
            return None
        actions = await self._actions_of(key, revision)
        ranked = await self._ranked(tenant_id, held.head, text)
        names = [name for name in _has(held.head, ranked) if name in actions]
        if not names:
            return RequestLabel(
                name="", confidence=round(ranked[0].confidence, 4), action={}, also=[]
            )
        # Where a request has several labels, one that wants a person is heard.
        names.sort(key=lambda name: actions[name]["type"] != "hand_off")
        confidence = next(one.confidence for one in ranked if one.label == names[0])
        return RequestLabel(
            name=names[0],
            confidence=round(confidence, 4),
            action=dict(actions[names[0]]),
            also=names[1:],
        )

    async def ranked(
        self, tenant_id: UUID, assistant_id: UUID, revision: int, text: str
    ) -> Ranked | None:
        """What the labels of that revision say of a text, learnt first if need be; None if it takes
        too long.
        """
        held = await self._held((tenant_id, assistant_id), revision, PATIENT_SECONDS)
        if held is None or held.revision < revision:
            return None
        if held.head is None:
            return Ranked(held.revision, [], [])
        ranked = await self._ranked(tenant_id, held.head, text)
        return Ranked(held.revision, ranked, _has(held.head, ranked))

    def learn_soon(self, tenant_id: UUID, assistant_id: UUID) -> None:
        """Learn what was changed, so that the next turn need not wait for it."""
        self._learning((tenant_id, assistant_id))

    async def aclose(self) -> None:
        """Let go of what is being learnt; it is learnt when it is next asked for."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _held(self, key: _Key, revision: int, wait_seconds: float) -> _Held | None:
        held = self._heads.get(key)
        if held is not None:
            self._heads.move_to_end(key)
        if held is None or held.revision < revision:
            task = self._learning(key)
            if held is None or wait_seconds == PATIENT_SECONDS:
                await asyncio.wait([task], timeout=wait_seconds)
            held = self._heads.get(key)
        return held

    async def _actions_of(self, key: _Key, revision: int) -> _Actions:
        held = self._actions.get(key)
        if held is None or held[0] < revision:
            tenant_id, assistant_id = key
            async with tenant_transaction(self._pool, tenant_id) as conn:
                held = (revision, await intent_labels.actions(conn, assistant_id))
            self._actions[key] = held
        self._actions.move_to_end(key)
        if len(self._actions) > MOST_ACTIONS:
            self._actions.popitem(last=False)
        return held[1]

    async def _ranked(self, tenant_id: UUID, head: Head, text: str) -> list[Labelled]:
        embedder = self._questions.of(tenant_id, self._models.default)
        asked = await embed_question(embedder, text)
        [ranked] = head.ranked([text], asked.vector[None, :], most=RANKED)
        return ranked

    def _learning(self, key: _Key) -> asyncio.Task[None]:
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(self._learn(key))
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._done(key, done))
        return task

    def _done(self, key: _Key, task: asyncio.Task[None]) -> None:
        del self._tasks[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_error(error)

    async def _learn(self, key: _Key) -> None:
        """Hold the head of the labels as they stand, and again while they change meanwhile."""
        tenant_id, assistant_id = key
        while True:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                stored = await intent_heads.get(conn, assistant_id)
            held = self._heads.get(key)
            if stored is None or (held is not None and held.revision >= stored.revision):
                return
            if stored.is_learnt(self._models.default.model_id):
                head = await head_of(self._pool, self._models.default, tenant_id, assistant_id)
            else:
                async with self._one_at_a_time:
                    head = await learn(self._pool, self._models.default, tenant_id, assistant_id)
            self._hold(key, _Held(head.revision, head.head))

    def _hold(self, key: _Key, held: _Held) -> None:
        self._heads[key] = held
        self._heads.move_to_end(key)
        sizes = [one.head.size if one.head else 0 for one in self._heads.values()]
        while sum(sizes) > MOST_BYTES and len(sizes) > 1:
            self._heads.popitem(last=False)
            sizes.pop(0)


def _has(head: Head, ranked: list[Labelled]) -> list[str]:
    """The labels that a request has: the best one, or all where examples have several."""
    most = len(ranked) if head.takes_several else 1
    return [one.label for one in ranked[:most] if one.confidence >= KNOWN]
