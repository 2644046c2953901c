"""What changing a knowledge base of 12,000 entries costs: `python benchmarks/versions.py`.

Entries of dstc-faq with random vectors of 384 numbers (no model: what is measured is everything
else), in a cluster of its own. Prints milliseconds of each step and the most memory until then.
"""

import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

import numpy as np
from ingest_texts import DATA, entries
from numpy.typing import NDArray

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, TenantConnection, make_pool, tenant_transaction
from tenants.database.migrate import migrate
from tenants.database.postgres import EmbeddedPostgres
from tenants.ids import new_id
from tenants.knowledge import document_erasure, documents, knowledge_bases, knowledge_diff
from tenants.knowledge import knowledge_versions as versions
from tenants.knowledge.ingestion import NewDocument, Stored, add_documents

ENTRIES = 12_000
DIMENSION = 384
Given = ParamSpec("Given")
Result = TypeVar("Result")


class RandomVectors:
    """An embedding model that costs nothing: a fixed random direction for each text in turn."""

    model_id = "random:384"
    dimension = DIMENSION

    def __init__(self) -> None:
        self._random = np.random.default_rng(7)

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        made = self._random.standard_normal((len(texts), DIMENSION), dtype=np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        return (await self.embed_documents([text]))[0]


class Measured:
    """One knowledge base; every step is timed and printed."""

    def __init__(self, pool: Pool, tenant_id: UUID, base: UUID) -> None:
        self._pool, self._tenant_id, self._base = pool, tenant_id, base
        self._embedder = RandomVectors()

    async def write(
        self, name: str, given: Sequence[NewDocument], *, stage: bool = False
    ) -> Stored:
        """Documents written, looked through for duplicates as the API does."""
        return await self._timed(
            name,
            add_documents(
                self._pool,
                self._tenant_id,
                self._base,
                given,
                embedder=self._embedder,
                actor=SYSTEM,
                stage=stage,
                look_for_duplicates=True,
            ),
        )

    async def run(
        self,
        name: str,
        step: Callable[Concatenate[TenantConnection, UUID, Given], Awaitable[Result]],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """One step in a transaction of its own."""

        async def whole() -> Result:
            async with tenant_transaction(self._pool, self._tenant_id) as conn:
                return await step(conn, self._base, *args, **kwargs)

        return await self._timed(name, whole())

    async def _timed(self, name: str, work: Awaitable[Result]) -> Result:
        began = time.perf_counter()
        result = await work
        spent = (time.perf_counter() - began) * 1000
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"| {name} | {spent:,.1f} | {memory} |")
        return result


def _entries(more: str = "", *, count: int = ENTRIES) -> list[NewDocument]:
    return [
        NewDocument(
            "qa",
            question=row["question"],
            answer=row["answer"] + more,
            external_id=row["external_id"],
        )
        for row in entries(DATA)[:count]
    ]


async def _measure(pool: Pool) -> None:
    tenant_id = new_id()
    async with tenant_transaction(pool, tenant_id) as conn:
        base = await knowledge_bases.create(
            conn, "Measured", embedding_model=RandomVectors.model_id, dimension=DIMENSION
        )
    of = Measured(pool, tenant_id, base)
    print("| step | ms | most memory, MB |\n| --- | --- | --- |")
    stored = await of.write("stage 12,000 entries", _entries(), stage=True)
    first = (await of.run("publish them", versions.publish, actor=SYSTEM)).version
    second = (await of.write("stage all of them changed", _entries(" Truly."), stage=True)).version
    await of.run("count what differs", knowledge_diff.count, first, second)
    page = await of.run("a page of what differs", knowledge_diff.list_page, first, second, limit=50)
    await of.run("its passages", knowledge_diff.passages, first, second, page)
    await of.run("a page of documents", documents.list_page, limit=50)
    await of.run("publish the change", versions.publish, actor=SYSTEM)
    await of.run("go back", versions.restore, first)
    one = NewDocument("qa", question="Is it open?", answer="It is.")
    await of.write("the first write after it", [one])
    await of.write("another write", [NewDocument("qa", question="Is it shut?", answer="No.")])
    await of.run("erase a document", document_erasure.erase, stored.documents[0].document_id)
    await of.write("stage ten changes", _entries(" Again.", count=10), stage=True)
    await of.run("take them back", versions.discard)


async def _main() -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as server:
        migrate(server.urls.owner, app_url=server.urls.app)
        async with make_pool(server.urls.app, min_size=1, max_size=2, timeout_seconds=30) as pool:
            await _measure(pool)


if __name__ == "__main__":
    asyncio.run(_main())
