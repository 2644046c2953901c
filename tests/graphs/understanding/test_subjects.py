"""A record is an answer where it speaks of what is asked of it, not because it is named."""

import pytest

from graphs.understanding.subjects import Subject, behind, fields_of, speaks, subject_of
from tests.fakes import passage

TENT = passage(
    "name: Fjell tent\nprice eur: 349\nweight kg: 2.9\nwarranty › years: 5",
    n=1,
    kind="json",
    title="Tents › tents › Fjell tent",
)
RETURNS = passage(
    "Within 30 days, unused.", n=2, kind="qa", question="How do I return something?", score=0.4
)
HOURS = passage("From 9 to 17.", n=3, kind="qa", question="When are you open?", score=0.5)


def named(query: str) -> Subject:
    subject = subject_of(query, [TENT, RETURNS], "en")
    assert subject is not None
    return subject


def test_what_is_asked_of_a_named_thing_is_told_from_its_name() -> None:
    subject = named("How do I return the Fjell tent?")
    assert subject.names == {"fjell", "tent"}
    assert subject.asked == {"return"}
    assert subject.reduced == "How do I return it?"
    assert subject.general == "How do I return the tent?"


def test_a_record_speaks_of_its_fields_and_of_nothing_else() -> None:
    assert named("How heavy is the Fjell tent?").share(TENT) == 1
    assert named("How do I return the Fjell tent?").share(TENT) == 0
    assert named("How do I return the Fjell tent?").share(RETURNS) == 1


def test_who_only_names_a_thing_asks_nothing_of_it() -> None:
    assert subject_of("Fjell tent", [TENT], "en") is None
    assert subject_of("Do you sell the Fjell tent?", [TENT], "en") is None


def test_a_question_answered_by_prose_names_no_record() -> None:
    assert subject_of("How do I return something?", [RETURNS, TENT], "en") is None
    assert subject_of("How do I return the boots?", [TENT, RETURNS], "en") is None
    assert subject_of("How do I return it?", [], "en") is None


def test_fields_are_lines_without_the_name() -> None:
    assert fields_of([TENT]) == ["price eur: 349", "weight kg: 2.9", "warranty, years: 5"]


def test_a_field_by_other_words_must_be_nearer_where_a_word_is_shared() -> None:
    assert speaks(0.0, 0.4)
    assert not speaks(0.0, 0.3)
    assert not speaks(0.25, 0.5)
    assert speaks(0.5, 0.45)


def test_the_record_stands_behind_what_speaks_of_the_question() -> None:
    subject = named("How do I return the Fjell tent?")
    found = behind(subject, [TENT], [TENT, HOURS, RETURNS])
    assert [p["passage_id"][-1] for p in found] == ["2", "3", "1"]
    assert found[-1]["score"] <= min(p["score"] for p in found[:-1])


def test_a_thing_beside_another_of_its_kind_is_no_subject_of_its_own() -> None:
    other = passage(
        "name: Dale tent\nprice: 279 EUR", n=8, kind="json", title="Tents › tents › Dale tent"
    )
    assert (
        subject_of("How do the Fjell tent and the Dale tent differ?", [TENT, other], "en") is None
    )
    assert subject_of("How do I return the Fjell tent?", [TENT, other], "en") is not None


@pytest.mark.parametrize(
    ("language", "query", "share"),
    [
        ("es", "¿Cuánto cuesta el Fjell tent?", 1),
        ("de", "Wie viel kostet das Fjell tent?", 1),
        ("fr", "Quel est le poids du Fjell tent ?", 1),
        ("de", "Ist das Fjell tent auf Lager?", 0),
    ],
)
def test_an_english_record_is_read_by_who_asks_in_another_language(
    language: str, query: str, share: float
) -> None:
    subject = subject_of(query, [TENT, RETURNS], language)
    assert subject is not None
    assert subject.share(TENT) == share


def test_a_span_of_time_tells_how_long_in_another_language() -> None:
    text = "name: Fjell tent\nwarranty › poles: 5 years"
    tent = passage(text, kind="json", title="Tents › Fjell tent")
    subject = subject_of("Wie lang ist die Garantie auf das Fjell tent?", [tent], "de")
    assert subject is not None
    assert subject.share(tent) == 1
