"""Messages cut into requests that stand alone."""

import pytest

from graphs.understanding import splitting
from tenants.finding.languages import detect


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "Do you ship to Peru?", ["Do you ship to Peru?"]),
        ("en", "Do you ship to Peru and what does it cost?",
         ["Do you ship to Peru", "what does it cost?"]),
        ("en", "My order is late. Where is it?", ["My order is late. Where is it?"]),
        ("en", "Do you sell salt and pepper?", ["Do you sell salt and pepper?"]),
        ("en", "kids bikes? and trailers?", ["kids bikes?", "trailers?"]),
        ("en", "helmets? locks? lights?", ["helmets?", "locks?", "lights?"]),
        ("en", "My son has a fever. Can I come today? What does it cost?",
         ["My son has a fever. Can I come today?", "What does it cost?"]),
        ("en", "do the soups contain nuts? I have an allergy.",
         ["do the soups contain nuts? I have an allergy."]),
        ("en", "please cancel my subscription. Also, how do I change my address?",
         ["please cancel my subscription.", "how do I change my address?"]),
        ("en", "How do I book a table? Another thing: where can I park my car?",
         ["How do I book a table?", "where can I park my car?"]),
        ("en", "what are your opening hours how do i reset my password",
         ["what are your opening hours", "how do i reset my password"]),
        ("de", "Habt ihr Zelte? Und wie lange ist die Garantie?",
         ["Habt ihr Zelte?", "wie lange ist die Garantie?"]),
        ("es", "¿Dónde está mi pedido? Además, ¿cómo cambio mi dirección?",
         ["¿Dónde está mi pedido?", "¿cómo cambio mi dirección?"]),
        ("fr", "Où est ma commande ? Et aussi, comment changer mon adresse ?",
         ["Où est ma commande ?", "comment changer mon adresse ?"]),
        ("zh", "你们几点开门?", ["你们几点开门?"]),
        ("en", "Do you ship to Peru? (3)", ["Do you ship to Peru? (3)"]),
        ("xx", "...", ["..."]),
        ("en", "", [""]),
    ],
)  # fmt: skip
def test_requests_are_cut_in_order_and_single_ones_stay_whole(
    language: str, text: str, parts: list[str]
) -> None:
    assert splitting.split_text(text, language) == parts


def test_a_pronoun_takes_the_words_of_the_request_before() -> None:
    first, second = splitting.resolve(["Do you ship to Peru", "what does it cost?"])
    assert first[1] == "Do you ship to Peru"
    assert "Peru" in second[1]
    assert second[0] == "what does it cost?"
    [(_, alone)] = splitting.resolve(["And do you sell tents for winter?"], before="Do you ship?")
    assert alone == "do you sell tents for winter?"
    [(_, leaning)] = splitting.resolve(["and for children?"], before="What is the entrance fee?")
    assert leaning == "What is the entrance fee for children?"


@pytest.mark.parametrize(
    "text",
    [
        "How do I get a card for me and my brother?",
        "I need a table for me and my wife",
        "Ich brauche ein Zimmer für mich und meine Frau",
        "Una mesa para mí y mi hermano",
    ],
)
def test_a_pair_of_people_is_never_cut(text: str) -> None:
    assert splitting.split_text(text, detect(text)) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order and can I still change it?",
        "Is the helmet in stock and which sizes does it come in?",
        "Can I rent a bike and do you deliver it?",
        "How much is the Tern and how heavy is it?",
        "How long do the results take and can I eat before?",
    ],
)
def test_a_question_about_the_same_thing_is_another_request(text: str) -> None:
    first, second = splitting.resolve(splitting.split_text(text, "en"))
    assert second[1] == f"{first[1].rstrip('?')} {second[0]}"


def test_an_idle_it_speaks_of_nothing_before() -> None:
    [_, second] = splitting.resolve(["Where is my order", "is it possible to pay by card?"])
    assert second[1] == "is it possible to pay by card?"
