"""Which words of a question name what it is about, and which of them it asks for."""

import pytest

from graphs.words.asked_things import asked_things, asking_sentence, asks
from graphs.words.things import things


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "Can I quickly juggle my old skateboards by train next weekend?",
            ["skateboards", "train"],
        ),
        ("Is lunch included?", ["lunch"]),
        ("I'd like to snorkel, but the lamp is dim", ["lamp"]),
        ("How much are implants?", ["implants"]),
        ("What happens before noon?", []),
    ],
)
def test_things_are_told_from_what_is_done_and_how(text: str, named: list[str]) -> None:
    assert things(text) == named


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Do you repair electric scooters?", ["scooters"]),  # the last of nouns in a row
        ("What does a root canal cost?", ["canal"]),
        ("My bike is broken. Do you mend bikes?", ["bikes"]),
        ("Is there a course for beginners?", ["course", "beginners"]),
        # how a thing is, where it is and what is told are no such questions
        ("Is the hotel quiet?", []),
        ("Where can I park my car?", []),
        ("Can you tell me about the lamp?", []),
        ("I have to call off my booking, what does that cost?", []),
    ],
)
def test_what_a_company_is_asked_for(text: str, asked: list[str]) -> None:
    found = asked_things(text)
    assert list(found.things if found else ()) == asked


def test_an_order_asks_nothing_and_a_story_is_not_what_is_asked() -> None:
    assert asks("tell me the forecast for Monday")
    assert not asks("give the album four stars")
    told = "A machine kept my card. What do I do now?"
    assert asking_sentence(told) == "What do I do now?"
    assert asking_sentence("My card is lost.") == "My card is lost."
