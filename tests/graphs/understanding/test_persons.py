"""Every wish for a person is heard; what only sounds like one is not."""

import json
import time
from pathlib import Path

import pytest

from graphs.understanding.persons import asks_for_person
from graphs.understanding.wishes import wants_person

PHRASINGS = Path(__file__).parents[3] / "evals" / "data" / "wishes.jsonl"
LANGUAGES = ("en", "de", "es", "fr", "it", "pt")


def test_no_phrasing_of_the_list_is_missed() -> None:
    rows = [json.loads(line) for line in PHRASINGS.read_text("utf8").splitlines()]
    assert len({row["text"] for row in rows}) == len(rows) >= 150
    for language in LANGUAGES:
        assert sum(row["language"] == language for row in rows) >= 25
    assert [row["text"] for row in rows if not wants_person(row["text"])] == []


@pytest.mark.parametrize(
    "text",
    [
        "I need the password manager", "Who makes the tent?", "Do you have a tent for four people?",
        "Is the robot vacuum in stock?", "Are you a real person?", "Am I talking to a human?",
        "What does a personal training cost?", "Can I send a gift to someone in Spain?",
        "Kann ich die Maschine zurückgeben?", "¿Cuánto cuesta por persona?",
        "Combien de personnes dans la tente ?", "Quante persone entrano nella tenda?",
        "Quantas pessoas cabem na tenda?", "Please call the order A-1", "contract terms",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_wish_is_none(text: str) -> None:
    assert not wants_person(text)


@pytest.mark.parametrize(
    "text", ["opertor please", "represenative", "mitarbieter", "opérateru svp"]
)
def test_one_wrong_letter_is_understood(text: str) -> None:
    assert asks_for_person(text)


def test_no_text_is_slow_to_read() -> None:
    for piece in ("I want to ", "a ", "talk to ", "speak with a ", "x", "to to a the ", "ag3nt "):
        text = (piece * 8_000)[:8_000]
        began = time.perf_counter()
        asks_for_person(text)
        assert time.perf_counter() - began < 0.3, piece
