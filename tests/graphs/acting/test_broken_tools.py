"""What breaks within a tool is told as a tool that does not work: no turn fails for its sake."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from psycopg import OperationalError

from graphs.acting.tool_calls import ToolCall, summary
from graphs.acting.tool_guard import ToolGuard
from graphs.asking.breaker import Breaker
from graphs.asking.models import Models
from graphs.context import TurnContext
from server.outside.looking import choices
from tenants.configuring.tool_settings import ToolSetting
from tenants.errors import Invalid
from tenants.ids import new_id
from tests.graphs.acting_siege import CountingTools, FixedTools, ObedientModel, WordEmbedder
from tests.graphs.conversation import Talk, machine, text_of
from tests.tools.own_services import ALMA, CLUB_SETTINGS, DOCUMENT
from tools.contract import ToolContext
from tools.effect_catalog import EFFECTS
from tools.effects import perform
from tools.errors import ToolUnavailable
from tools.openapi_documents import operations_of
from tools.own_settings import OwnSettings
from tools.own_tools import own_tools
from tools.ports import Shop

BROKEN = (Invalid("limit: at most 50"), RuntimeError("a bug"), KeyError("state"))
CALLS: Mapping[str, dict[str, Any]] = {
    "order_status": {"number": "1042"},
    "refund_order": {"number": "1037"},
    "club_points": {},
    "pause_plan": {"number": "P-1001", "weeks": 2},
}


class _Breaks:
    """A shop, or a service of a tenant's own, in which every call breaks."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def honours_keys(self, part: str) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return self

    async def __call__(self, *given: Any, **how: Any) -> Any:
        raise self.error


def _shop(error: Exception) -> Shop:
    broken: Any = _Breaks(error)
    return broken


def _tools(error: Exception, guard: ToolGuard | None = None) -> CountingTools:
    settings = OwnSettings.model_validate(CLUB_SETTINGS | {"base_url": "https://club.example"})
    service: Any = _Breaks(error)
    own = own_tools(
        choices(settings, operations_of(DOCUMENT)), service, knows_keys=True, suspended={}
    )
    embedder: Any = WordEmbedder()
    return CountingTools(FixedTools(_shop(error), own), embedder, guard=guard)


def _context(**changed: Any) -> TurnContext:
    given = [ToolSetting(name=name).model_dump(mode="json") for name in CALLS]
    caller = {"contact_id": str(UUID(int=1)), "identity": "verified", "external_id": ALMA}
    plain = TurnContext(tenant_id=str(new_id()), conversation_id=str(new_id()))
    return replace(plain, tools=tuple(given), caller=caller, acts=True, **changed)


def _call(name: str) -> ToolCall:
    said = "Please refund order 1037 and pause my plan P-1001 for 2 weeks"
    return ToolCall(call_id="0.0.0", name=name, arguments=dict(CALLS[name]), asked=said)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
async def test_a_tool_that_breaks_is_unavailable_and_says_why_to_who_explains(
    name: str, error: Exception
) -> None:
    outcome = await _tools(error).call(_context(), _call(name))
    assert outcome["outcome"] == "unavailable" and outcome["text"] == ""
    assert "does not work at the moment" in outcome["problem"]
    assert str(error) not in outcome["problem"], "no exception's text reaches a model"
    [shown] = summary([outcome])
    assert shown["cause"] == ("invalid" if isinstance(error, Invalid) else type(error).__name__)


@pytest.mark.parametrize("name", CALLS)
async def test_a_turn_goes_on_to_a_person_where_its_tool_breaks(name: str) -> None:
    model = ObedientModel(tool=name, arguments=json.dumps(CALLS[name]))
    models = Models(default="fake:m", factories={"fake:m": lambda: model})
    tools = _tools(RuntimeError("a bug"))
    talk = Talk(machine(models=models, tools=tools))
    talk.context = replace(_context(), knowledge=talk.context.knowledge, brand="Shoely")
    end = await talk.say("Please refund order 1037 and tell me how my plan P-1001 stands")
    assert tools.reached and end.status == "waiting_for_operator" and end.handoff is not None
    assert end.actions == [] and "I have done it" not in text_of(end)
    [step] = [s for s in end.steps if s.node == "call_tools"][:1]
    assert step.output["tool_results"][0]["cause"] == "RuntimeError"


async def test_what_breaks_in_an_effect_that_went_out_may_have_happened() -> None:
    refund = next(one for one in EFFECTS if one.tool.name == "refund_order")
    context = ToolContext(
        new_id(), new_id(), new_id(), "0.0.0", _shop(RuntimeError("a bug")),
        identity="verified", external_id=ALMA, options={"approval": "never"},
    )  # fmt: skip
    whole = {"number": "1037", "amount": "1.00", "reason": ""}
    for is_repeat in (False, True):  # weighed first; sent at once
        with pytest.raises(ToolUnavailable) as told:
            await perform(refund, context, whole, approved=True, is_repeat=is_repeat)
        assert told.value.may_have_happened is is_repeat


async def test_a_tool_that_keeps_breaking_is_left_alone() -> None:
    guard = ToolGuard(make_breaker=lambda: Breaker(failures=2))
    tools, context = _tools(RuntimeError("a bug"), guard), _context()
    await tools.call(context, _call("order_status"))  # a read is tried twice
    assert guard.open_breakers() == 1
    again = await tools.call(context, _call("order_status"))
    assert "left alone" in again["problem"]


async def test_a_database_that_is_away_is_no_tools_fault() -> None:
    away = OperationalError("the connection is lost")
    with pytest.raises(OperationalError):
        await _tools(away).call(_context(), _call("order_status"))
