"""Partial vector indexes for the few knowledge bases that have outgrown the exact scan.

`tend` looks at all of them, drops what is no longer wanted, builds what is missing and uses an
index only after its answers were compared with the exact scan's. It decides by the router's
numbers, builds as the tables' owner, measures as the app under row-level security. One process at a
time does it; whatever one leaves half-built, the next finds by name and drops.
"""

import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg import sql

from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.finding import vector_index_rows as rows
from tenants.finding.vector_index_rows import IndexRow, Large
from tenants.finding.vector_recall import measure_recall

LOCK_KEY = 0x6E656172  # "near"
CONNECT_SECONDS = 10
MAX_DIMENSION = 4_000  # of an HNSW over halfvec
_BYTES_A_LINK = 350  # the graph's own share of a row, m = 16
Owner = psycopg.AsyncConnection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """When an index is worth it, how good it must be, and what building one may cost."""

    build_above: int = 8_000  # passages; at 10,000 the exact scan takes 7.6 ms, the index 4.7
    drop_below: int = 6_000
    max_indexes: int = 32  # each costs every unprepared statement on the table planning time
    wanted_recall: float = 0.98
    ef_search: tuple[int, ...] = (80, 160, 400)
    samples: int = 40
    check_again: float = 0.2  # share of the passages written since the last look
    memory_mb: int = 1_024  # maintenance_work_mem at most; a graph that fits is built in memory
    workers: int = 0  # parallel ones need shared memory, of which a container has 64 MB


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done about one knowledge base."""

    knowledge_base_id: UUID
    done: Literal["built", "checked", "unfit", "dropped"]
    recall: float | None = None
    ef_search: int | None = None


async def tend(pool: Pool, owner_url: str, rules: Rules | None = None) -> Sequence[Outcome]:
    """Every large knowledge base has its index, and nothing else has, on return.

    Does nothing while another process is at it. Raises: psycopg.Error; the next call goes on.
    """
    async with _only_one(owner_url) as owner:
        if owner is None:
            return []
        look = _Round(pool, owner, rules or Rules())
        await look.run()
        return look.outcomes


def index_name(knowledge_base_id: UUID, space: int) -> str:
    """The name of the index of one space, short and always the same."""
    return f"chunks_near_{hashlib.sha256(knowledge_base_id.bytes).hexdigest()[:20]}_{space}"


@asynccontextmanager
async def _only_one(owner_url: str) -> AsyncGenerator[Owner | None]:
    """The owner's connection, None where another process has the lock."""
    owner = await psycopg.AsyncConnection.connect(
        owner_url,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        application_name="frontdesk indexes",
    )
    async with owner:
        cursor = await owner.execute("select pg_try_advisory_lock(%s)", (LOCK_KEY,))
        row = await cursor.fetchone()
        yield owner if row == (True,) else None


@dataclass(slots=True)
class _Round:
    """One look at everything."""

    pool: Pool
    owner: Owner
    rules: Rules
    outcomes: list[Outcome] = field(default_factory=list[Outcome])

    async def run(self) -> None:
        async with router_transaction(self.pool) as conn:
            known = await rows.known(conn)
            large = await rows.at_least(conn, self.rules.drop_below)
        # one that has its index keeps it until it has clearly shrunk
        wanted = [one for one in large if one.n_chunks > self.rules.build_above or one.key in known]
        wanted = wanted[: self.rules.max_indexes]
        for tenant_id, knowledge_base_id, space in known - {one.key for one in wanted}:
            async with tenant_transaction(self.pool, tenant_id) as conn:
                await rows.forget(conn, knowledge_base_id, space)
            self.outcomes.append(Outcome(knowledge_base_id, "dropped"))
        sound = await self._drop_leftovers({_name(one) for one in wanted})
        for one in wanted:
            await self._tend(one, has_index=_name(one) in sound)

    async def _tend(self, one: Large, *, has_index: bool) -> None:
        async with tenant_transaction(self.pool, one.tenant_id) as conn:
            row = await rows.get(conn, one)
        if row is None or row.state == "building" or (row.state == "ready" and not has_index):
            await self._build(one)
        elif row.state == "unfit":
            if one.n_chunks > 1.5 * row.n_chunks:  # grown so much, it may do better
                await self._build(one)
        elif self._has_moved(row):
            await self._check(one, row.dimension, "checked")

    def _has_moved(self, row: IndexRow) -> bool:
        return row.written - row.next_chunk > row.n_chunks * self.rules.check_again

    async def _drop_leftovers(self, wanted: set[str]) -> set[str]:
        """The names of the sound indexes that remain."""
        cursor = await self.owner.execute(
            """
            select c.relname, i.indisvalid
              from pg_index i
              join pg_class c on c.oid = i.indexrelid
             where i.indrelid = 'chunks'::regclass
               and c.relname like 'chunks\\_near\\_%'
            """
        )
        found = await cursor.fetchall()
        sound = {str(name) for name, valid in found if valid} & wanted
        for name, _ in found:
            if name not in sound:
                await self._drop(name)
        return sound

    async def _build(self, one: Large) -> None:
        async with tenant_transaction(self.pool, one.tenant_id) as conn:
            dimension = await rows.begin(conn, one)
        if dimension is None:  # its space was changed or it was erased a moment ago
            return
        if dimension > MAX_DIMENSION:
            await self._decide(one, "unfit")
            return
        await self._drop(_name(one))
        needed = one.n_chunks * (2 * dimension + _BYTES_A_LINK) // 1_000_000 + 64
        await self._set("maintenance_work_mem", f"{min(needed, self.rules.memory_mb)}MB")
        await self._set("max_parallel_maintenance_workers", str(self.rules.workers))
        await self.owner.execute(
            sql.SQL(
                """
                create index concurrently {name} on chunks
                 using hnsw ((emb::halfvec({dimension})) halfvec_ip_ops)
                 where tenant_id = {tenant_id}
                   and knowledge_base_id = {knowledge_base_id}
                   and space = {space}::smallint
                """
            ).format(
                name=sql.Identifier(_name(one)),
                dimension=sql.Literal(dimension),
                tenant_id=sql.Literal(one.tenant_id),
                knowledge_base_id=sql.Literal(one.knowledge_base_id),
                space=sql.Literal(one.space),
            )
        )
        await self._check(one, dimension, "built")

    async def _check(self, one: Large, dimension: int, done: Literal["built", "checked"]) -> None:
        """Take the least effort that finds what the exact scan finds, or do without."""
        recall = 0.0
        for ef_search in self.rules.ef_search:
            async with tenant_transaction(self.pool, one.tenant_id) as conn:
                recall = await measure_recall(
                    conn,
                    one.knowledge_base_id,
                    one.space,
                    dimension=dimension,
                    index_name=_name(one),
                    ef_search=ef_search,
                    samples=self.rules.samples,
                )
            if recall >= self.rules.wanted_recall:
                await self._decide(one, "ready", ef_search=ef_search, recall=recall)
                self.outcomes.append(Outcome(one.knowledge_base_id, done, recall, ef_search))
                return
        await self._decide(one, "unfit", recall=recall)
        await self._drop(_name(one))

    async def _decide(
        self,
        one: Large,
        state: Literal["ready", "unfit"],
        *,
        ef_search: int | None = None,
        recall: float | None = None,
    ) -> None:
        async with tenant_transaction(self.pool, one.tenant_id) as conn:
            await rows.end(conn, one, state, ef_search=ef_search, recall=recall)
        if state == "unfit":
            self.outcomes.append(Outcome(one.knowledge_base_id, "unfit", recall))

    async def _drop(self, name: str) -> None:
        await self.owner.execute(
            sql.SQL("drop index concurrently if exists {}").format(sql.Identifier(name))
        )

    async def _set(self, name: str, value: str) -> None:
        await self.owner.execute("select set_config(%s, %s, false)", (name, value))


def _name(one: Large) -> str:
    return index_name(one.knowledge_base_id, one.space)
