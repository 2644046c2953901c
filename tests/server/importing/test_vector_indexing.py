"""The server looks after large knowledge bases where it knows the tables' owner, and only there."""

import psycopg

from graphs.asking.models import Models
from server.importing.vector_indexing import index_now, tend_indexes
from server.working.job_kinds import PERIODIC
from server.working.job_run import JobHouse
from settings import Settings
from tenants.database.connection import Pool
from tenants.finding.embedding_models import OnlyModel
from tests.databases import Database
from tests.seeds import Seeded
from tests.tenants.knowledge_made import WordEmbedder


def house(pool: Pool, owner_url: str | None) -> JobHouse:
    return JobHouse(pool, OnlyModel(WordEmbedder()), Settings(), Models(), owner_url=owner_url)


async def test_it_comes_round_by_itself() -> None:
    assert PERIODIC["vector_indexes"][1] is tend_indexes


async def test_who_is_no_owner_leaves_it_to_others(
    pool: Pool, database: Database, neighbour: Seeded
) -> None:
    with psycopg.connect(database.superuser, autocommit=True) as conn:

        def leftover() -> bool:
            row = conn.execute("select to_regclass('chunks_near_leftover_1')").fetchone()
            return row is not None and row[0] is not None

        conn.execute("create index chunks_near_leftover_1 on chunks (chunk_id)")
        for url in (None, database.app):
            await tend_indexes(house(pool, url))
            assert leftover()
        await tend_indexes(house(pool, database.owner))
        assert not leftover()


async def test_the_command_says_what_was_done(
    pool: Pool, database: Database, neighbour: Seeded
) -> None:
    assert await index_now(database.app, database.owner, memory_mb=64, workers=0) == []
