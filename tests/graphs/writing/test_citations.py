"""What a passage says, and what it does not."""

import pytest

from graphs.writing.citations import support
from tests.fakes import passage

PRICE = passage(
    "Shipping to Switzerland costs 9.90 EUR. Write to help@shop.example or call Anna Berg."
)


@pytest.mark.parametrize(
    ("sentence", "is_supported"),
    [
        ("Shipping to Switzerland costs 9.90 EUR. [1]", True),
        ("To Switzerland, shipping costs 9.90 EUR. [1]", True),
        ("Shipping to Switzerland costs 8.90 EUR. [1]", False),
        ("Shipping to Switzerland costs 9.90 EUR. [7]", False),
        ("You can write to help@shop.example. [1]", True),
        ("You can write to sales@shop.example. [1]", False),
        ("Please call Anna Berg. [1]", True),
        ("Please call Otto Zander. [1]", False),
        ("Our violins are made of spruce wood. [1]", False),
    ],
)
def test_numbers_links_and_names_must_stand_in_the_passage(
    sentence: str, is_supported: bool
) -> None:
    found = support(sentence, [PRICE])
    assert (found is not None) is is_supported
    if found is not None:
        assert found.quote in PRICE["text"]
        assert "[" not in found.text


def test_a_part_of_a_german_compound_is_held_by_it() -> None:
    label = passage("Den Rücksendeaufkleber finden Sie in Ihrem Kundenkonto.")
    assert support("Den Aufkleber finden Sie in Ihrem Konto. [1]", [label], locale="de")
    assert support("Den Schlüssel finden Sie im Garten. [1]", [label], locale="de") is None


def test_a_sentence_in_another_language_must_cite_and_its_facts_must_hold() -> None:
    english = passage("Returns are free within 30 days of delivery.")
    assert support("Die Rückgabe ist 30 Tage lang kostenlos. [1]", [english], locale="de")
    assert support("Die Rückgabe ist 30 Tage lang kostenlos.", [english], locale="de") is None
    assert support("Die Rückgabe ist 40 Tage lang kostenlos. [1]", [english], locale="de") is None
