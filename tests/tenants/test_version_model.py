"""Any order of writing, staging, publishing, discarding, going back and deleting keeps every
version what it was: compared with a model that copies whole versions."""

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import NothingStaged
from tenants.knowledge import document_erasure, documents, knowledge_bases, knowledge_versions
from tenants.knowledge.ingestion import NewDocument, add_documents
from tenants.knowledge.knowledge_writing import end_document
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, find, make_base
from tests.tenants.version_model import Entries, VersionModel

_NAMES = st.sampled_from("abcd")
_STAGE = st.booleans()
_WORDS = st.frozensets(st.sampled_from(["red fact", "green fact", "blue fact"]), min_size=1)
_OPERATIONS = st.one_of(
    st.tuples(st.just("write"), _NAMES, _WORDS, _STAGE),
    st.tuples(st.just("write"), _NAMES, _WORDS, _STAGE),
    st.tuples(st.just("delete"), _NAMES, _STAGE),
    st.tuples(st.just("erase"), _NAMES),
    st.tuples(st.just("publish")),
    st.tuples(st.just("discard")),
    st.tuples(st.just("restore"), st.integers(0, 9)),
    st.tuples(st.just("time passes")),
)


class _Base:
    """A knowledge base and its model, driven by the same operations."""

    def __init__(self, pool: Pool, tenant_id: UUID, base: UUID) -> None:
        self.pool, self.tenant_id, self.base = pool, tenant_id, base
        self.model = VersionModel()

    async def do(self, operation: tuple[Any, ...]) -> None:
        match operation:
            case ("write", name, words, stage):
                await self._write(name, words, stage=stage)
            case ("delete", name, stage):
                await self._delete(name, stage=stage)
            case ("erase", name):
                await self._erase(name)
            case ("restore", n):
                await self._restore(n)
            case ("time passes",):
                await self._age()
            case _:
                await self._settle(operation[0])

    async def _write(self, name: str, words: frozenset[str], *, stage: bool) -> None:
        stored = await add_documents(
            self.pool,
            self.tenant_id,
            self.base,
            [NewDocument("chunks", name, chunks=sorted(words), external_id=name)],
            embedder=WordEmbedder(),
            actor=SYSTEM,
            stage=stage,
        )
        [document] = stored.documents
        if not document.unchanged:
            version = stored.version
            self.model.write(name, document.document_id, words, version, stage=stage)

    async def _delete(self, name: str, *, stage: bool) -> None:
        model = self.model
        seen = model.staged if (stage or model.joins_staged) else model.versions[model.live]
        if seen is None:
            seen = model.versions[model.live]
        if name in seen:
            async with tenant_transaction(self.pool, self.tenant_id) as conn:
                head = await end_document(conn, self.base, seen[name][0], actor=SYSTEM, stage=stage)
            model.delete(name, head.version, stage=stage)

    async def _erase(self, name: str) -> None:
        found = self.model.versions[self.model.live].get(name)
        if found is not None:
            async with tenant_transaction(self.pool, self.tenant_id) as conn:
                await document_erasure.erase(conn, self.base, found[0])
            self.model.erase(found[0])

    async def _restore(self, n: int) -> None:
        published = sorted(version for version in self.model.versions if version)
        if published:
            version = published[n % len(published)]
            async with tenant_transaction(self.pool, self.tenant_id) as conn:
                await knowledge_versions.restore(conn, self.base, version)
            self.model.live = version

    async def _settle(self, how: str) -> None:
        try:
            async with tenant_transaction(self.pool, self.tenant_id) as conn:
                if how == "publish":
                    made = await knowledge_versions.publish(conn, self.base, actor=SYSTEM)
                    self.model.publish(made.version)
                else:
                    await knowledge_versions.discard(conn, self.base)
                    self.model.discard()
        except NothingStaged:
            assert self.model.staged is None

    async def _age(self) -> None:
        """Let the next write begin a version of its own."""
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            await conn.execute(
                """
                update knowledge_versions
                   set created_at = created_at - interval '1 hour',
                       published_at = published_at - interval '1 hour'
                 where tenant_id = %(tenant_id)s
                """
            )

    async def check(self) -> None:
        """Every version holds what the model says, in the list and in the search."""
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            base = await knowledge_bases.get(conn, self.base)
            records = await knowledge_versions.list_page(conn, self.base, limit=200)
        assert (base.live, base.head) == (self.model.live, self.model.head)
        expected = dict(self.model.versions)
        if self.model.staged is None:
            assert base.staging is None
        else:
            assert base.staging is not None
            expected[base.staging] = self.model.staged
        assert base.n_chunks == _passages(self.model.versions[self.model.live])
        assert {one.version: one.n_chunks for one in records} == {
            version: _passages(entries) for version, entries in expected.items() if version
        }
        for version, entries in expected.items():
            assert await self._listed(version) == {
                name: document_id for name, (document_id, _) in entries.items()
            }, version
            assert await self._found(version) == sorted(
                (str(document_id), text)
                for document_id, passages in entries.values()
                for text in passages
            ), version

    async def _listed(self, version: int) -> dict[str | None, UUID]:
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            found = await documents.list_page(conn, self.base, version=version, limit=50)
        return {one.external_id: one.document_id for one in found}

    async def _found(self, version: int) -> list[tuple[str, str]]:
        found = await find(self.pool, self.tenant_id, self.base, "fact", version=version, limit=50)
        return sorted((one["document_id"], one["text"]) for one in found)


def _passages(entries: Entries) -> int:
    return sum(len(passages) for _, passages in entries.values())


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(operations=st.lists(_OPERATIONS, min_size=4, max_size=18))
async def test_every_version_stays_what_it_was(
    pool: Pool, neighbour: Seeded, operations: list[tuple[Any, ...]]
) -> None:
    seeded = await seed_tenant(pool)
    base = _Base(pool, seeded.tenant_id, await make_base(pool, seeded.tenant_id))
    for operation in operations:
        await base.do(operation)
        assert await find(pool, neighbour.tenant_id, base.base, "fact") == []
    await base.check()


async def test_direct_writes_use_up_the_room_below_the_staged_version(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    base = _Base(pool, seeded.tenant_id, await make_base(pool, seeded.tenant_id))
    await base.do(("write", "a", frozenset({"red fact"}), False))
    await base.do(("write", "b", frozenset({"blue fact"}), True))
    for n in range(70):
        await base.do(("time passes",))
        await base.do(("write", "c", frozenset({f"fact {n}"}), False))
    await base.check()
    await base.do(("publish",))
    await base.check()
