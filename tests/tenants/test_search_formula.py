"""Whatever a question asks for, the search finds and weighs as plain Python reckons from the rows."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import numpy as np
import pytest
from pgvector import HalfVector

from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.question_words import QuestionWords
from tenants.finding.ranking import Ranking
from tenants.finding.search import Filters
from tenants.finding.search_asked import Asked
from tenants.finding.search_exact import exact
from tenants.ids import new_id
from tenants.keeping.erasing import erase_tenant
from tenants.knowledge.entry_fields import EntryFields
from tenants.knowledge.ingestion import NewDocument
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, make_base, put
from tests.tenants.search_formula import Base, read_base

COUNT = 90
SYLLABLES = "ba lo mi tu re ka so ni fe wi-fi dsc300 45 über".split()
SOURCES = [new_id(), new_id()]
NOW = datetime.now(UTC)
QUESTIONS = 32


class Drawing:
    """Made-up entries and questions of few syllables, so that they share words and letters."""

    def __init__(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)

    def words(self, most: int) -> str:
        parts = [
            "".join(self._draw.choice(SYLLABLES, self._draw.integers(1, 3)))
            for _ in range(self._draw.integers(1, most + 1))
        ]
        return " ".join(parts)

    def entry(self, number: int) -> NewDocument:
        fields = EntryFields(
            category=str(self._draw.choice(["", "one", "two"])),
            keywords=tuple(self._draw.choice(SYLLABLES, self._draw.integers(0, 3)).tolist()),
            priority=int(self._draw.integers(-100, 101)),
            active=bool(self._draw.random() > 0.1),
            valid_from=NOW + timedelta(days=1) if self._draw.random() < 0.1 else None,
            valid_until=NOW + timedelta(days=3) if self._draw.random() < 0.2 else None,
        )
        source = SOURCES[number % 2] if number % 3 else None
        kept = f"entry-{number}"
        name, told = self.words(4), self.words(30)
        if number % 2:
            return NewDocument(
                "json", title=name, data={"title": name, "about": told},
                external_id=kept, fields=fields, source_id=source,
            )  # fmt: skip
        return NewDocument(
            "text", title=name, text=told, external_id=kept, fields=fields, source_id=source
        )

    def filters(self) -> Filters:
        some = [
            Filters(category="one"), Filters(kind="json"), Filters(language="en"),
            Filters(keywords=["ba", "45"]), Filters(min_priority=20),
            Filters(source_id=SOURCES[0]), Filters(valid_at=NOW + timedelta(days=2)),
            Filters(include_inactive=True), Filters(category="two", valid_at=NOW), Filters(kind="-"),
        ]  # fmt: skip
        return some[self._draw.integers(len(some))]


@pytest.fixture(scope="module")
async def house(pool: Pool, neighbour: Seeded) -> AsyncGenerator[tuple[UUID, UUID, Base]]:
    """A base written in many segments, a third of it replaced since; the neighbour has one too."""
    seeded = await seed_tenant(pool)
    for tenant_id, seed in ((neighbour.tenant_id, 1), (seeded.tenant_id, 2)):
        base, drawing = await make_base(pool, tenant_id), Drawing(seed)
        for start in range(0, COUNT, 30):
            await put(pool, tenant_id, base, *map(drawing.entry, range(start, start + 30)))
        await put(pool, tenant_id, base, *map(drawing.entry, range(0, COUNT, 3)))
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(
            """
            update chunks
               set changed_at = now() - interval '90 days'
             where tenant_id = %(tenant_id)s
               and mod(chunk_id, 4) = 0
            """
        )
        rows = await read_base(conn, base)
    yield seeded.tenant_id, base, rows
    await erase_tenant(pool, seeded.tenant_id)


def ask(base: UUID, rows: Base, text: str, *, version: int, names: bool, model: str) -> Asked:
    vector = HalfVector(WordEmbedder().vector(text))
    return Asked(
        knowledge_base_id=base,
        version=version,
        space=1,
        n_chunks=len(rows.rows),
        words=QuestionWords.of(text, "de", base_language="en", model_id=model, names=names),
        vector=vector,
        question=vector,
        filters=Filters(),
        ranking=Ranking(),
        limit=10,
    )


async def check(pool: Pool, tenant_id: UUID, rows: Base, asked: Asked) -> None:
    """The statement gives what the formula gives; passages of one score may change places."""
    async with tenant_transaction(pool, tenant_id) as conn:
        found = await exact(conn, asked)
    wanted = rows.best(asked)
    by_id = {one.chunk_id: one for one in wanted}
    assert len(found) == min(asked.limit, len(wanted))
    assert [one.score for one in found] == pytest.approx(
        [one.score for one in wanted[: asked.limit]], abs=2e-5
    )
    for one in found:
        right = by_id[one.chunk_id]
        assert (one.score, one.cosine) == pytest.approx((right.score, right.cosine), abs=2e-5)
        assert one.matched == right.matched
        assert one.dfs == rows.dfs(asked)


@pytest.mark.parametrize(("names", "narrows"), list(product([False, True], repeat=2)))
async def test_every_form_of_the_statement_means_the_formula(
    pool: Pool, house: tuple[UUID, UUID, Base], names: bool, narrows: bool
) -> None:
    tenant_id, base, rows = house
    drawing = Drawing(3 + names + 2 * narrows)
    last = max(row.v_from for row in rows.rows)
    for number in range(QUESTIONS):
        text = drawing.words(12) if number else "?!"
        model = "local:minilm" if number % 5 == 0 else "test:words"
        asked = ask(base, rows, text, version=last - number % 2, names=names, model=model)
        if narrows:
            asked = replace(asked, filters=drawing.filters())
        if number % 3 == 0:
            asked = replace(asked, ranking=Ranking(0.3, 30, 0.2))
        if number % 4 == 0:
            asked = replace(asked, question=HalfVector(WordEmbedder().vector(drawing.words(3))))
        if number % 7 == 0:  # as if it were large: common words are not weighed
            asked = replace(asked, n_chunks=5_000)
        await check(pool, tenant_id, rows, asked)


async def test_what_is_not_asked_for_changes_nothing(
    pool: Pool, house: tuple[UUID, UUID, Base]
) -> None:
    tenant_id, base, rows = house
    last = max(row.v_from for row in rows.rows)
    drawing = Drawing(9)
    for _ in range(QUESTIONS // 2):
        short = ask(base, rows, drawing.words(8), version=last, names=False, model="test:words")
        every = [row.document_id for row in rows.rows]
        long = replace(
            short,
            filters=Filters(document_ids=every),
            ranking=Ranking(0.0, 36_500, 1.0),
            question=HalfVector(short.vector.to_numpy()),
        )
        assert short.shape != long.shape
        async with tenant_transaction(pool, tenant_id) as conn:
            found = [await exact(conn, asked) for asked in (short, long)]
        assert [(one.chunk_id, round(one.score, 9)) for one in found[0]] == [
            (one.chunk_id, round(one.score, 9)) for one in found[1]
        ]
