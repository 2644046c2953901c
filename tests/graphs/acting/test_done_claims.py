"""What was not done is not said: sentences that claim an effect need a tool's or an operator's word."""

from typing import cast

import pytest

from graphs.acting.done_claims import claims_effect
from graphs.ports import Passage
from graphs.writing.draft import Draft
from tests.fakes import passage


@pytest.mark.parametrize(
    "sentence",
    [
        "I have refunded 89.00 EUR for your order.", "I've cancelled order 1051 for you.",
        "I just booked the appointment.", "We have issued your refund.", "Your order has been cancelled.",
        "Your appointment is cancelled.", "The refund for your order has now been processed.",
        "Ich habe Ihre Bestellung 1051 storniert.", "Ihre Bestellung wurde soeben storniert.",
        "He cancelado su pedido.", "Se ha reembolsado el importe.", "J'ai annulé votre commande.",
        "Votre commande a été annulée.",
    ],
)  # fmt: skip
def test_claims_of_effects_are_known(sentence: str) -> None:
    assert claims_effect(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "You can cancel your order until it is shipped.", "Refunds are paid within 5 days.",
        "Your order is cancelled automatically after 14 days.", "Orders can be moved once.",
        "I can cancel it for you.", "We have refunded all customers of the recall.",
        "Sie können die Bestellung stornieren.", "Puede cancelar su pedido.",
        "Vous pouvez annuler votre commande.", "We are open from 9:00 to 18:00.",
        "Your bike is built by hand.", "The helmet has been tested.",
    ],
)  # fmt: skip
def test_what_may_be_done_is_no_claim(sentence: str) -> None:
    assert not claims_effect(sentence)


def _said(by: str, text: str) -> str:
    told = cast(Passage, passage(text) | {"passage_id": by})
    draft = Draft([told], "en", 0, asked="Cancel my order 1051")
    draft.feed(text)
    draft.end()
    return draft.text


def test_a_claim_from_the_knowledge_is_withheld_and_one_from_a_tool_is_said() -> None:
    claim = "Your order 1051 has been cancelled."
    assert _said(passage(claim)["passage_id"], claim) == ""
    assert _said("tool:0.0.0", claim) == claim
