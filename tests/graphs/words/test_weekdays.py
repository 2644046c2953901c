"""Days between days."""

import pytest

from graphs.words.terms import terms
from graphs.words.weekdays import days_within
from graphs.writing.best_sentences import extract
from tests.fakes import passage


@pytest.mark.parametrize(
    ("language", "text", "within", "without"),
    [
        ("en", "Monday to Friday: 10:00 to 18:00", "Wednesday", "Saturday"),
        ("en", "Mon-Fri 9 to 5", "Tuesday", "Sunday"),
        ("en", "Friday to Monday", "Sunday", "Wednesday"),
        ("de", "Montag bis Freitag von 9 bis 18 Uhr", "Donnerstag", "Samstag"),
        ("es", "De lunes a viernes", "jueves", "domingo"),
        ("fr", "Du lundi au vendredi", "mardi", "dimanche"),
    ],
)
def test_a_day_between_two_is_spoken_of(
    language: str, text: str, within: str, without: str
) -> None:
    found = days_within(text, language)
    assert set(terms(within, language)) <= found
    assert not set(terms(without, language)) & found


def test_no_two_days_are_joined_by_chance() -> None:
    assert days_within("Closed on Sunday. To Monday's market we come early") == set()


def test_the_line_of_its_days_answers_for_a_day() -> None:
    hours = passage(
        "opening hours, Monday to Friday: 10:00 to 18:00\n"
        "opening hours, Saturday: 10:00 to 15:00\n"
        "opening hours, Sunday: closed\n"
        "address: Nordre Kaj 14, 2100 Copenhagen\n"
        "parking: free for 30 minutes in front of the shop",
        title="Opening hours › shop",
        kind="json",
    )
    [(_, told)] = extract("is the shop open on Wednesday", [hours])
    assert "Monday to Friday" in told
    assert "Saturday" not in told
