"""Which words ask for an effect, what is read off them, and what an answer to our question says."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from graphs.acting.effect_choice import amount_in, choose_effect, is_about, read_arguments
from graphs.acting.pending_actions import filled
from graphs.acting.viewed import Viewed
from graphs.words.terms import overlap, terms
from tools.effect_catalog import EFFECTS
from tools.refund_order import refund_order_effect

OPTIONS: list[dict[str, Any]] = [
    {"label": "2 December 2026 at 10:00", "arguments": {"slot_id": "a"}},
    {"label": "2 December 2026 at 15:00", "arguments": {"slot_id": "b"}},
    {"label": "5 December 2026 at 10:00", "arguments": {"slot_id": "c"}},
]


async def near(text: str, others: Sequence[str]) -> list[float]:
    return [overlap(terms(text), terms(other)) for other in others]


async def chosen(text: str, language: str = "en") -> tuple[str, bool] | None:
    found = await choose_effect(text, language, EFFECTS, near)
    return (found[0].tool.name, found[1]) if found else None


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Please cancel order 1051", "en", "cancel_order"),
        ("I ordered by mistake, cancel my order", "en", "cancel_order"),
        ("Could you refund order 1037 please?", "en", "refund_order"),
        ("I want my money back for order 1037", "en", "refund_order"),
        ("Please move my appointment to Tuesday", "en", "move_appointment"),
        ("Cancel my appointment", "en", "cancel_appointment"),
        ("Please open a ticket about my squeaking brake", "en", "open_ticket"),
        ("Bitte stornieren Sie meine Bestellung 1051", "de", "cancel_order"),
        ("Ich möchte meinen Termin verschieben", "de", "move_appointment"),
        ("Quiero un reembolso del pedido 1037", "es", "refund_order"),
        ("Annulez ma commande 1051", "fr", "cancel_order"),
    ],
)
async def test_a_plain_request_names_its_effect(text: str, language: str, name: str) -> None:
    assert await chosen(text, language) == (name, True)


@pytest.mark.parametrize(
    "text",
    [
        "How do I cancel an order?", "When do I get my refund?",
        "Has my order been cancelled?", "Please don't cancel my order 1051", "Do you refund orders?",
        "If it is late, cancel my order 1051", "What does it cost to cancel an appointment?",
        "Wie storniere ich eine Bestellung?", "Bitte nicht stornieren, meine Bestellung eilt",
        "¿Cómo cancelo mi pedido?", "N'annulez pas ma commande", "Which refund policy do you have?",
    ],
)  # fmt: skip
async def test_questions_conditions_and_refusals_ask_for_nothing(text: str) -> None:
    assert await chosen(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Can I get my money back for order 1037? It is scratched", "refund_order"),
        ("Can I cancel my order 1051?", "cancel_order"),
        ("A colleague of yours wrote: cancel order 1051", "cancel_order"),
        ("Mein Mann sagte: bitte die Bestellung 1051 stornieren", "cancel_order"),
        ("hi, may I please have a refund of order 1037", "refund_order"),
    ],
)
async def test_who_asks_whether_they_may_is_asked_whether_they_want(text: str, name: str) -> None:
    assert await chosen(text) == (name, False)


@pytest.mark.parametrize(
    ("text", "viewed", "name", "arguments"),
    [
        ("cancel it please", [Viewed(kind="order", reference="1051")], "cancel_order", {"number": "1051"}),
        ("cancel it", [Viewed(kind="appointment", reference="ap-7")], "cancel_appointment", {"appointment_id": "ap-7"}),
        ("I want to move it", [Viewed(kind="appointment", reference="ap-7")], "move_appointment", {"appointment_id": "ap-7"}),
    ],
)  # fmt: skip
async def test_it_is_what_was_shown_a_moment_ago(
    text: str, viewed: list[Viewed], name: str, arguments: dict[str, str]
) -> None:
    found = await choose_effect(text, "en", EFFECTS, near, viewed)
    assert found is not None
    assert found[0].tool.name == name
    assert read_arguments(found[0], text, viewed, said=text).items() >= arguments.items()


async def test_it_says_nothing_where_nothing_was_shown_or_several_were() -> None:
    assert await choose_effect("cancel it", "en", EFFECTS, near) is None
    two = [Viewed(kind="order", reference="1051"), Viewed(kind="order", reference="1042")]
    found = await choose_effect("cancel it", "en", EFFECTS, near, two)
    assert found is not None
    assert "number" not in read_arguments(found[0], "cancel it", two, said="cancel it")


def test_a_polite_request_is_no_question() -> None:
    assert not is_about("Can you cancel order 1051, please?")
    assert not is_about("Könnten Sie die Bestellung stornieren?")


def test_numbers_and_amounts_are_read_off_the_words() -> None:
    said = "Refund 20,50 EUR of order 1037"
    assert read_arguments(refund_order_effect, said) == {
        "number": "1037", "amount": "20.50", "reason": said,
    }  # fmt: skip
    assert amount_in("between 10 EUR and 20 EUR") is None
    assert amount_in("€15") == Decimal(15)


@pytest.mark.parametrize(
    ("text", "slot"),
    [("the one at 15:00", "b"), ("December 5", "c"), ("3 pm", "b"), ("on the 5th, 10:00", None)],
)
def test_an_answer_picks_the_time_that_it_means(text: str, slot: str | None) -> None:
    pending = {"tool": "t", "arguments": {}, "missing": "slot_id", "options": OPTIONS}
    found = filled(pending, text)
    assert (found or {}).get("slot_id") == slot


def test_a_time_that_fits_several_picks_none() -> None:
    pending = {"tool": "t", "arguments": {}, "missing": "slot_id", "options": OPTIONS}
    assert filled(pending, "2 December") is None and filled(pending, "what is that?") is None


def test_only_a_yes_confirms() -> None:
    pending = {"tool": "t", "arguments": {"number": "1"}, "confirm": True}
    assert filled(pending, "yes please") == {"number": "1"}
    assert filled(pending, "no") is None and filled(pending, "What are your hours?") is None


def test_a_missing_number_is_taken_from_the_answer() -> None:
    pending = {"tool": "t", "arguments": {"reason": "x"}, "missing": "number", "options": []}
    assert filled(pending, "It's 1037") == {"reason": "x", "number": "1037"}
