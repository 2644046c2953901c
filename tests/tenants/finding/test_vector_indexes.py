"""Large knowledge bases get an index that is used and good, and nothing is left of it afterwards."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import UUID

import numpy as np
import psycopg
import pytest
from psycopg import sql

from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.finding import vector_index_rows
from tenants.finding.vector_index_rows import Large
from tenants.finding.vector_indexes import LOCK_KEY, Rules, index_name, tend
from tenants.keeping.erasing import erase_tenant
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import NewDocument
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import make_base, put, qa

FEW = Rules(build_above=60, drop_below=30, samples=10)
NONE = Rules(build_above=10**9, drop_below=10**9)
PASSAGES = 80


@pytest.fixture
async def large(pool: Pool, database: Database, neighbour: Seeded) -> AsyncGenerator[Large]:
    """A tenant whose knowledge base is over the threshold; the neighbour has a small one."""
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, *questions(PASSAGES))
    theirs = await make_base(pool, neighbour.tenant_id)
    await put(pool, neighbour.tenant_id, theirs, *questions(5))
    yield Large(seeded.tenant_id, base, 1, PASSAGES)
    await erase_tenant(pool, seeded.tenant_id)
    await tend(pool, database.owner, NONE)


def questions(count: int, first: int = 0) -> list[NewDocument]:
    """Entries about things that share a few words."""
    draw = np.random.default_rng(first + 1)
    words = [f"word{n}" for n in range(40)]
    return [
        qa(" ".join(draw.choice(words, 4)), f"Answer {n}.", external_id=f"q{n}")
        for n in range(first, first + count)
    ]


async def done_for(base: UUID, pool: Pool, database: Database, rules: Rules = FEW) -> list[str]:
    """What one round does about one knowledge base; other tests leave large ones as well."""
    outcomes = await tend(pool, database.owner, rules)
    return [one.done for one in outcomes if one.knowledge_base_id == base]


def indexes(database: Database, base: UUID) -> dict[int, bool]:
    """The spaces of a knowledge base that have an index, and whether it is valid."""
    names = {index_name(base, space): space for space in (1, 2)}
    with psycopg.connect(database.superuser) as conn:
        found = conn.execute(
            """
            select c.relname, i.indisvalid
              from pg_index i join pg_class c on c.oid = i.indexrelid
             where c.relname = any(%s)
            """,
            (list(names),),
        ).fetchall()
    return {names[str(name)]: bool(valid) for name, valid in found}


async def state(pool: Pool, large: Large) -> str | None:
    async with tenant_transaction(pool, large.tenant_id) as conn:
        row = await vector_index_rows.get(conn, large)
    return None if row is None else row.state


async def test_a_large_base_gets_an_index_that_was_measured(
    pool: Pool, database: Database, large: Large
) -> None:
    [built] = [
        one
        for one in await tend(pool, database.owner, FEW)
        if one.knowledge_base_id == large.knowledge_base_id
    ]
    assert built.done == "built"
    assert built.recall is not None and built.recall >= FEW.wanted_recall
    assert built.ef_search in FEW.ef_search
    assert indexes(database, large.knowledge_base_id) == {1: True}
    assert await state(pool, large) == "ready"
    assert await done_for(large.knowledge_base_id, pool, database, FEW) == []


async def test_it_is_dropped_when_the_base_has_clearly_shrunk(
    pool: Pool, database: Database, large: Large
) -> None:
    await tend(pool, database.owner, FEW)
    still = replace(FEW, build_above=PASSAGES + 1)
    assert await done_for(large.knowledge_base_id, pool, database, still) == []
    shrunk = replace(FEW, build_above=PASSAGES + 1, drop_below=PASSAGES + 1)
    assert await done_for(large.knowledge_base_id, pool, database, shrunk) == ["dropped"]
    assert indexes(database, large.knowledge_base_id) == {}
    assert await state(pool, large) is None


async def test_an_index_that_finds_too_little_is_not_used(
    pool: Pool, database: Database, large: Large
) -> None:
    strict = replace(FEW, wanted_recall=1.01)
    assert await done_for(large.knowledge_base_id, pool, database, strict) == ["unfit"]
    assert indexes(database, large.knowledge_base_id) == {}
    assert await state(pool, large) == "unfit"
    assert (
        await done_for(large.knowledge_base_id, pool, database, FEW) == []
    )  # not tried again until it has grown


async def test_what_a_crashed_build_left_is_built_anew(
    pool: Pool, database: Database, large: Large
) -> None:
    async with tenant_transaction(pool, large.tenant_id) as conn:
        await vector_index_rows.begin(conn, large)
    name = index_name(large.knowledge_base_id, 1)
    with psycopg.connect(database.superuser, autocommit=True) as conn:
        for made in (name, "chunks_near_of_nobody_1"):
            conn.execute(
                sql.SQL("create index {} on chunks (chunk_id)").format(sql.Identifier(made))
            )
            conn.execute(
                "update pg_index set indisvalid = false where indexrelid = %s::regclass", (made,)
            )
    assert await done_for(large.knowledge_base_id, pool, database, FEW) == ["built"]
    assert indexes(database, large.knowledge_base_id) == {1: True}


async def test_another_space_is_another_index(pool: Pool, database: Database, large: Large) -> None:
    await tend(pool, database.owner, FEW)
    async with tenant_transaction(pool, large.tenant_id) as conn:
        for statement in (
            """
            insert into embedding_spaces (tenant_id, knowledge_base_id, space, model_id, dimension)
            values (%(tenant_id)s, %(base)s, 2, 'test:other', 64)
            """,
            "update chunks set space = 2 where tenant_id = %(tenant_id)s",
            "update knowledge_bases set space = 2 where tenant_id = %(tenant_id)s",
        ):
            await conn.execute(statement, {"base": large.knowledge_base_id})
    done = await done_for(large.knowledge_base_id, pool, database, FEW)
    assert sorted(done) == ["built", "dropped"]
    assert indexes(database, large.knowledge_base_id) == {2: True}


async def test_much_new_is_measured_again(pool: Pool, database: Database, large: Large) -> None:
    await tend(pool, database.owner, FEW)
    await put(pool, large.tenant_id, large.knowledge_base_id, *questions(30, first=PASSAGES))
    assert await done_for(large.knowledge_base_id, pool, database, FEW) == ["checked"]
    assert await done_for(large.knowledge_base_id, pool, database, FEW) == []


async def test_the_largest_bases_come_first(pool: Pool, database: Database, large: Large) -> None:
    other = await make_base(pool, large.tenant_id, "Larger")
    await put(pool, large.tenant_id, other, *questions(PASSAGES + 20))
    async with router_transaction(pool) as conn:
        as_large = await vector_index_rows.at_least(conn, PASSAGES + 20)
    only = replace(FEW, max_indexes=len(as_large))
    await tend(pool, database.owner, only)
    assert indexes(database, other) == {1: True}
    assert indexes(database, large.knowledge_base_id) == {}


async def test_archived_and_erased_bases_lose_theirs(
    pool: Pool, database: Database, large: Large
) -> None:
    await tend(pool, database.owner, FEW)
    async with tenant_transaction(pool, large.tenant_id) as conn:
        await knowledge_bases.archive(conn, large.knowledge_base_id)
    await tend(pool, database.owner, FEW)
    assert indexes(database, large.knowledge_base_id) == {}
    second = await make_base(pool, large.tenant_id, "Second")
    await put(pool, large.tenant_id, second, *questions(PASSAGES))
    await tend(pool, database.owner, FEW)
    assert indexes(database, second) == {1: True}
    await erase_tenant(pool, large.tenant_id)
    await tend(pool, database.owner, FEW)
    assert indexes(database, second) == {}
    async with router_transaction(pool) as conn:
        assert all(key[0] != large.tenant_id for key in await vector_index_rows.known(conn))


async def test_only_one_process_is_at_it(pool: Pool, database: Database, large: Large) -> None:
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(%s)", (LOCK_KEY,))
        assert await done_for(large.knowledge_base_id, pool, database, FEW) == []
    assert await done_for(large.knowledge_base_id, pool, database, FEW) == ["built"]
