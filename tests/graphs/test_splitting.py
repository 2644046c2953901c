"""Messages cut into requests that stand alone."""

import pytest

from graphs import splitting


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Do you ship to Peru?", ["Do you ship to Peru?"]),
        ("Do you ship to Peru and what does it cost?", ["Do you ship to Peru", "what does it cost?"]),
        ("My order is late. Where is it?", ["My order is late. Where is it?"]),
        ("Do you sell salt and pepper?", ["Do you sell salt and pepper?"]),
        ("Habt ihr Zelte? Und wie lange ist die Garantie?",
         ["Habt ihr Zelte?", "Und wie lange ist die Garantie?"]),
    ],
)  # fmt: skip
def test_requests_are_cut_in_order_and_single_ones_stay_whole(text: str, parts: list[str]) -> None:
    assert splitting.split_text(text) == parts


def test_a_pronoun_takes_the_words_of_the_request_before() -> None:
    first, second = splitting.resolve(["Do you ship to Peru", "what does it cost?"])
    assert first[1] == "Do you ship to Peru"
    assert "Peru" in second[1]
    assert second[0] == "what does it cost?"
    [(_, alone)] = splitting.resolve(["And do you sell tents for winter?"], before="Do you ship?")
    assert alone == "do you sell tents for winter?"
    [(_, leaning)] = splitting.resolve(["and for children?"], before="What is the entrance fee?")
    assert leaning == "What is the entrance fee for children?"
