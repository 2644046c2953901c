"""Numbers that name an order or an invoice, told from those that count or date something."""

import pytest

from graphs.understanding.spoken_references import AROUND_CHARS, MAX_LOOKED_AT, references


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Where is my order 12345?", ["12345"]),
        ("invoice no. 771 and order number is 812", ["771", "812"]),
        ("It is 23 km and cost 4500 EUR, in 2024", []),
        ("RX-2201 and #190", ["RX-2201", "190"]),
        ("order 12345, order 12345", ["12345"]),
    ],
)
def test_what_stands_around_a_number_says_what_it_is(text: str, named: list[str]) -> None:
    assert references(text) == named


def test_what_stands_far_away_says_nothing_of_a_number() -> None:
    assert references("order" + " " * 20 + "771") == ["771"]
    assert references("order" + " " * AROUND_CHARS + "771") == []


def test_of_a_row_of_numbers_the_first_are_looked_at() -> None:
    """Each was once compared with all that stood before it: a long row held the process for seconds."""
    row = [str(10_000 + number) for number in range(3 * MAX_LOOKED_AT)]
    assert references(", ".join(row)) == row[:MAX_LOOKED_AT]
