"""Messages cut into requests that stand alone."""

import pytest

from graphs import splitting


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "Do you ship to Peru?", ["Do you ship to Peru?"]),
        ("en", "Do you ship to Peru and what does it cost?",
         ["Do you ship to Peru", "what does it cost?"]),
        ("en", "My order is late. Where is it?", ["My order is late. Where is it?"]),
        ("en", "Do you sell salt and pepper?", ["Do you sell salt and pepper?"]),
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
