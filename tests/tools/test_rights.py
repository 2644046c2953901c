"""Every tool that reads, for everybody who may call it and everybody who may not."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from server.demo_shop.service import ShopServer
from tenants.ids import new_id
from tests.tools.demo_shop import ALMA, BO, demo_shop_service, shop_over
from tools.calling import call_tool
from tools.catalog import TOOLS
from tools.contract import Tool, ToolContext
from tools.errors import ArgumentRejected, ToolUnavailable
from tools.knowledge import FoundText
from tools.ports import NoShop, Shop

LONG = "x" * 5_000


@dataclass(frozen=True)
class Case:
    """What a tool is called with: by its owner, after somebody else's things, and with too much."""

    own: dict[str, Any]
    beyond: dict[str, Any]
    says: str
    foreign: dict[str, Any] | None = None
    absent: dict[str, Any] = field(default_factory=dict[str, Any])


CASES: dict[str, Case] = {
    "search_knowledge": Case({"query": "returns"}, {"query": LONG}, "30 days"),
    "find_product": Case({"query": "kelp helmt"}, {"query": LONG}, "Kelp urban helmet"),
    "order_status": Case(
        {"number": "1042"}, {"number": LONG}, "1042", {"number": "2001"}, {"number": "8888"}
    ),
    "recent_orders": Case({"limit": 2}, {"limit": 500}, "1042"),
    "invoice_status": Case(
        {"number": "INV-1042"},
        {"number": LONG},
        "INV-1042",
        {"number": "INV-2001"},
        {"number": "INV-8888"},
    ),
    "stock_level": Case({"product": "Kelp urban helmet"}, {"product": LONG}, "24"),
    "my_appointments": Case({"limit": 3}, {"limit": 500}, "Small service"),
    "free_slots": Case({"limit": 2}, {"limit": 500}, "Workshop"),
    "my_profile": Case({}, {"contact": ALMA}, "Alma Demo"),
}
READS = [tool for tool in TOOLS if not tool.has_effect]
each_tool = pytest.mark.parametrize("tool", READS, ids=lambda tool: tool.name)


class ShelfKnowledge:
    """One text and one thing to find."""

    async def search(self, query: str, *, limit: int) -> list[FoundText]:
        text = "Returns are free for 30 days."
        fields = {"name": "Kelp urban helmet", "sku": "HC-4001", "price eur": "69"}
        title = "Helmets › helmets › Kelp urban helmet"
        return [
            FoundText(passage_id="p", document_id="d", title="R", text=text, fields={}, score=1.0),
            FoundText(
                passage_id="q", document_id="e", title=title, text="…", fields=fields, score=0.5
            ),
        ][:limit]


@pytest.fixture(scope="module")
def service() -> Iterator[ShopServer]:
    with demo_shop_service() as server:
        yield server


def _context(shop: Shop, who: str | None) -> ToolContext:
    plain = ToolContext(new_id(), new_id(), new_id(), "0.0.0", shop, knowledge=ShelfKnowledge())
    return replace(plain, identity="verified", external_id=who) if who else plain


def test_every_tool_that_reads_has_a_case() -> None:
    assert CASES.keys() == {tool.name for tool in READS}


@each_tool
async def test_a_verified_contact_is_told_their_own(service: ShopServer, tool: Tool) -> None:
    async with shop_over(service) as shop:
        result = await call_tool(tool, _context(shop, ALMA), CASES[tool.name].own)
    assert result.is_found and CASES[tool.name].says in result.text
    assert result.citation is not None and result.citation.quote
    assert ALMA not in str(result.value), "the id at the tenant's is nobody's to read"


@each_tool
async def test_who_is_not_known_gets_nothing_of_anybodys(service: ShopServer, tool: Tool) -> None:
    async with shop_over(service) as shop:
        nobody = _context(shop, None)
        half = replace(_context(shop, ALMA), external_id="")
        if tool.identity == "anonymous":
            assert (await call_tool(tool, nobody, CASES[tool.name].own)).is_found
            return
        for context in (nobody, half, replace(nobody, external_id=ALMA)):
            with pytest.raises(ArgumentRejected, match="signed in"):
                await call_tool(tool, context, CASES[tool.name].own)


@each_tool
async def test_another_contacts_things_are_as_if_they_were_not(
    service: ShopServer, tool: Tool
) -> None:
    case = CASES[tool.name]
    async with shop_over(service) as shop:
        if case.foreign is not None:
            foreign = await call_tool(tool, _context(shop, ALMA), case.foreign)
            absent = await call_tool(tool, _context(shop, ALMA), case.absent)
            theirs, missing = case.foreign["number"], case.absent["number"]
            assert foreign.text.replace(theirs, missing) == absent.text
            assert (foreign.value, foreign.is_found) == (absent.value, False)
        elif tool.identity == "verified":
            other = await call_tool(tool, _context(shop, BO), case.own)
            own = await call_tool(tool, _context(shop, ALMA), case.own)
            assert other.text != own.text and "Alma" not in other.text
            nobody = await call_tool(tool, _context(shop, "nobody"), case.own)
            assert not nobody.is_found


@each_tool
async def test_a_service_that_answers_with_somebody_elses_is_not_believed(
    service: ShopServer, tool: Tool
) -> None:
    if tool.identity == "anonymous":
        return  # what it tells belongs to nobody
    async with shop_over(service) as shop:
        careless: Any = _Careless(shop)
        result = await call_tool(tool, _context(careless, "mallory"), CASES[tool.name].own)
    assert not result.is_found and "1042" not in str(result.value)


@each_tool
async def test_another_tenant_has_not_connected_it(service: ShopServer, tool: Tool) -> None:
    context = _context(NoShop(), ALMA)
    if not tool.port:
        assert (await call_tool(tool, context, CASES[tool.name].own)).is_found
        return
    with pytest.raises(ToolUnavailable, match="not connected"):
        await call_tool(tool, context, CASES[tool.name].own)


@each_tool
async def test_arguments_beyond_their_bounds_are_rejected(service: ShopServer, tool: Tool) -> None:
    async with shop_over(service) as shop:
        for wrong in (CASES[tool.name].beyond, CASES[tool.name].own | {"owner": BO}):
            with pytest.raises(ArgumentRejected):
                await call_tool(tool, _context(shop, ALMA), wrong)


class _Careless:
    """A service that shows Alma's things to whoever asks."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def honours_keys(self, part: str) -> bool:
        return self._shop.honours_keys(part)

    def __getattr__(self, name: str) -> Any:
        return _AsAlma(getattr(self._shop, name))


class _AsAlma:
    def __init__(self, part: Any) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._part, name)

        async def asked(owner: str, *more: Any, **how: Any) -> Any:
            return await real(ALMA, *more, **how)

        return asked
