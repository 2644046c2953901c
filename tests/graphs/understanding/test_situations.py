"""What only tells the situation goes with the question behind it."""

import pytest

from graphs.understanding.situations import with_situations
from graphs.understanding.splitting import split_text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I'd like to bring my bike in for a flat tyre, do I need an appointment?"),
        ("en", "I want to come with my dog on Sunday. Do I have to pay for him?"),
        ("en", "I need a new prescription, how long does that take?"),
        ("de", "Ich möchte mein Rad vorbeibringen, brauche ich einen Termin?"),
    ],
)
def test_a_wish_and_its_conditions_are_one_request(language: str, text: str) -> None:
    parts = split_text(text, language)
    assert len(parts) > 1
    assert with_situations(parts, text, language) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "I need to change my address and my card was charged twice",
        "I want to change my PIN. Can I top up with cash?",
        "I would like to book a table for Friday. What are your opening hours?",
        "Do you ship to Peru? Do I need an appointment?",
    ],
)
def test_two_matters_stay_two_requests(text: str) -> None:
    parts = split_text(text, "en")
    assert len(parts) == 2
    assert with_situations(parts, text, "en") == parts


def test_what_stands_beside_a_situation_stays_apart() -> None:
    text = (
        "How much is the Tern? I'd like to bring my old bike in, do I need an appointment? Thanks"
    )
    parts = [
        "How much is the Tern?",
        "I'd like to bring my old bike in",
        "do I need an appointment?",
    ]
    assert with_situations(parts, text, "en") == [
        "How much is the Tern?",
        "I'd like to bring my old bike in, do I need an appointment?",
    ]
