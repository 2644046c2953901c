"""Tools of a tenant's own, for everybody who may call them and everybody who may not."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tenants.ids import new_id
from tests.tools.own_services import (
    ALMA,
    BO,
    CLUB_SETTINGS,
    GARAGE_TOOLS,
    Club,
    Garage,
    client_for,
    club_service,
    garage_service,
    own_of,
)
from tools.calling import call_tool
from tools.contract import ToolContext
from tools.effect_catalog import effect_of
from tools.effects import Refusal, perform
from tools.errors import ArgumentRejected
from tools.ports import NoShop


@dataclass(frozen=True)
class Case:
    """What a tool is called with by its owner, after somebody else's things, and with too much."""

    own: dict[str, Any]
    beyond: dict[str, Any]
    says: str
    foreign: dict[str, Any] | None = None
    rules: dict[str, Any] = field(default_factory=dict[str, Any])


CASES: dict[str, Case] = {
    "club_points": Case({}, {"member_id": BO}, "420"),
    "club_plan": Case({"number": "P-1001"}, {"number": "x" * 301}, "P-1001", {"number": "P-2001"}),
    "club_branches": Case({"city": "Lund"}, {"city": "x" * 41}, "Kelp Lane"),
    "pause_plan": Case(
        {"number": "P-1001", "weeks": 2},
        {"number": "P-1001", "weeks": 9},
        "P-1001",
        {"number": "P-2001", "weeks": 2},
    ),
    "repair_state": Case({"repair": "R-1"}, {"repair": "x" * 5_000}, "parts", {"repair": "R-2"}),
    "book_repair": Case({"day": "2026-12-01"}, {"day": "x" * 5_000}, "2026-12-01"),
    "garage_hours": Case({}, {"day": "x"}, "9 to 17"),
}
each_tool = pytest.mark.parametrize("name", CASES)


@pytest.fixture
def club() -> Iterator[Club]:
    with club_service() as served:
        yield served


@pytest.fixture(scope="module")
def garage() -> Iterator[Garage]:
    with garage_service() as served:
        yield served


def _context(who: str | None, **options: Any) -> ToolContext:
    plain = ToolContext(new_id(), new_id(), new_id(), "0.0.0", NoShop(), options=options)
    return replace(plain, identity="verified", external_id=who) if who else plain


def test_every_own_tool_of_both_kinds_has_a_case() -> None:
    assert CASES.keys() == {tool["name"] for tool in (*CLUB_SETTINGS["tools"], *GARAGE_TOOLS)}


@each_tool
async def test_each_is_its_owners_and_nobody_elses(name: str, club: Club, garage: Garage) -> None:
    case, booked = CASES[name], len(garage.booked)
    async with client_for(club.url, garage.url) as client:
        tool = next(one for one in await own_of(club, garage, client) if one.name == name)
        own, given = _context(ALMA), case.own
        for wrong in (case.beyond, case.own | {"tenant_id": "x"}):
            with pytest.raises(ArgumentRejected):
                await call_tool(tool, own, wrong)
        if tool.identity == "verified":
            for nobody in (_context(None), replace(own, external_id="")):
                with pytest.raises(ArgumentRejected, match="signed in"):
                    await call_tool(tool, nobody, case.own)
        if tool.has_effect:
            effect = effect_of(tool)
            with pytest.raises(ArgumentRejected):  # a person must agree, and none did
                await perform(effect, own, case.own, approved=False, is_repeat=False)
            if case.foreign is not None:
                assert isinstance(await effect.prepare(own, case.foreign), Refusal)
                with pytest.raises(ArgumentRejected):
                    await perform(effect, own, case.foreign, approved=True, is_repeat=False)
                with pytest.raises(ArgumentRejected):
                    await perform(effect, _context(BO), case.own, approved=True, is_repeat=False)
            assert club.pauses == 0 and len(garage.booked) == booked
            result = await perform(effect, own, case.own, approved=True, is_repeat=False)
        else:
            if case.foreign is not None:
                assert not (await call_tool(tool, own, case.foreign)).is_found
            if tool.identity == "verified":
                other = await call_tool(tool, _context(BO), case.own)
                assert case.says not in str(other.value)
            result = await call_tool(tool, own, given)
        assert result.is_found and case.says in result.text and ALMA not in str(result.value)
