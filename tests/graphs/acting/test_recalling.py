"""What is looked up of a verified contact before a model writes: when, how much, and what is said of it."""

import asyncio
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from graphs.acting.recalling import MOST_RECORDS, recalls, within_budget
from graphs.acting.tool_calls import OfferedTool, ToolCall, ToolOutcome, refused
from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.replay import replay
from tenants.running.turn_ends import TurnEnd
from tests.fakes import FakeKnowledge, ScriptedModel
from tests.graphs.conversation import SHOP, Talk, machine, text_of
from tests.graphs.talking_tools import FakeTools

NAMES = ("recent_orders", "my_appointments")
ALMA = {"identity": "verified", "external_id": "c-1", "contact_id": ""}


def _offer(name: str) -> OfferedTool:
    return OfferedTool(name=name, title=name, description="x", schema={}, has_effect=False)


def _asked(text: str, *, caller: Any = ALMA, names: Any = NAMES, viewed: Any = ()) -> list[str]:
    context = TurnContext(caller=caller)
    calls = recalls([_offer(name) for name in names], context, text, text, viewed, 0)
    return [call["name"] for call in calls]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Where is my order?", ["recent_orders"]),
        ("Has my parcel left yet", ["recent_orders"]),
        ("When is my appointment, and where is my delivery?", list(NAMES)),
        ("Wann ist mein Termin?", ["my_appointments"]),
        ("¿Dónde está mi pedido?", ["recent_orders"]),
        ("Où est ma commande ?", ["recent_orders"]),
        ("How do I cancel my order?", []),
        ("Can I change my order?", []),
        ("Do you ship to Norway?", []),
        ("What are your opening hours?", []),
        ("How long does delivery take?", []),
        ("thanks a lot, have a nice day", []),
        ("hello", []),
        ("When will it arrive?", []),
    ],
)
def test_only_what_is_about_the_contacts_own_things_is_looked_up(
    text: str, names: list[str]
) -> None:
    assert _asked(text) == names


def test_what_was_shown_is_meant_by_it() -> None:
    shown = [{"kind": "order", "reference": "1042"}]
    assert _asked("When will it arrive?", viewed=shown) == ["recent_orders"]


def test_nothing_is_looked_up_for_who_is_not_known_or_without_the_tools() -> None:
    question = "Where is my order?"
    for caller in ({}, {"identity": "anonymous", "external_id": "c-1"}, {"identity": "verified"}):
        assert _asked(question, caller=caller) == []
    assert _asked(question, names=("order_status",)) == []


def test_what_does_not_fit_is_left_out_and_counted() -> None:
    call = ToolCall(call_id="0.r.0", name="recent_orders", arguments={})
    outcome = refused(call, "ok", "")
    outcome["text"] = "You ordered 1042 and 1037."
    outcome["value"] = {"orders": [{"number": str(n), "note": "x" * 100} for n in range(3)]}
    whole, left = within_budget(outcome, 1_000)
    assert len(whole["value"]["orders"]) == 3 and "cut" not in whole and 800 < left < 1_000
    small, _ = within_budget(outcome, 60)
    assert len(small["value"]["orders"]) < 3 and small.get("cut", 0) > 0
    none, _ = within_budget(outcome, 3)
    assert none["text"] == "" and none["value"] == {} and none.get("cut") == 3


class _Account(FakeTools):
    """The two tools of an account; `seconds` is how long each takes."""

    seconds = 0.0

    async def offered(self, context: TurnContext) -> list[OfferedTool]:
        return [_offer(name) for name in NAMES]

    async def call(self, context: TurnContext, call: ToolCall) -> ToolOutcome:
        await asyncio.sleep(self.seconds)
        return await super().call(context, call)


def _talk(tools: FakeTools, *pieces: str) -> tuple[Talk, ScriptedModel]:
    model = ScriptedModel(pieces=list(pieces))
    models = Models(default="fake:m", factories={"fake:m": lambda: model})
    talk = Talk(machine(tools=tools, models=models))
    named = tuple({"name": name} for name in NAMES)
    talk.context = replace(talk.context, tools=named, records=True, caller=dict(ALMA))
    return talk, model


def _made(end: TurnEnd) -> list[dict[str, Any]]:
    return [
        one
        for step in end.steps
        if step.node == "call_tools"
        for one in step.output["tool_results"]
    ]


async def test_a_model_reads_the_last_orders_without_calling_anything() -> None:
    talk, model = _talk(tools := _Account(), "Your order 1042 has the status: shipped. [1]")
    end = await talk.say("Where is my order?")
    assert text_of(end) == "Your order 1042 has the status: shipped."
    assert [call["arguments"] for call in tools.calls] == [{"limit": MOST_RECORDS}]
    assert len(model.asked) == 1 and "status: shipped" in model.asked[0][0].text
    [made] = _made(end)
    assert made["recalled"] and made["cut"] == 0 and made["outcome"] == "ok"
    assert [one["status"] for one in end.intents] == ["answered"]


async def test_knowledge_is_answered_from_the_knowledge_and_nothing_is_looked_up() -> None:
    talk, model = _talk(tools := _Account(), "We are open Monday to Friday from 9:00 to 18:00. [1]")
    end = await talk.say("What are your opening hours?")
    assert "9:00 to 18:00" in text_of(end) and tools.calls == [] and len(model.asked) == 1


async def test_an_account_that_cannot_be_looked_up_costs_nothing_but_its_time() -> None:
    tools = _Account("unavailable")
    talk, _ = _talk(tools, "NONE")
    end = await talk.say("Where is my order?")
    assert end.reason != "tool_failed" and [one["outcome"] for one in _made(end)] == ["unavailable"]


async def test_what_was_looked_up_stands_on_the_tape() -> None:
    talk, _ = _talk(tools := _Account(), "Your order 1042 has the status: shipped. [1]")
    end = await talk.say("Where is my order?")
    recording = json.loads(json.dumps(end.recording))
    passages = await FakeKnowledge(*SHOP).search(UUID(int=0), (), "", limit=9)
    again = await replay(talk.machine, recording, None, passages)
    assert again.is_same, again.differences
    assert len(tools.calls) == 1
