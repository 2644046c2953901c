"""Several effects in one sentence come apart; a reason stays with what it is the reason for."""

import pytest

from graphs.acting.requested_effects import requested_effects
from graphs.understanding.splitting import split_text
from tools.effect_catalog import EFFECTS


@pytest.mark.parametrize(
    ("said", "language", "parts"),
    [
        ("Cancel order 2002 and refund order 2001", "en",
         ["Cancel order 2002", "refund order 2001"]),
        ("Cancel my order 2002 and cancel my appointment", "en",
         ["Cancel my order 2002", "cancel my appointment"]),
        ("Stornieren Sie Bestellung 1051 und erstatten Sie Bestellung 1037", "de",
         ["Stornieren Sie Bestellung 1051", "erstatten Sie Bestellung 1037"]),
        ("I want a refund for order 1037, the lock does not close", "en",
         ["I want a refund for order 1037, the lock does not close"]),
        ("Please move my appointment to Monday, I have to work", "en",
         ["Please move my appointment to Monday, I have to work"]),
        ("Please cancel order 1051, what are your opening hours?", "en",
         ["Please cancel order 1051", "what are your opening hours?"]),
        ("Cancel order 1051, show me your locks", "en", ["Cancel order 1051", "show me your locks"]),
        ("Where is my order 1042, and when is my appointment?", "en",
         ["Where is my order 1042", "when is my appointment?"]),
        ("Cancel it, and when is my appointment?", "en",
         ["Cancel it", "when is my appointment?"]),
        ("Please cancel it, when do I get my money?", "en",
         ["Please cancel it", "when do I get my money?"]),
        ("Do you sell locks and lights?", "en", ["Do you sell locks and lights?"]),
    ],
)  # fmt: skip
def test_each_effect_is_a_request_with_its_reason(
    said: str, language: str, parts: list[str]
) -> None:
    found = requested_effects(split_text(said, language), said, EFFECTS, language)
    assert [one.removeprefix("and ").strip(" ,") for one in found] == parts
