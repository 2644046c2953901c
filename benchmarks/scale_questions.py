"""Questions to the knowledge bases of known size, and what each took."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from scale_data import LITTLE, base_uuid, tenant_uuid
from scale_floors import Floors

from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.database.statements import Statement
from tenants.finding.lexemes import lexemes
from tenants.finding.search import KnowledgeVersion, Passage, search
from tenants.finding.search_asked import COMMON_FLOOR, COMMON_SHARE

Row = TypeVar("Row")
TOP = 10
WORDS = 5
NOISE = 0.02
WARMING = 12  # questions before the measured ones: prepared statements get their plan
SEED = 11


@dataclass(frozen=True)
class Question:
    """Words of one passage, mixed with little ones, and a vector near its own."""

    text: str
    vector: NDArray[np.float32]


@dataclass
class Figures:
    """Seconds of every question to one knowledge base."""

    size: int
    statements: list[float] = field(default_factory=list[float])
    wholes: list[float] = field(default_factory=list[float])
    floors: list[float] = field(default_factory=list[float])
    cpus: list[float] = field(default_factory=list[float])
    parts: Floors = field(default_factory=Floors)
    approximate: bool = False
    recall: float | None = None

    def statement(self, percent: float) -> float:
        """Milliseconds of the hybrid statement alone."""
        return float(np.percentile(self.statements, percent) * 1e3)

    def whole(self, percent: float) -> float:
        """Milliseconds of the search with its transaction."""
        return float(np.percentile(self.wholes, percent) * 1e3)

    def cpu(self, percent: float) -> float:
        """Milliseconds that the server's process computed for the hybrid statement.

        What it waits for a core is not in it: on a shared machine the figure that means most.
        """
        return float(np.percentile(self.cpus, percent) * 1e3)

    def floor(self, percent: float) -> float:
        """Milliseconds of the same transaction around `select 1`."""
        return float(np.percentile(self.floors, percent) * 1e3)


class TimedConnection(TenantConnection):
    """Says when each statement that reads rows was done."""

    __slots__ = ("cpu_seconds", "seconds")

    def __init__(self, conn: TenantConnection) -> None:
        super().__init__(conn.raw, conn.tenant_id)
        self.seconds: list[float] = []
        self.cpu_seconds = 0.0

    async def rows(
        self, row_type: type[Row], query: LiteralString, params: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """As before, timed."""
        began = time.perf_counter()
        found = await super().rows(row_type, query, params)
        self.seconds.append(time.perf_counter() - began)
        return found

    async def read(
        self,
        row_type: type[Row],
        statement: Statement,
        params: Mapping[str, Any],
        *,
        prepare: bool = True,
    ) -> list[Row]:
        """As before, timed."""
        busy = _on_cpu(self.raw.info.backend_pid)
        began = time.perf_counter()
        found = await super().read(row_type, statement, params, prepare=prepare)
        self.seconds.append(time.perf_counter() - began)
        self.cpu_seconds += _on_cpu(self.raw.info.backend_pid) - busy
        return found


def _on_cpu(pid: int) -> float:
    """Seconds that a process has computed; Linux counts them in nanoseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


async def ask_all(
    pool: Pool, known: tuple[int, ...], count: int, say: Callable[[str], None]
) -> list[Figures]:
    """Figures of every knowledge base of known size, in order."""
    return [await _ask_one(pool, number, size, count, say) for number, size in enumerate(known)]


async def _ask_one(
    pool: Pool, number: int, size: int, count: int, say: Callable[[str], None]
) -> Figures:
    questions = await _questions(pool, number, size, count)
    figures = Figures(size, approximate=await _has_index(pool, number))
    for question in [*questions[:WARMING], *questions]:
        began = time.perf_counter()
        async with tenant_transaction(pool, tenant_uuid(number)) as conn:
            await (await conn.execute("select 1")).fetchone()
        between = time.perf_counter()
        async with tenant_transaction(pool, tenant_uuid(number)) as conn:
            timed = TimedConnection(conn)
            found = await _search(timed, number, question)
        ended = time.perf_counter()
        if not figures.approximate:
            await _parts(pool, number, question, found, figures)
        figures.floors.append(between - began)
        figures.wholes.append(ended - between)
        figures.cpus.append(timed.cpu_seconds)
        figures.statements.append(sum(timed.seconds[1:]))  # the first reads the pointer row
    for values in (figures.floors, figures.wholes, figures.statements, figures.cpus):
        del values[:WARMING]
    figures.parts.forget(WARMING)
    if figures.approximate:
        figures.recall = await _recall(pool, number, questions)
    say(
        f"{size:,} passages: statement {figures.statement(50):.2f} ms, CPU {figures.cpu(50):.2f}, recall {figures.recall}"
    )
    return figures


async def _parts(
    pool: Pool, number: int, question: Question, found: list[Passage], figures: Figures
) -> None:
    async with tenant_transaction(pool, tenant_uuid(number)) as conn:
        await conn.execute("select set_config('plan_cache_mode', 'force_generic_plan', true)")
        given = {
            "tenant_id": tenant_uuid(number),
            "knowledge_base_id": base_uuid(number),
            "version": 1,
            "vector": HalfVector(question.vector),
            "lexemes": lexemes(question.text, "en"),
            "common": max(int(figures.size * COMMON_SHARE), COMMON_FLOOR),
            "numbers": [int(one["passage_id"].rpartition(":")[2]) for one in found],
        }
        await figures.parts.measure(conn, given)


async def _search(conn: TenantConnection, number: int, question: Question) -> list[Passage]:
    return await search(
        conn,
        [KnowledgeVersion(base_uuid(number))],
        text=question.text,
        embedding=question.vector,
        limit=TOP,
        language="en",
    )


async def _recall(pool: Pool, number: int, questions: list[Question]) -> float:
    """The share of what the exact statement finds, the scores of words and vectors together."""
    found = wanted = 0
    for question in questions:
        async with tenant_transaction(pool, tenant_uuid(number)) as conn:
            near = await _search(conn, number, question)
            await conn.execute(
                "update vector_indexes set state = 'building' where tenant_id = %(tenant_id)s"
            )
            exact = await _search(conn, number, question)
            await conn.execute(
                "update vector_indexes set state = 'ready' where tenant_id = %(tenant_id)s"
            )
        best = {passage["passage_id"] for passage in exact}
        found += len(best & {passage["passage_id"] for passage in near})
        wanted += len(best)
    return found / wanted


async def _has_index(pool: Pool, number: int) -> bool:
    async with tenant_transaction(pool, tenant_uuid(number)) as conn:
        cursor = await conn.execute(
            """
            select 1
              from vector_indexes
             where tenant_id = %(tenant_id)s
               and state = 'ready'
            """
        )
        return await cursor.fetchone() is not None


@dataclass(frozen=True, slots=True)
class _Drawn:
    emb: HalfVector
    body: str


async def _questions(pool: Pool, number: int, size: int, count: int) -> list[Question]:
    draw = np.random.default_rng(SEED + number)
    numbers = draw.integers(1, size + 1, count).tolist()
    async with tenant_transaction(pool, tenant_uuid(number)) as conn:
        drawn = await conn.rows(
            _Drawn,
            """
            select c.emb, t.body
              from chunks c
              join chunk_texts t
                on t.tenant_id = %(tenant_id)s
               and t.knowledge_base_id = c.knowledge_base_id
               and t.chunk_id = c.chunk_id
             where c.tenant_id = %(tenant_id)s
               and c.knowledge_base_id = %(base)s
               and c.chunk_id = any(%(numbers)s)
            """,
            {"base": base_uuid(number), "numbers": numbers},
        )
    return [_question(one, draw) for one in drawn]


def _question(drawn: _Drawn, draw: np.random.Generator) -> Question:
    content = [word for word in drawn.body.split() if word not in LITTLE]
    words = [
        *draw.choice(content, min(WORDS, len(content)), replace=False),
        *draw.choice(LITTLE, 3),
    ]
    vector = drawn.emb.to_numpy().astype(np.float32)
    vector += draw.standard_normal(len(vector), dtype=np.float32) * NOISE
    return Question(" ".join(words), (vector / np.linalg.norm(vector)).astype(np.float32))
