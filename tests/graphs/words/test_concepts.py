"""A question's word and a record's label may differ and mean the same."""

import pytest

from graphs.words.concepts import concepts
from graphs.words.terms import terms
from graphs.writing.best_sentences import extract
from tests.fakes import passage

LAMP = """name: Aurora desk lamp
price: 49.90 EUR
warranty › parts: 3 years on everything but the bulb, which lasts for six months
weight: 1.4 kg without the clamp and 1.9 kg with it
colour: brass, also in black and white on request, at no further charge to you"""


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("What does the Aurora desk lamp cost?", "49.90"),
        ("How heavy is the Aurora desk lamp?", "1.4 kg"),
        ("Which colours does the Aurora desk lamp come in?", "brass"),
        ("What guarantee does the Aurora desk lamp have?", "3 years"),
    ],
)
def test_the_field_that_is_meant_is_told(asked: str, told: str) -> None:
    found = extract(asked, [passage(LAMP, title="lamps › Aurora desk lamp", kind="json")])
    assert found and told in found[0][1]
    assert found[0][1].count(";") == 0, "only the field that was asked for"


def test_a_follow_up_stresses_its_own_words() -> None:
    asked = "What is the warranty of the Aurora desk lamp and what does it cost"
    lamp = passage(LAMP, title="lamps › Aurora desk lamp", kind="json")
    found = extract(asked, [lamp], stressed="and what does it cost?")
    assert "49.90" in found[0][1] and "3 years" not in found[0][1]


def test_words_without_a_common_name_stay() -> None:
    assert concepts(terms("unicycle"), "en") == set(terms("unicycle"))


def test_a_field_asked_for_in_another_language_is_told() -> None:
    lamp = passage(LAMP, title="lamps › Aurora desk lamp", kind="json")
    found = extract("Was kostet die Aurora desk lamp und wie teuer ist sie?", [lamp])
    assert "49.90" in found[0][1] and "brass" not in found[0][1]
    found = extract("¿De qué color es la Aurora desk lamp?", [lamp])
    assert "brass" in found[0][1] and "49.90" not in found[0][1]
