"""Our side of `other_stores.py`: the product's own writing and searching, vectors given."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from one_store import PASSAGES, TOP
from pgvector import HalfVector
from scale_data import DIMENSION

from tenants import tenants
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, TenantConnection, make_pool, tenant_transaction
from tenants.database.migrate import migrate
from tenants.database.postgres import EmbeddedPostgres
from tenants.finding.search import KnowledgeVersion, search
from tenants.ids import new_id
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import NewDocument, add_documents

Vectors = NDArray[np.float32]


@dataclass
class Raw:
    """What was measured; `near` by vector alone, `hybrid` as the product asks."""

    fill_seconds: float
    near_seconds: list[float]
    near: list[list[int]]
    hybrid_seconds: list[float]
    hybrid: list[list[int]]
    memory_mb: float
    empty_bytes: int


class GivenVectors:
    """An embedding model that looks its vectors up."""

    model_id = "made-up:384"
    dimension = DIMENSION

    def __init__(self, texts: Sequence[str], vectors: Vectors) -> None:
        self._places = {text: place for place, text in enumerate(texts)}
        self._vectors = vectors

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._vectors[[self._places[text.rsplit("\n", 1)[-1]] for text in texts]]

    async def embed_query(self, text: str) -> Vectors:
        return self._vectors[self._places[text]]


async def fill_and_ask(server: EmbeddedPostgres, folder: Path) -> Raw:
    """A tenant at a time goes in, each in one transaction; then every question, one at a time."""
    vectors: Vectors = np.load(folder / "vectors.npy")
    texts: list[str] = json.loads((folder / "texts.json").read_text("utf8"))
    queries: Vectors = np.load(folder / "queries.npy")
    asked: list[int] = np.load(folder / "asked.npy").tolist()
    embedder = GivenVectors(texts, vectors)
    migrate(server.urls.owner, app_url=server.urls.app)
    cluster = folder / "ours" / "pg" / "base"
    empty = sum(f.stat().st_size for f in cluster.rglob("*") if f.is_file())
    async with make_pool(server.urls.app, min_size=1, max_size=2, timeout_seconds=30) as pool:
        bases = [await _base(pool, number) for number in range(len(texts) // PASSAGES)]
        began = time.perf_counter()
        for number, (tenant_id, base) in enumerate(bases):
            chunks = texts[number * PASSAGES : (number + 1) * PASSAGES]
            await add_documents(
                pool, tenant_id, base, [NewDocument("chunks", chunks=chunks)],
                embedder=embedder, actor=SYSTEM,
            )  # fmt: skip
        filled = time.perf_counter() - began
        raw = Raw(filled, [], [], [], [], 0.0, empty)
        places = {text: place % PASSAGES for place, text in enumerate(texts)}
        order = list(zip(asked, queries, strict=True))
        for number, query in [*order[:20], *order]:
            tenant_id, base = bases[number]
            began = time.perf_counter()
            async with tenant_transaction(pool, tenant_id) as conn:
                near = await _nearest(conn, base, query)
            between = time.perf_counter()
            async with tenant_transaction(pool, tenant_id) as conn:
                text = texts[number * PASSAGES + places[near[0]]]
                question = " ".join(text.split()[:8])
                hybrid = await search(
                    conn, [KnowledgeVersion(base)], text=question, embedding=query, limit=TOP,
                    language="en",
                )  # fmt: skip
            raw.hybrid_seconds.append(time.perf_counter() - between)
            raw.near_seconds.append(between - began)
            raw.near.append([places[body] for body in near])
            raw.hybrid.append([places[passage["text"]] for passage in hybrid])
        for values in (raw.near_seconds, raw.hybrid_seconds, raw.near, raw.hybrid):
            del values[:20]
        raw.memory_mb = _memory_mb(server.pid or 0)
    return raw


async def _base(pool: Pool, number: int) -> tuple[UUID, UUID]:
    tenant_id = new_id()
    async with tenant_transaction(pool, tenant_id) as conn:
        await tenants.create(conn, "", f"tenant-{number}")
        base = await knowledge_bases.create(
            conn, "Help", embedding_model=GivenVectors.model_id, dimension=DIMENSION, language="en"
        )
    return tenant_id, base


async def _nearest(conn: TenantConnection, base: UUID, query: Vectors) -> list[str]:
    """What the others are asked: the ten nearest by vector, with their texts."""
    cursor = await conn.execute(
        """
        select t.body
          from (select c.chunk_id, c.emb <#> %(vector)b as distance
                  from chunks c
                 where c.tenant_id = %(tenant_id)s
                   and c.knowledge_base_id = %(base)s
                 order by distance
                 limit %(top)s) near
          join chunk_texts t
            on t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(base)s
           and t.chunk_id = near.chunk_id
         order by near.distance
        """,
        {"base": base, "vector": HalfVector(query), "top": TOP},
    )
    return [str(row[0]) for row in await cursor.fetchall()]


def _memory_mb(postmaster: int) -> float:
    """What the server's processes share and have, shared pages counted once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if postmaster in (parent, int(folder.name)):
                rollup = (folder / "smaps_rollup").read_text()
                total += int(rollup.split("Pss:")[1].split()[0])
        except (OSError, IndexError, ValueError):
            continue  # it ended meanwhile
    return total / 1024
