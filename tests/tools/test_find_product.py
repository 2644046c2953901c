"""Products of the knowledge: by misspelt names and codes, with what their records say, as cards."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tenants.ids import new_id
from tenants.transcripts.blocks import parse_blocks
from tools.calling import call_tool
from tools.contract import ToolContext, ToolResult
from tools.find_product import find_product_tool
from tools.knowledge import FoundText
from tools.ports import NoShop
from tools.product_records import Product, is_of_another_kind, price_of


def _record(document: str, title: str, **fields: str) -> FoundText:
    named = {name.replace("_", " "): value for name, value in fields.items()}
    return FoundText(
        passage_id=document, document_id=document, title=title, text="", fields=named, score=0.5
    )


SHELF = [
    _record("d1", "Lamps › lamps › Aurora desk lamp", name="Aurora desk lamp", sku="NL-12",
            price_eur="79", in_stock="4", image_url="https://shop.example/aurora.jpg",
            related="Aurora bulb, Clamp"),
    _record("d1", "Lamps › lamps › Boreas floor lamp", name="Boreas floor lamp", sku="NL-20"),
    _record("d1", "Lamps › lamps › Boreas floor lamp", **{"height cm": "150", "price": "129 EUR"}),
    _record("d2", "Returns", note="thirty days"),
]  # fmt: skip


MOST_FOUND = 50  # of one search


class _Shelf:
    def __init__(self, held: Sequence[FoundText]) -> None:
        self.held = held

    async def search(self, query: str, *, limit: int) -> list[FoundText]:
        assert limit <= MOST_FOUND
        return list(self.held[:limit])


async def _find(query: str, *, shelf: Sequence[FoundText] = SHELF, **more: Any) -> ToolResult:
    context = ToolContext(new_id(), new_id(), new_id(), "0", NoShop(), knowledge=_Shelf(shelf))
    return await call_tool(find_product_tool, context, {"query": query} | more)


@pytest.mark.parametrize("query", ["Aurora desk lamp", "aurora desk lmap", "auroras", "NL-12"])
async def test_a_product_is_found_by_its_name_its_misspelt_name_and_its_code(query: str) -> None:
    result = await _find(query)
    best = result.value["products"][0]
    assert best["name"] == "Aurora desk lamp" and best["confidence"] >= 0.45
    assert (best["price"], best["code"], best["stock"]) == ("79 EUR", "NL-12", "4")
    assert best["related"] == ["Aurora bulb", "Clamp"] and best["kind"] == "lamps"


async def test_what_several_passages_say_of_a_product_is_one_record() -> None:
    [boreas] = (await _find("Boreas floor lamp", limit=1)).value["products"]
    assert boreas["price"] == "129 EUR" and boreas["attributes"]["height cm"] == "150"


async def test_the_cheapest_and_the_dearest_are_told_by_price() -> None:
    up = await _find("lamp", rank="price_up")
    assert (
        up.text == "From the lowest price up: Aurora desk lamp, 79 EUR; Boreas floor lamp, 129 EUR."
    )
    down = await _find("lamp", rank="price_down")
    assert down.value["products"][0]["name"] == "Boreas floor lamp"


async def test_nobody_says_which_is_the_cheapest_where_a_price_is_not_known() -> None:
    shelf = [*SHELF, _record("d1", "Lamps › lamps › Eos lamp", name="Eos lamp")]
    result = await _find("lamp", shelf=shelf, rank="price_up")
    assert result.text.startswith("This is what we have:")
    many = [_record("d1", f"Lamps › L{n}", name=f"Lamp {n}", price="5 EUR") for n in range(60)]
    result = await _find("lamp", shelf=many, rank="price_up")
    assert result.text.startswith("This is what we have:")
    others = [_record("d3", f"Kites › K{n}", name=f"Kite {n}", price="5 EUR") for n in range(60)]
    result = await _find("lamp", shelf=[*SHELF, *others], rank="price_up")
    assert result.text.startswith("From the lowest price up:")


CYCLES = [
    _record("b1", "Tern city bike › product", name="Tern city bike", price="529 EUR"),
    _record("b2", "Pelican cargo bike › product", name="Pelican cargo bike", price="4890 EUR"),
    _record("b2", "Pelican cargo bike › accessories › rain tent for the cargo bike",
            name="rain tent for the cargo bike", price="219 EUR"),
    _record("b3", "Puffin children's bikes › models › Puffin 12", name="Puffin 12", price="189 EUR"),
    _record("w", "Workshop › workshop prices › Electric bike service with update",
            service="Electric bike service with update", price="149 EUR"),
    _record("b2", "Pelican cargo bike › product › frame", **{"sizes cm": "50, 54"}),
    _record("s", "Seats and trailers › trailers › Dinghy", name="Dinghy", price="449 EUR"),
    _record("s", "Seats and trailers › child seats › Limpet", name="Limpet", price="109 EUR"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "language", "names"),
    [
        ("bike", "en", ["Puffin 12", "Tern city bike", "Pelican cargo bike"]),
        ("bikes", "en", ["Puffin 12", "Tern city bike", "Pelican cargo bike"]),
        ("cargo bike", "en", ["Pelican cargo bike"]),
        ("bike service", "en", ["Electric bike service with update"]),
        ("trailer", "en", ["Dinghy"]),
        ("rain tent", "en", ["rain tent for the cargo bike"]),
    ],
)
async def test_what_a_thing_is_counts_and_not_what_it_is_for(
    query: str, language: str, names: list[str]
) -> None:
    found = (await _find(query, shelf=CYCLES, rank="price_up")).value["products"]
    assert [one["name"] for one in found] == names


async def test_a_list_of_one_thing_has_its_name_before_it() -> None:
    alone = _record("t", "Trailers › trailers", **{"trailers › name": "Dinghy", "price eur": "449"})
    [found] = (await _find("trailers", shelf=[alone])).value["products"]
    assert found["name"] == "Dinghy"


def test_the_head_of_a_name_stands_first_in_some_languages() -> None:
    tent = Product("tienda para bicicleta", "d", kind="accesorios")
    electric = Product("bicicleta eléctrica", "d", kind="novedades")
    assert is_of_another_kind("bicicleta", tent, "es")
    assert not is_of_another_kind("bicicleta", electric, "es")
    alone = Product("Lamp Boreas", "d", kind="models")
    assert not is_of_another_kind("lamp", alone, "en"), "nothing says that it is something else"


@pytest.mark.parametrize(
    ("price", "amount", "currency"),
    [("79 EUR", "79", "EUR"), ("€1,299.90", "1299.90", "€"), ("1.299,5 EUR", "1299.5", "EUR"),
     ("CHF 2'400", "2400", "CHF"), ("1 049 kr", "1049", "KR"), ("1,200", "1200", "")],
)  # fmt: skip
def test_a_price_is_read_as_it_is_written(price: str, amount: str, currency: str) -> None:
    assert price_of(Product("lamp", "d1", price=price)) == (Decimal(amount), currency)
    assert price_of(Product("lamp", "d1", price="on request")) is None


async def test_products_are_cards_that_a_client_can_show() -> None:
    result = await _find("lamp")
    cards = parse_blocks(None, result.blocks, max_chars=2_000)
    assert [card["title"] for card in cards] == ["Aurora desk lamp", "Boreas floor lamp"]
    assert cards[0]["image_url"] == "https://shop.example/aurora.jpg"
    assert all(card["title"] in result.text for card in cards)


async def test_what_is_nearly_called_so_is_asked_back_and_what_is_not_is_not_found() -> None:
    near = await _find("Borealis")
    assert not near.is_found and "Did you mean Boreas floor lamp" in near.text
    nothing = await _find("xylophone")
    assert (nothing.is_found, nothing.text, nothing.blocks) == (False, "", [])
