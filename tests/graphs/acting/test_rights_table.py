"""Every tool, the house's and a tenant's own, for everybody: one table, at the door of all calls.

| | anonymous | verified | other contact | other tenant | over limit |

Nothing of it may come to an effect: a proposal is the most that any cell gives.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from graphs.acting.tool_calls import ToolCall, ToolOutcome
from graphs.acting.tool_port import HouseTools
from graphs.context import TurnContext
from server.demo_shop.service import ShopServer
from tenants.configuring.tool_settings import ToolSetting
from tenants.ids import new_id
from tests.graphs.acting_siege import WordEmbedder
from tests.tools.demo_shop import ALMA, BO, demo_shop_service, shop_over
from tests.tools.own_services import (
    CLUB_SETTINGS,
    GARAGE_TOOLS,
    MOST_SECONDS,
    Club,
    Garage,
    client_for,
    club_service,
    garage_service,
    own_of,
)
from tests.tools.test_own_rights import CASES as OWN_CASES
from tests.tools.test_rights import CASES as READ_CASES
from tests.tools.test_rights import Case, ShelfKnowledge
from tools.catalog import TOOLS
from tools.connecting import Connected
from tools.contract import Tool
from tools.knowledge import NoKnowledge
from tools.ports import NoShop

TENANT, OTHER = new_id(), new_id()
LIMIT = {"up_to": "20.00", "currency": "EUR"}
LONG = "x" * 5_000
EFFECT_CASES: dict[str, Case] = {
    "refund_order": Case(
        {"number": "1037", "amount": "89.00"}, {"number": LONG}, "1037", {"number": "2001"}
    ),
    "cancel_order": Case({"number": "1051"}, {"number": LONG}, "1051", {"number": "2002"}),
    "move_appointment": Case(
        {"appointment_id": "A-301", "slot_id": "S-0109"}, {"appointment_id": LONG}, "Small service",
        {"appointment_id": "A-302", "slot_id": "S-0109"},
    ),
    "cancel_appointment": Case(
        {"appointment_id": "A-301"}, {"appointment_id": LONG}, "Small service",
        {"appointment_id": "A-302"},
    ),
    "open_ticket": Case(
        {"subject": "Bell", "text": "The bell of my bike does not ring any more."},
        {"subject": LONG, "text": "x"}, "ticket",
    ),
}  # fmt: skip
EVERY: dict[str, Any] = {**READ_CASES, **EFFECT_CASES, **OWN_CASES}
HIS = {"owner": BO, "customer": BO, "contact": BO, "member_id": BO, "external_id": BO}


@dataclass(frozen=True)
class _ByTenant:
    """`tools.connecting.TenantTools`: one tenant has everything, every other nothing."""

    connected: Connected

    async def of(self, tenant_id: UUID) -> Connected:
        return self.connected if tenant_id == TENANT else Connected(NoShop())


class _Lent:
    """`graphs.acting.tool_knowledge.KnowledgeForTools` of the one tenant's shelf."""

    def of(self, context: TurnContext) -> Any:
        return ShelfKnowledge() if context.tenant_id == str(TENANT) else NoKnowledge()


@dataclass(frozen=True)
class Door:
    """The tools of the one tenant, and how to call one for somebody."""

    tools: HouseTools
    held: Mapping[str, Tool]

    async def call(
        self, name: str, arguments: Mapping[str, Any], *, who: str = ALMA, tenant: UUID = TENANT
    ) -> ToolOutcome:
        setting = ToolSetting.model_validate(
            {"name": name} | ({"approval": LIMIT} if self.held[name].has_effect else {})
        )
        caller: dict[str, Any] = {"contact_id": str(UUID(int=1)), "identity": "anonymous"}
        if who:
            caller |= {"identity": "verified", "external_id": who}
        context = TurnContext(
            tenant_id=str(tenant),
            conversation_id=str(new_id()),
            turn_id=str(new_id()),
            tools=(setting.model_dump(mode="json"),),
            caller=caller,
            acts=True,
        )
        call = ToolCall(call_id="0.0.0", name=name, arguments=dict(arguments), sure=True)
        return await self.tools.call(context, call)


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[ShopServer, Club, Garage]]:
    with demo_shop_service() as shop, club_service() as club, garage_service() as garage:
        yield shop, club, garage
        done = [*shop.store.effects(), *["a pause"] * club.pauses, *garage.booked]
        assert done == [], "a cell of the table had an effect"


@pytest.fixture
async def door(services: tuple[ShopServer, Club, Garage]) -> AsyncIterator[Door]:
    service, club, garage = services
    async with (
        shop_over(service, timeout_seconds=MOST_SECONDS) as shop,
        client_for(club.url, garage.url) as client,
    ):
        own = await own_of(club, garage, client)
        parts = frozenset(tool.port for tool in TOOLS if tool.port)
        embedder, lent = WordEmbedder(), _Lent()
        made: Any = HouseTools
        every = [replace(tool, timeout_seconds=MOST_SECONDS) for tool in TOOLS]
        tools = made(
            _ByTenant(Connected(shop, parts, tuple(own))), embedder, knowledge=lent, tools=every
        )
        yield Door(tools, {tool.name: tool for tool in (*TOOLS, *own)})


async def _anonymous(door: Door, name: str, case: Any) -> None:
    outcome = await door.call(name, case.own, who="")
    if door.held[name].identity == "anonymous":
        assert outcome["outcome"] == "ok"
    else:
        assert (outcome["outcome"], outcome["text"]) == ("identity_needed", "")
    _shows_nothing_of(outcome, ALMA if door.held[name].identity == "verified" else BO)


async def _verified(door: Door, name: str, case: Any) -> None:
    outcome = await door.call(name, case.own)
    assert outcome["outcome"] == "ok" and case.says in outcome["text"]
    assert door.held[name].has_effect == ("proposal" in outcome)


async def _other_contact(door: Door, name: str, case: Any) -> None:
    tool = door.held[name]
    if case.foreign is not None:
        outcome = await door.call(name, case.foreign)
        assert outcome["outcome"] == "not_found" and "proposal" not in outcome
    elif tool.identity == "verified" and not tool.has_effect:
        outcome = await door.call(name, case.own, who=BO)
        assert case.says not in f"{outcome['text']} {outcome['value']}"
    for key, value in HIS.items():  # nobody says for whom they ask
        smuggled = await door.call(name, {**case.own, key: value})
        assert smuggled["outcome"] == "rejected" or (
            "proposal" in smuggled and BO not in str(smuggled.get("proposal"))
        ), key


async def _other_tenant(door: Door, name: str, case: Any) -> None:
    outcome = await door.call(name, case.own, tenant=OTHER)
    assert outcome["outcome"] in ("rejected", "not_found") and not outcome["text"]
    assert "proposal" not in outcome
    mine = await door.call(name, case.own)  # and it keeps nothing of the one for the other
    assert mine["outcome"] == "ok"
    again = await door.call(name, case.own, tenant=OTHER)
    assert (again["outcome"], again["text"]) == (outcome["outcome"], "")


async def _over_limit(door: Door, name: str, case: Any) -> None:
    outcome = await door.call(name, case.beyond)
    assert outcome["outcome"] in ("rejected", "not_found") and "proposal" not in outcome
    if door.held[name].has_effect:
        asked = (await door.call(name, case.own)).get("proposal", {})
        assert asked.get("why") in ("over_limit", "no_amount", "other_currency"), (
            "a person is asked"
        )


COLUMNS: dict[str, Callable[[Door, str, Any], Any]] = {
    "anonymous": _anonymous,
    "verified": _verified,
    "other contact": _other_contact,
    "other tenant": _other_tenant,
    "over limit": _over_limit,
}


def test_the_table_has_a_row_for_every_tool() -> None:
    own = {str(tool["name"]) for tool in (*CLUB_SETTINGS["tools"], *GARAGE_TOOLS)}
    assert EVERY.keys() == {tool.name for tool in TOOLS} | own


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", EVERY)
async def test_each_tool_is_for_whom_it_is_for(door: Door, name: str, column: str) -> None:
    await COLUMNS[column](door, name, EVERY[name])


def _shows_nothing_of(outcome: ToolOutcome, customer: str) -> None:
    assert customer not in f"{outcome['text']} {outcome['value']}"


async def test_an_effect_at_its_limit_asks_nobody(door: Door) -> None:
    within = await door.call("refund_order", {"number": "1037", "amount": "20.00"})
    assert within.get("proposal", {}).get("why") == ""
    above = await door.call("refund_order", {"number": "1037", "amount": "20.01"})
    assert above.get("proposal", {}).get("why") == "over_limit"
