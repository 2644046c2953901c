"""Rows of a bulk import, and lines of an export, as entries: the document each becomes.

An entry is plain JSON in the shape of `POST …/documents`: one of `text`, `question` with `answer`,
`data` and `chunks`, with `title`, `external_id`, the entry fields and `source` beside it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tenants.errors import Invalid
from tenants.knowledge.entry_fields import MAX_KEYWORD_CHARS, MAX_KEYWORDS
from tenants.knowledge.import_columns import Columns

Entry = dict[str, Any]

FORMS = ("text", "question", "data", "chunks")
PLAIN_FIELDS = ("category", "keywords", "priority", "valid_from", "valid_until", "active")
MAX_TEXT_CHARS = {"title": 500, "external_id": 300, "category": 200, "language": 40, "url": 2_000}
_KINDS = frozenset({"text", "json", "qa", "chunks", "file", "url"})
_YES = frozenset(
    "yes y true 1 on x ja sí si oui sim vero wahr verdadero vrai aktiv active да 是".split()
)
_NO = frozenset("no n false 0 off nein non não nao nee nej falsch inactive inaktiv нет 否".split())
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_EUROPEAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}):(\d{2}))?")


class BadCell(Invalid):
    """One value of a row breaks a rule; `column` says which."""

    def __init__(self, column: str, detail: str) -> None:
        super().__init__(detail)
        self.column = column


def entry_of(row: Mapping[str, Any], columns: Columns) -> Entry | None:
    """The entry that a row becomes; None where the row is empty. Raises: BadCell."""
    cells = {name: value for name, value in row.items() if not _is_empty(value)}
    if not cells:
        return None
    entry: Entry = {}
    for column, field in columns.fields.items():
        if column in cells:
            entry[field] = _read(field, cells[column], column)
    if not any(form in entry for form in FORMS):
        whole = {k: v for k, v in cells.items() if columns.fields.get(k) not in PLAIN_FIELDS}
        if "answer" in entry:
            name = columns.column("question") or "question"
            raise BadCell(name, "the answer has no question")
        if not whole:
            raise BadCell("", "the row says nothing beside its fields")
        entry.pop("url", None)
        return entry | {"data": whole}
    _check_form(entry, columns)
    _keep_rest(entry, {name: cells[name] for name in columns.left if name in cells})
    return entry


def _check_form(entry: Entry, columns: Columns) -> None:
    """A question without an answer is the title of its text; else there must be both."""
    if "question" in entry and "answer" not in entry:
        if "text" not in entry:
            name = columns.column("answer") or "answer"
            raise BadCell(name, "the question has no answer")
        asked = entry.pop("question")
        entry.setdefault("title", asked[: MAX_TEXT_CHARS["title"]])
    elif "question" in entry and "text" in entry:  # what else is known goes with the answer
        entry["answer"] = f"{entry['answer']}\n\n{entry.pop('text')}"
    given = [form for form in FORMS if form in entry]
    if len(given) > 1:
        raise BadCell("", f"the entry has {' and '.join(given)}: one of them is needed")
    if "question" not in entry:
        entry.pop("answer", None)


def _keep_rest(entry: Entry, rest: Mapping[str, Any]) -> None:
    """What no field takes is kept with the source, and so is the address."""
    source: dict[str, Any] = {}
    if "source" in entry:
        given = entry.pop("source")
        source = dict(given) if isinstance(given, Mapping) else {"name": given}
    if "url" in entry:
        source["url"] = entry.pop("url")
    if rest:
        source["columns"] = dict(rest)
    if source:
        entry["source"] = source


def _read(field: str, value: Any, column: str) -> Any:
    match field:
        case "data" | "source":
            return value
        case "chunks":
            if not isinstance(value, list):
                raise BadCell(column, "chunks are a list")
            return value
        case "keywords":
            return _keywords(value, column)
        case "priority":
            return _priority(value, column)
        case "active":
            return _truth(value, column)
        case "valid_from" | "valid_until":
            return _time(value, column)
        case _:
            return _text(field, value, column)


def _text(field: str, value: Any, column: str) -> str:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n".join(value)
    if isinstance(value, dict | list):
        raise BadCell(
            column, f"{field}: a text, not {'a list' if isinstance(value, list) else 'an object'}"
        )
    told = str(value) if field in ("text", "answer") else str(value).strip()
    most = MAX_TEXT_CHARS.get(field)
    if most is not None and len(told) > most:
        if field == "title":
            return told[:most]
        raise BadCell(column, f"{field}: at most {most} characters")
    if field == "language" and not _LANGUAGE.fullmatch(told):
        raise BadCell(column, f"language: a code such as en or pt-BR, not {told[:40]!r}")
    if field == "kind" and told not in _KINDS:
        raise BadCell(column, f"kind: one of {', '.join(sorted(_KINDS))}")
    return told


def _keywords(value: Any, column: str) -> list[str]:
    parts: Sequence[Any] = (
        value if isinstance(value, list) else re.split(r"[,;|\n、，；]", str(value))
    )
    words = list(dict.fromkeys(" ".join(str(part).split()) for part in parts if str(part).strip()))
    if len(words) > MAX_KEYWORDS or any(len(word) > MAX_KEYWORD_CHARS for word in words):
        raise BadCell(
            column, f"keywords: at most {MAX_KEYWORDS} of {MAX_KEYWORD_CHARS} characters each"
        )
    return words


def _priority(value: Any, column: str) -> int:
    told = str(value).strip()
    if not re.fullmatch(r"[+-]?\d{1,3}(\.0+)?", told) or not -100 <= float(told) <= 100:
        raise BadCell(column, f"priority: a whole number from -100 to 100, not {told[:40]!r}")
    return int(float(told))


def _truth(value: Any, column: str) -> bool:
    told = str(value).strip().casefold()
    if told in _YES:
        return True
    if told in _NO:
        return False
    raise BadCell(column, f"active: yes or no, not {told[:40]!r}")


def _time(value: Any, column: str) -> str:
    """As ISO 8601 in UTC; a date without a zone is meant in UTC."""
    told = str(value).strip()
    european = _EUROPEAN.fullmatch(told)
    try:
        if european:
            day, month, year, hour, minute = (int(part or 0) for part in european.groups())
            read = datetime(year, month, day, hour, minute, tzinfo=UTC)
        else:
            read = datetime.fromisoformat(told)
    except ValueError:
        raise BadCell(column, f"a date such as 2026-11-21, not {told[:40]!r}") from None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})
