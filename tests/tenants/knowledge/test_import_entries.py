"""Rows as entries: which column is which, in many languages, and what a cell may hold."""

from typing import Any

import pytest

from tenants.errors import Invalid
from tenants.knowledge.import_columns import map_columns
from tenants.knowledge.import_entries import BadCell, entry_of


def mapped(*columns: str, row: dict[str, Any] | None = None) -> dict[str, str]:
    given = row or dict.fromkeys(columns, "words")
    return dict(map_columns([given]).fields)


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (("Question", "Answer", "ID"), ("question", "answer", "external_id")),
        (("FAQ_Question", "faq answer", "Tags"), ("question", "answer", "keywords")),
        (("Frage", "Antwort", "Kategorie"), ("question", "answer", "category")),
        (("Pregunta", "Respuesta", "Válido hasta"), ("question", "answer", "valid_until")),
        (("Question", "Réponse", "Priorité"), ("question", "answer", "priority")),
        (("Vraag", "Antwoord", "Taal"), ("question", "answer", "language")),
        (("Вопрос", "Ответ", "Категория"), ("question", "answer", "category")),
        (("质问", "回答", "分類"), ("question", "answer", "category")),
        (("質問", "回答", "タイトル"), ("question", "answer", "title")),
        (("질문", "답변", "언어"), ("question", "answer", "language")),
        (("Titel", "Inhalt", "URL"), ("title", "text", "url")),
        (("title", "Description"), ("title", "text")),
        (("external-id", "Body", "valid from"), ("external_id", "text", "valid_from")),
    ],
)
def test_columns_are_known_by_their_names(
    columns: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    assert mapped(*columns) == dict(zip(columns, fields, strict=True))


def test_a_field_takes_one_column_and_the_exact_name_first() -> None:
    assert mapped("Frage", "question", "answer") == {"question": "question", "answer": "answer"}


def test_questions_without_a_name_are_known_by_their_sign() -> None:
    row = {"one": "Can I return it?", "two": "Yes, within thirty days of buying.", "three": "x"}
    assert mapped(row=row) == {"one": "question", "two": "answer"}


def test_what_is_asked_for_wins_and_what_is_wrong_is_told() -> None:
    rows = [{"Frage": "Was?", "Antwort": "Das.", "Text": "Mehr."}]
    asked = map_columns(rows, {"Text": "answer", "Antwort": None})
    assert dict(asked.fields) == {"Frage": "question", "Text": "answer"}
    assert asked.left == ["Antwort"]
    with pytest.raises(Invalid, match="no column 'Nein'"):
        map_columns(rows, {"Nein": "text"})
    with pytest.raises(Invalid, match="'colour' is no field"):
        map_columns(rows, {"Text": "colour"})
    with pytest.raises(Invalid, match="each field takes one column"):
        map_columns(rows, {"Text": "answer", "Antwort": "answer"})


def entry(**row: Any) -> dict[str, Any] | None:
    return entry_of(row, map_columns([row]))


def test_a_row_becomes_the_entry_its_columns_say() -> None:
    assert entry(question=" Why? ", answer=" So. ", tags="a, b;a", priority="7", active="nein") == {
        "question": "Why?",
        "answer": " So. ",
        "keywords": ["a", "b"],
        "priority": 7,
        "active": False,
    }
    assert entry(title="T", text="Words.", url="https://a.example", odd="x") == {
        "title": "T",
        "text": "Words.",
        "source": {"url": "https://a.example", "columns": {"odd": "x"}},
    }
    assert entry(name="Tarn", price="129", sku="t-1") == {
        "title": "Tarn",
        "external_id": "t-1",
        "data": {"name": "Tarn", "price": "129", "sku": "t-1"},
    }
    assert entry(question="  ", answer="", x=None) is None


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("2026-11-21", "2026-11-21T00:00:00Z"),
        ("21.11.2026", "2026-11-21T00:00:00Z"),
        ("2026-11-21T10:00:00+02:00", "2026-11-21T08:00:00Z"),
    ],
)
def test_dates_are_read_as_people_write_them(told: str, read: str) -> None:
    found = entry(text="Words.", valid_from=told)
    assert found is not None and found["valid_from"] == read


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ({"question": "Why?", "answer": ""}, "answer", "no answer"),
        ({"question": "", "answer": "So."}, "question", "no question"),
        ({"text": "a", "priority": "101"}, "priority", "-100 to 100"),
        ({"text": "a", "priority": "high"}, "priority", "whole number"),
        ({"text": "a", "active": "perhaps"}, "active", "yes or no"),
        ({"text": "a", "valid_from": "soon"}, "valid_from", "a date such as"),
        ({"text": "a", "valid_until": "31.02.2026"}, "valid_until", "a date such as"),
        ({"text": "a", "language": "the usual one"}, "language", "a code such as"),
        ({"text": "a", "external_id": "x" * 301}, "external_id", "at most 300"),
        ({"text": {"a": 1}, "title": "t"}, "text", "not an object"),
        ({"text": "a", "keywords": ",".join(map(str, range(51)))}, "keywords", "at most 50"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named(row: dict[str, Any], column: str, why: str) -> None:
    with pytest.raises(BadCell, match=why) as refused:
        entry_of(
            row, map_columns([{"question": "q", "answer": "a"} | row] if "answer" in row else [row])
        )
    assert refused.value.column == column
