"""Entry fields narrow a search, hide what does not hold, and count where the tenant says so."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid
from tenants.finding.ranking import Ranking
from tenants.finding.search import Filters
from tenants.ids import new_id
from tenants.knowledge.entry_fields import EntryFields
from tenants.knowledge.ingestion import NewDocument
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import find, make_base, put

NOW = datetime.now(UTC)


def entry(text: str, fields: EntryFields, source_id: UUID | None = None) -> NewDocument:
    """A text with fields."""
    return NewDocument("text", title=text, text=text, fields=fields, source_id=source_id)


@pytest.fixture
async def shop(pool: Pool, neighbour: Seeded) -> tuple[UUID, UUID]:
    """A tenant with an empty base; the neighbour has an entry that every question would like."""
    seeded = await seed_tenant(pool)
    theirs = await make_base(pool, neighbour.tenant_id)
    await put(pool, neighbour.tenant_id, theirs, entry("winter opening hours", EntryFields()))
    return seeded.tenant_id, await make_base(pool, seeded.tenant_id)


async def texts(pool: Pool, shop: tuple[UUID, UUID], filters: Filters | None = None) -> set[str]:
    found = await find(pool, *shop, "winter opening hours", filters=filters)
    return {passage["text"] for passage in found}


async def test_what_is_inactive_or_out_of_its_time_is_not_found(
    pool: Pool, shop: tuple[UUID, UUID]
) -> None:
    day = timedelta(days=1)
    await put(
        pool, *shop,
        entry("always hours", EntryFields()),
        entry("switched off hours", EntryFields(active=False)),
        entry("winter hours", EntryFields(valid_from=NOW + day, valid_until=NOW + 9 * day)),
        entry("summer hours", EntryFields(valid_until=NOW - day)),
    )  # fmt: skip
    assert await texts(pool, shop) == {"always hours"}
    then = Filters(valid_at=NOW + 2 * day)
    assert await texts(pool, shop, then) == {"always hours", "winter hours"}
    assert len(await texts(pool, shop, Filters(include_inactive=True))) == 4


async def test_every_field_narrows(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    ours, other = new_id(), new_id()
    await put(
        pool, *shop,
        entry("house hours", EntryFields(category="house", keywords=("open", "door")), ours),
        entry("phone hours", EntryFields(category="phone", keywords=("call",), priority=10), other),
    )  # fmt: skip
    await put(pool, *shop, NewDocument("qa", question="Hours?", answer="Nine to five."))
    assert await texts(pool, shop, Filters(category="house")) == {"house hours"}
    assert await texts(pool, shop, Filters(keywords=["door", "none"])) == {"house hours"}
    assert await texts(pool, shop, Filters(source_id=other)) == {"phone hours"}
    assert await texts(pool, shop, Filters(min_priority=1)) == {"phone hours"}
    assert await texts(pool, shop, Filters(kind="qa")) == {"Nine to five."}
    assert await texts(pool, shop, Filters(kind="qa", category="house")) == set()
    assert await texts(pool, shop, Filters(source_id=new_id())) == set()


async def test_keywords_are_words_of_the_passage(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    await put(pool, *shop, entry("Nine to five.", EntryFields(keywords=("Öffnungszeiten",))))
    [found] = await find(pool, *shop, "Öffnungszeiten")
    assert found["lexical"] == pytest.approx(1.0)


async def test_priority_counts_where_the_tenant_says_so(
    pool: Pool, shop: tuple[UUID, UUID]
) -> None:
    await put(
        pool, *shop,
        entry("winter opening hours of the shop", EntryFields(priority=-50)),
        entry("opening of the house", EntryFields(priority=100)),
    )  # fmt: skip
    [first, *_] = await find(pool, *shop, "winter opening hours")
    assert first["text"] == "winter opening hours of the shop"
    await _rank(pool, shop, '{"priority_weight": 1.0}')
    [first, second] = await find(pool, *shop, "winter opening hours")
    assert first["text"] == "opening of the house"
    assert first["score"] >= first["cosine"] + 1.0
    assert second["score"] < first["score"]


async def test_what_has_not_changed_for_long_may_count_less(
    pool: Pool, shop: tuple[UUID, UUID]
) -> None:
    await put(pool, *shop, entry("winter opening hours", EntryFields()))
    [fresh] = await find(pool, *shop, "winter opening hours")
    async with tenant_transaction(pool, shop[0]) as conn:
        await conn.execute(
            """
            update chunks
               set changed_at = now() - interval '40 days'
             where tenant_id = %(tenant_id)s
            """
        )
    await _rank(pool, shop, '{"stale_after_days": 30, "stale_weight": 0.25}')
    [stale] = await find(pool, *shop, "winter opening hours")
    assert stale["score"] == pytest.approx(fresh["score"] - 0.25)
    await _rank(pool, shop, '{"stale_after_days": 50, "stale_weight": 0.25}')
    [again] = await find(pool, *shop, "winter opening hours")
    assert again["score"] == pytest.approx(fresh["score"])


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"priority_weight": 2}, "priority_weight"),
        ({"stale_weight": "much"}, "stale_weight"),
        ({"stale_after_days": 0}, "stale_after_days"),
        ({"stale_after_days": True}, "stale_after_days"),
        ({"freshness": 1}, "freshness"),
    ],
)
def test_a_wrong_ranking_is_refused_by_name(given: dict[str, object], named: str) -> None:
    with pytest.raises(Invalid, match=named):
        Ranking.parse(given)


async def test_products_are_found_by_misspelt_names_and_codes(
    pool: Pool, shop: tuple[UUID, UUID]
) -> None:
    names = ("Logitech Harmony 890 Remote", "Garmin Suction Cup Mount", "Sony DSC-W300 Camera")
    await put(
        pool, *shop,
        *(NewDocument("json", title=name, data={"title": name, "price": 9}) for name in names),
        NewDocument("qa", question="Do you ship cameras abroad?", answer="Yes."),
    )  # fmt: skip
    for asked, wanted in (
        ("logitehc harmnoy", names[0]), ("garmni sucton cup", names[1]), ("dscw300", names[2]),
    ):  # fmt: skip
        [first, *_] = await find(pool, *shop, asked)
        assert first["title"] == wanted
    [first, *_] = await find(pool, *shop, "do you ship cameras abroad?")
    assert first["text"] == "Yes."


async def _rank(pool: Pool, shop: tuple[UUID, UUID], ranking: str) -> None:
    async with tenant_transaction(pool, shop[0]) as conn:
        await conn.execute(
            """
            update knowledge_bases
               set ranking = %(ranking)s::jsonb
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
            """,
            {"ranking": ranking, "knowledge_base_id": shop[1]},
        )
