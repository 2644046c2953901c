"""A misspelt word of a catalogue is read as the catalogue's own; everything else is left alone."""

from uuid import UUID

import pytest

from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.slips import mended, one_slip_off
from tenants.knowledge.ingestion import NewDocument
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import find, make_base, put

THINGS = [
    "Denor DVD player DX-2930", "Sony DVD player NC800", "Palomar lantern pink",
    "Palomar lantern green", "Trekking boots", "Trekking boats", "Trekking boats small",
]  # fmt: skip


def thing(name: str) -> NewDocument:
    return NewDocument("json", title=name, data={"title": name, "price": 20})


@pytest.fixture
async def shop(pool: Pool, neighbour: Seeded) -> tuple[UUID, UUID]:
    """A tenant with a catalogue; the neighbour sells what would mend every word otherwise."""
    theirs = await make_base(pool, neighbour.tenant_id)
    await put(pool, neighbour.tenant_id, theirs, thing("Ednon player"), thing("Pank lantren"))
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, *map(thing, THINGS))
    return seeded.tenant_id, base


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Ednor player", "denor player"),  # swapped
        ("lantrn", "lantern"),  # missing
        ("playyer", "player"),  # doubled
        ("plaxer", "player"),  # wrong
        ("pnk lantern", "pink lantern"),  # a short word that lacks a letter
        ("pin lantern", "pink lantern"),
        ("grin lantern", "grin lantern"),  # two slips away
        ("trekking bots", "trekking boats"),  # two are as near: the more usual one
        ("trekking boots", "trekking boots"),  # known as it is
        ("DX-2931 NC80O", "DX-2931 NC80O"),  # codes are other things
        ("what is the", "what is the"),
        ("Ärmel 靴 ?!", "Ärmel 靴 ?!"),
        ("", ""),
    ],
)
async def test_an_unheard_word_is_read_as_the_likest_of_the_base(
    pool: Pool, shop: tuple[UUID, UUID], asked: str, meant: str
) -> None:
    async with tenant_transaction(pool, shop[0]) as conn:
        assert await mended(conn, shop[1], asked, ["en"]) == meant


async def test_the_misspelt_thing_is_found_first(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    found = await find(pool, *shop, "lantern pnk")
    assert found[0]["title"] == "Palomar lantern pink"
    found = await find(pool, *shop, "ednor plyaer")
    assert found[0]["title"] == "Denor DVD player DX-2930"


async def test_a_flood_of_unheard_words_costs_little(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    text = " ".join(f"{a}{b}zzqx" for a in "abcdefghij" for b in "klmnopqrst")
    async with tenant_transaction(pool, shop[0]) as conn:
        assert await mended(conn, shop[1], text, ["en", "de"]) == text


def test_slips_are_swapped_missing_extra_and_wrong_letters() -> None:
    made = dict(one_slip_off("form"))
    assert {"from", "forum", "for", "farm", "orm", "forms"} <= made.keys()
    assert "frame" not in made
    assert {len(word) for word, _ in one_slip_off("pnk")} == {3, 4}
