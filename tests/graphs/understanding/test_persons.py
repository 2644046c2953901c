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
    "text",
    [
        "Do I have to pay for a travel letter?", "Is there a directory of your shops?",
        "Is the commercial plan available now?", "None of the phones work, please help",
        "Leider kann ich nicht kommen, was nun?", "Kann ich die Tasche selbst besitzen und vermieten?",
        "Kann ich mich bei Ihnen beraten lassen, welche Größe ich brauche?",
        "Welche Sprachen sprechen Ihre Ärzte?", "Wird meine Bestellung heute noch bearbeitet?",
        "Perdón, ¿cuánto cuesta el envío?", "Quiero consultar el estado de mi pedido",
        "¿Puedo pagar con débito directo?", "Necesito una copia del contrato",
        "Où puis-je consulter ma facture ?", "Avez-vous une taille supérieure ?",
        "Je veux changer mon adresse parce que je déménage", "Parla italiano il dottore?",
    ],
)  # fmt: skip
def test_an_ordinary_word_is_not_read_as_a_misspelt_title(text: str) -> None:
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
