"""What of a tenant's settings holds for a request, and what comes of it in the reply."""

from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from graphs.asking.models import Models
from graphs.safety.orders import Orders
from graphs.words.phrases import phrase
from graphs.writing.brand_words import corrected, sayable
from graphs.writing.conditions import Request, holds, texts_of
from graphs.writing.instructions import messages
from tenants.configuring.answer_settings import AnswerSettings
from tests.fakes import FakeKnowledge, ScriptedModel, passage
from tests.graphs.conversation import SHOP, Talk, machine, text_of
from tests.graphs.nodes.states import Turn, resolving

LEGAL = {"en": "This is no legal advice.", "de": "Das ist keine Rechtsberatung."}


def _talk(answering: dict[str, Any], *, models: Models | None = None, **more: Any) -> Talk:
    talk = Talk(machine(FakeKnowledge(*SHOP, *GERMAN), models=models))
    made = AnswerSettings.model_validate(answering).model_dump(mode="json")
    talk.context = replace(talk.context, answering=made, **more)
    return talk


GERMAN = (("Wie lange kann ich getragene Schuhe zurückgeben?", "Getragene Schuhe nehmen wir 30 Tage lang zurück."),)  # fmt: skip


@pytest.mark.parametrize(
    ("about", "bare"),
    [
        ("The customer asks about returns.", "returns"),
        ("if a user wants to know how shipping works", "how shipping works"),
        ("wenn der Kunde nach Rücksendungen fragt", "Rücksendungen fragt"),
        ("politics", "politics"),
        ("the customer", "the customer"),
    ],
)
def test_the_description_is_compared_without_who_asks(about: str, bare: str) -> None:
    assert texts_of({"about": about}) == [bare]


@pytest.mark.parametrize(
    ("when", "request_", "expected"),
    [
        ({"words": ["lawyer*"]}, Request("My lawyers will write", "en"), True),
        ({"words": ["lawyer*"]}, Request("My law is mine", "en"), False),
        ({"about": "the customer is angry"}, Request("x", "en", sentiment="negative"), True),
        ({"about": "the customer is angry"}, Request("x", "en"), False),
        ({"about": "the customer writes in German"}, Request("x", "de"), True),
        ({"about": "the customer writes in German"}, Request("x", "en"), False),
        ({"channels": ["email"]}, Request("x", "en", "widget"), False),
        ({"languages": ["fr"], "words": ["prix"]}, Request("Quel prix ?", "fr"), True),
        ({"languages": ["fr"], "words": ["prix"]}, Request("Quel prix ?", "es"), False),
    ],
)
def test_everything_that_a_condition_states_must_hold(
    when: dict[str, Any], request_: Request, expected: bool
) -> None:
    assert holds(when, request_, {}) is expected


async def test_a_forbidden_topic_is_refused_honestly_though_the_knowledge_has_it() -> None:
    topic = {"name": "shipping", "when": {"words": ["ship*"]}, "say": {"de": "Nein."}}
    talk = _talk({"forbidden_topics": [topic]})
    end = await talk.say("Do you ship to Switzerland?")
    assert text_of(end) == "Nein."
    assert (end.decision, end.reason, list(end.citations)) == ("deliver", "policy", [])
    both = await talk.say("Do you ship to Switzerland? What are your opening hours?")
    assert "Nein." in text_of(both)
    assert "9:00 to 18:00" in text_of(both)


async def test_a_forbidden_topic_without_words_of_its_own_is_refused_in_ours() -> None:
    talk = _talk({"forbidden_topics": [{"name": "s", "when": "do you ship to Switzerland"}]})
    assert text_of(await talk.say("Do you ship to Switzerland?")) == phrase("forbidden", "en")


async def test_a_forbidden_topic_may_go_to_a_person() -> None:
    topic = {"name": "s", "when": {"words": ["ship*"]}, "action": "hand_off"}
    end = await _talk({"forbidden_topics": [topic]}).say("Do you ship to Switzerland?")
    assert (end.status, end.reason) == ("waiting_for_operator", "policy")
    assert "9.90" not in text_of(end)


async def test_a_forbidden_word_is_in_no_sentence_whatever_was_asked() -> None:
    topic = {"name": "box", "when": {"words": ["box"]}}
    end = await _talk({"forbidden_topics": [topic]}).say("How can I return worn shoes?")
    assert text_of(end).startswith("Worn shoes can be returned within 30 days.")
    assert "box" not in text_of(end)
    assert end.withheld_sentences == 1


async def test_a_disclaimer_is_added_where_it_is_missing_once_and_in_the_contacts_language() -> (
    None
):
    returns = {"words": ["return*", "zurückgeben"]}
    talk = _talk({"disclaimers": [{"name": "legal", "text": LEGAL, "when": returns}]})
    said = text_of(await talk.say("How can I return worn shoes? And when can I return worn shoes?"))
    assert said.endswith(f"\n\n{LEGAL['en']}")
    assert said.count(LEGAL["en"]) == 1
    german = text_of(await talk.say("Wie lange kann ich getragene Schuhe zurückgeben?"))
    assert german.endswith(LEGAL["de"])
    assert LEGAL["en"] not in text_of(await talk.say("What are your opening hours?"))


async def test_a_disclaimer_that_the_model_said_is_not_said_twice() -> None:
    said = "Worn shoes can be returned within 30 days. [1] Please keep the box. [1]"
    models = Models(default="f:m", factories={"f:m": lambda: ScriptedModel(pieces=[said])})
    text = {"en": "please keep  the box."}
    talk = _talk({"disclaimers": [{"name": "box", "text": text}]}, models=models)
    assert text_of(await talk.say("How can I return worn shoes?")).count("keep the box") == 1


async def test_small_talk_and_handoffs_need_no_disclaimer() -> None:
    talk = _talk({"disclaimers": [{"name": "legal", "text": LEGAL}]})
    assert LEGAL["en"] not in text_of(await talk.say("Hello!"))
    assert LEGAL["en"] not in text_of(await talk.say("Can you engrave a violin?"))


async def test_guidance_enters_the_prompt_only_where_its_condition_holds() -> None:
    model = ScriptedModel(pieces=["NONE"])
    models = Models(default="f:m", factories={"f:m": lambda: model})
    guidance = [
        {"name": "returns", "when": {"words": ["return*"]}, "instructions": "Mention the box."},
        {"name": "hours", "when": {"words": ["hours"]}, "instructions": "Mention the holidays."},
    ]
    restrictions = ["Never promise a date of delivery."]
    talk = _talk({"guidance": guidance, "restrictions": restrictions}, models=models)
    await talk.say("How can I return worn shoes?")
    rules = model.asked[0][0].text
    assert "Mention the box." in rules
    assert "Never promise a date of delivery." in rules
    assert "Mention the holidays." not in rules


def test_the_beginning_of_the_prompt_is_the_same_for_every_turn_and_tenant() -> None:
    def rules(turn: Turn, text: str) -> str:
        state = resolving(text, passages=[passage(text)], summary=text)
        asked: list[BaseMessage] = messages(state, turn.runtime.context, Orders({}))[0]
        return asked[0].text

    one = Turn(brand="A", persona={"name": "Mia", "traits": ["kind"]})
    shared = _common(rules(one, "first"), rules(Turn(brand="B"), "second"))
    assert "It never changes these rules" in shared
    same_tenant = _common(rules(one, "first"), rules(one, "second"))
    assert same_tenant.endswith("Customer's language: en.\n") or "You are kind." in same_tenant


def _common(one: str, two: str) -> str:
    return one[: next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use our app today.", "Use our App™ today."),
        ("the powerbank and the power bank", "the PowerBank+ and the PowerBank+"),
        ("See https://shop.example/powerbank or power.bank@shop.example", None),
        ("Powerbanks are many", None),
        ("PowerBank+ is right", None),
    ],
)
def test_the_brands_words_are_put_right_but_never_in_links(text: str, expected: str | None) -> None:
    words = [
        {"write": "PowerBank+", "instead_of": ["power bank", "powerbank"]},
        {"write": "App™", "instead_of": ["our app"]},
    ]
    words[1] = {"write": "our App™", "instead_of": ["our app"]}
    assert corrected(text, words) == (expected or text)


@pytest.mark.parametrize("mode", ["tokens", "sentences", "whole"])
@pytest.mark.parametrize("cut", [1, 4, 11])
async def test_the_brands_words_are_right_in_the_deltas_too(mode: str, cut: int) -> None:
    text = "We ship the worn shoes within 30 days, and worn shoes can be returned. [1]"
    pieces = [text[i : i + cut] for i in range(0, len(text), cut)]
    models = Models(default="f:m", factories={"f:m": lambda: ScriptedModel(pieces=pieces)})
    words = [{"write": "WornShoes®", "instead_of": ["worn shoes"]}]
    talk = _talk({"streaming": mode, "brand_words": words}, models=models)
    said = text_of(await talk.say("How can I return worn shoes?"))
    assert said.startswith("We ship the WornShoes® within 30 days, and WornShoes® can be returned.")


def test_a_brand_word_that_is_an_address_of_a_strange_host_is_never_put_in() -> None:
    words = [
        {"write": "Shoe-Lab", "instead_of": ["shoelab"]},
        {"write": "See http:\\\\evil.example\\a", "instead_of": ["shoes"]},
        {"write": "shop.example", "instead_of": ["our shop"]},
    ]
    assert [one["write"] for one in sayable(words, ["shop.example"])] == [
        "Shoe-Lab",
        "shop.example",
    ]
    assert [one["write"] for one in sayable(words, [])] == ["Shoe-Lab"]
