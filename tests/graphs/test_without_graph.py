"""Turns whose time is over: a person goes on where the assistant stopped, and then it does again."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from graphs.asking.models import Models
from graphs.asking.turn_clock import turn_clock
from graphs.ports import HandoffResolution, SpokenLine
from graphs.run import IncomingMessage, TakenUp, TurnRequest
from graphs.support import GRAPH_VERSION
from graphs.without_graph import AlreadyShown, is_of_no_graph, overdue
from tenants.ids import new_id
from tenants.running.turn_ends import TurnEnd
from tests.fakes import FakeDesk, ScriptedModel
from tests.graphs.conversation import SHOP, Talk, machine, text_of

VIOLIN = "Can you engrave a violin?"
SWISS, HOURS, SHOES = (question for question, _ in SHOP)


def ended(talk: Talk, *asked: str, shown: AlreadyShown | None = None) -> TurnEnd:
    context = replace(talk.context, turn_id=str(new_id()))
    return overdue(context, asked, shown or AlreadyShown(), graph_version=GRAPH_VERSION)


def taken_up(end: TurnEnd, question: str) -> TakenUp:
    assert end.handoff is not None and end.reply is not None
    said = [
        HumanMessage(question, id=str(new_id())),
        AIMessage(text_of(end), id=end.reply["message_id"]),
    ]
    return TakenUp(end.handoff.content, said)


async def lines(talk: Talk) -> list[str]:
    saver = talk.machine.savers.saver(UUID(talk.context.tenant_id), None)
    graph = talk.machine.graphs[GRAPH_VERSION].copy(update={"checkpointer": saver})
    found = await graph.aget_state({"configurable": {"thread_id": talk.context.conversation_id}})
    return [message.text for message in found.values["messages"]]


def resolved(desk: FakeDesk, words: str) -> UUID:
    handoff_id = new_id()
    said = [SpokenLine(str(new_id()), "operator", words)]
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id), lines=said))
    return handoff_id


def test_what_was_shown_stays_and_a_person_is_named() -> None:
    source: dict[str, Any] = {"passage_id": "p", "title": "Shipping"}
    end = ended(Talk(machine()), VIOLIN, SWISS, shown=AlreadyShown("Yes, we ship.", [source]))
    assert text_of(end).startswith("Yes, we ship.\n\nI'm sorry, this is taking me too long.")
    assert (end.status, end.reason, end.citations) == ("waiting_for_operator", "deadline", [source])
    assert end.handoff is not None and is_of_no_graph(end.handoff.interrupt_id)
    assert end.handoff.content["open_intents"] == [
        {"text": f"{VIOLIN}\n{SWISS}", "query": f"{VIOLIN}\n{SWISS}"}
    ]
    assert end.heard == 2 and len(end.handoff.content["drafts"]) == 2


def test_nobody_is_promised_where_there_are_no_people() -> None:
    talk = Talk(machine())
    talk.context = replace(talk.context, handoff={"enabled": False}, locale="de")
    end = ended(talk, "Gravieren Sie Geigen?")
    assert (end.status, end.decision, end.handoff) == ("completed", "deliver", None)
    assert "Bitte fragen Sie" in text_of(end) and "Kollege" not in text_of(end)


def test_the_contact_s_language_is_spoken() -> None:
    end = ended(Talk(machine()), "Wie lange dauert der Versand in die Schweiz und was kostet er?")
    assert text_of(end).startswith("Es tut mir leid") and end.language == "de"


def test_closed_hours_are_told() -> None:
    talk = Talk(machine())
    talk.context = replace(talk.context, operators_available=False)
    end = ended(talk, VIOLIN)
    assert "Nobody is free" in text_of(end)
    assert end.handoff is not None and "promised" in end.handoff.content


@pytest.mark.parametrize("turns_before", [0, 1])
async def test_the_conversation_goes_on_behind_the_operator_s_words(turns_before: int) -> None:
    desk = FakeDesk()
    talk = Talk(machine(desk=desk))
    for _ in range(turns_before):
        await talk.say(SWISS)
    end = ended(talk, VIOLIN)
    handoff_id = resolved(desk, "Yes, for 40 EUR.")
    context = replace(talk.context, turn_id=str(new_id()), kind="resume")
    request = TurnRequest(
        context, handoff_id=str(handoff_id), taken_up=taken_up(end, VIOLIN), handoff_is_open=False
    )
    resumed = await talk.run(request)
    assert (resumed.status, text_of(resumed)) == ("completed", "")
    assert (await lines(talk))[-3:] == [VIOLIN, text_of(end), "Yes, for 40 EUR."]
    assert (await talk.run(request)).status == "completed", "taken over by another process"
    assert (await lines(talk)).count("Yes, for 40 EUR.") == 1
    assert "9:00" in text_of(await talk.say(HOURS))
    assert "40 EUR" in text_of(await talk.say("What does it cost to engrave a violin?"))


async def test_a_run_that_was_stopped_in_the_middle_is_taken_up_all_the_same() -> None:
    desk = FakeDesk()
    slow = ScriptedModel(pieces=["Yes. [1]"], waits_seconds=30)
    models = Models(default="fake:slow", factories={"fake:slow": lambda: slow})
    talk = Talk(machine(desk=desk, models=models))
    context = replace(talk.context, turn_id=str(new_id()))
    asked = IncomingMessage(str(new_id()), SWISS)
    run = asyncio.ensure_future(talk.run(TurnRequest(context, messages=[asked])))
    while not slow.asked:
        await asyncio.sleep(0.01)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    end = overdue(context, [SWISS], AlreadyShown(), graph_version=GRAPH_VERSION)
    assert end.handoff is not None
    said = [HumanMessage(SWISS, id=asked.message_id), AIMessage(text_of(end), id=str(new_id()))]
    handoff_id = resolved(desk, "Yes, we do.")
    resume = replace(context, turn_id=str(new_id()), kind="resume")
    taken = TakenUp(end.handoff.content, said)
    resumed = await talk.run(
        TurnRequest(resume, handoff_id=str(handoff_id), taken_up=taken, handoff_is_open=False)
    )
    assert resumed.status == "completed"
    assert await lines(talk) == [SWISS, text_of(end), "Yes, we do."]


async def test_an_interrupt_that_nobody_waits_for_does_not_silence_the_conversation() -> None:
    talk = Talk(machine())
    assert (await talk.say(VIOLIN)).status == "waiting_for_operator"
    context = replace(talk.context, turn_id=str(new_id()))
    messages = [IncomingMessage(str(new_id()), HOURS)]
    silent = await talk.run(TurnRequest(context, messages=messages))
    assert (silent.status, silent.reply) == ("waiting_for_operator", None)
    end = await talk.run(TurnRequest(context, messages=messages, handoff_is_open=False))
    assert end.status == "completed" and "9:00" in text_of(end)


async def test_a_stuck_provider_gives_way_before_the_turn_s_time_is_over() -> None:
    stuck = ScriptedModel(pieces=["Yes. [1]"], waits_seconds=60)
    models = Models(
        default="fake:stuck", factories={"fake:stuck": lambda: stuck, "fake:next": lambda: stuck}
    )
    talk = Talk(machine(models=models))
    talk.context = replace(talk.context, fallback_models=("fake:next",))
    with turn_clock(3.0):
        async with asyncio.timeout(3.0):
            end = await talk.say(SWISS)
    assert text_of(end).startswith("Yes, we ship to Switzerland.")
    assert len(stuck.asked) == 1, "no time was left for the second one"
