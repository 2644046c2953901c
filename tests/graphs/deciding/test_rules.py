"""A tenant's rules: which fire, and what a turn does with them."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from graphs.context import TurnContext
from graphs.deciding.rules import Facts, deciding, fired, is_urgent
from tenants.configuring.assistants import HandoffSettings
from tests.graphs.conversation import Talk, machine, text_of


def rule(name: str = "r", action: str = "hand_off", **when: Any) -> dict[str, Any]:
    return {"name": name, "when": when, "action": action}


def saved(*rules: dict[str, Any]) -> dict[str, Any]:
    """As a turn's context carries them."""
    return HandoffSettings.model_validate({"rules": list(rules)}).model_dump(mode="json")


def fires(text: str = "Hello", contact: dict[str, Any] | None = None, **when: Any) -> bool:
    facts = Facts(text, "negative", "de", "widget", 2, contact or {})
    return bool(fired(TurnContext(handoff=saved(rule(**when))), facts))


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("I will call my LAWYER", "lawyer", True),
        ("my lawyers say so", "lawyer", False),
        ("my lawyers say so", "lawyer*", True),
        ("Ich gehe zum Anwalt", "anwalt", True),
        ("C'est une blessure grave", "blessure grave", True),
        ("grave blessure", "blessure grave", False),
        ("Je suis blessé", "blesse", True),
        ("data-protection officer", "data protection", False),
        ("我要退款", "退款", True),
        ("", "lawyer", False),
    ],
)
def test_words_and_phrases_are_found_whole(text: str, phrase: str, found: bool) -> None:
    assert fires(text, words=["something else", phrase]) is found


@pytest.mark.parametrize(
    ("contact", "when", "found"),
    [
        ({"order_value": 500}, {"order_value_at_least": 500}, True),
        ({"order_value": "499.99"}, {"order_value_at_least": 500}, False),
        ({"order_value": True}, {"order_value_at_least": 1}, False),
        ({"order_value": "much"}, {"order_value_at_least": 1}, False),
        ({}, {"order_value_at_least": 0}, False),
        ({"vip": True}, {"vip": True}, True),
        ({"vip": "yes"}, {"vip": True}, False),
        ({}, {"vip": False}, True),
        ({"tier": "gold", "n": 1}, {"metadata": {"tier": "gold", "n": 1}}, True),
        ({"tier": "gold"}, {"metadata": {"tier": "gold", "n": 1}}, False),
        ({"on": 1}, {"metadata": {"on": True}}, False),
        ({}, {"sentiment": "negative"}, True),
        ({}, {"sentiment": "positive"}, False),
        ({}, {"languages": ["en", "de-CH"]}, True),
        ({}, {"channels": ["api"]}, False),
        ({}, {"unsure_turns_at_least": 2}, True),
        ({}, {"unsure_turns_at_least": 3}, False),
        ({"vip": True}, {"vip": True, "channels": ["api"]}, False),  # every condition counts
    ],
)
def test_every_condition_is_read_off(
    contact: dict[str, Any], when: dict[str, Any], found: bool
) -> None:
    assert fires(contact=contact, **when) is found


def test_the_first_rule_decides_and_priority_comes_on_top() -> None:
    rules = saved(
        rule("urgent", "priority", sentiment="negative"),
        rule("first", "offer", sentiment="negative"),
        rule("second", "hand_off", sentiment="negative"),
    )
    facts = Facts("", "negative", "en", "api", 0, {})
    firing = fired(TurnContext(handoff=rules), facts)
    assert (deciding(firing) or {})["name"] == "first"
    assert is_urgent(firing)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([rule()], "at least one condition"),
        ([rule(words=["***"])], "a letter or a digit"),
        ([rule(words=["law*yer"])], "end of a word"),
        ([rule(vip=True), rule(vip=False)], "two rules are called 'r'"),
        ([rule(action="deliver_with_notice", vip=True)], "needs a `notice`"),
        ([rule(vip=True) | {"notice": "x"}], "belongs to"),
        ([rule(vip=True) | {"reason": "budget"}], "sensitive_topic"),
        ([rule(mood="bad")], "mood"),
        ([rule(f"r{n}", vip=True) for n in range(51)], "at most 50"),
    ],
)
def test_rules_that_say_nothing_are_refused(given: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        saved(*given)


def talk(*rules: dict[str, Any], **contact: Any) -> Talk:
    made = Talk(machine())
    made.context = replace(made.context, handoff=saved(*rules), contact={"facts": contact})
    return made


async def test_a_rule_gives_the_turn_to_a_person_with_the_answer_as_a_draft() -> None:
    legal = rule("legal", words=["lawyer*"]) | {"reason": "sensitive_topic"}
    end = await talk(legal).say("My lawyer asks: do you ship to Switzerland?")
    assert (end.status, end.reason, end.rule) == (
        "waiting_for_operator",
        "sensitive_topic",
        "legal",
    )
    assert "Switzerland" not in text_of(end)
    assert end.handoff is not None
    folder = end.handoff.content
    assert folder["drafts"][0].startswith("Yes, we ship to Switzerland.")
    assert folder["rule"] == "legal"
    composed = next(step.output for step in end.steps if step.node == "compose")
    assert composed["decision"]["rule"] == "legal"


async def test_a_notice_goes_with_the_answer() -> None:
    strike = rule("strike", "deliver_with_notice", words=["ship"])
    end = await talk(strike | {"notice": "Parcels are late this week."}).say(
        "Do you ship to Switzerland?"
    )
    assert (end.decision, end.rule) == ("deliver", "strike")
    assert text_of(end).endswith("Parcels are late this week.")
    assert text_of(end).startswith("Yes, we ship to Switzerland.")


async def test_a_valued_contact_is_offered_a_person_once_and_marked_urgent() -> None:
    offered = talk(
        rule("big order", "offer", order_value_at_least=1_000),
        rule("vip", "priority", vip=True),
        order_value=1_500,
        vip=True,
    )
    ends = [await offered.say("Do you ship to Switzerland?") for _ in range(2)]
    assert [(e.decision, e.rule) for e in ends] == [("offer", "big order"), ("deliver", "vip")]
    taken = await offered.say("I want to talk to a human")
    assert taken.handoff is not None
    assert taken.handoff.content["priority"] == "high"


async def test_where_there_are_no_people_a_rule_withholds_nothing() -> None:
    alone = talk(rule("legal", words=["lawyer*"]))
    alone.context = replace(alone.context, handoff=alone.context.handoff | {"enabled": False})
    end = await alone.say("My lawyer asks: do you ship to Switzerland?")
    assert (end.status, end.decision) == ("completed", "deliver")
    assert text_of(end).startswith("Yes, we ship to Switzerland.")


async def test_a_rule_may_wait_for_repeated_doubt() -> None:
    patient = talk(rule("enough", unsure_turns_at_least=2))
    patient.context = replace(
        patient.context, handoff=patient.context.handoff | {"offer_first": True}
    )
    ends = [
        await patient.say(text) for text in ("Can you engrave violins?", "Is piano tuning done?")
    ]
    assert [(e.decision, e.rule) for e in ends] == [("offer", None), ("hand_off", "enough")]
    assert ends[1].reason == "policy"
