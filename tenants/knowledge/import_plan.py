"""What a bulk import would do: its format, columns and mapping, its entries, and what is wrong."""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenants.errors import DeskError, Invalid, TooLarge
from tenants.knowledge import export_archive
from tenants.knowledge.import_columns import Columns, map_columns
from tenants.knowledge.import_entries import BadCell, Entry, entry_of
from tenants.parsing import Parsed, ParseLimits, Unreadable, parse

MAX_ENTRIES = 100_000
MAX_COLUMNS = 1_000
_LISTS = ("documents", "entries", "items", "rows", "data", "records", "faqs", "faq", "questions")
_NOTHING = Columns({}, [])


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be taken, and why; `column` where one value is to blame."""

    where: str
    error: DeskError
    column: str = ""

    def public(self) -> dict[str, Any]:
        """The problem as previews show it."""
        return {
            "where": self.where,
            "column": self.column or None,
            "code": self.error.code,
            "detail": self.error.detail,
        }


@dataclass(slots=True)
class Plan:
    """An import that was read and not yet run."""

    format: str
    columns: Columns
    entries: list[tuple[str, Entry]] = field(default_factory=list[tuple[str, Entry]])
    problems: list[Problem] = field(default_factory=list[Problem])
    warnings: list[str] = field(default_factory=list[str])
    empty_rows: int = 0

    def refuse(self, where: str, error: DeskError) -> None:
        """Leave a row out."""
        column = error.column if isinstance(error, BadCell) else ""
        self.problems.append(Problem(where, error, column))


async def plan_import(
    content: bytes,
    name: str,
    media_type: str | None = None,
    *,
    mapping: Mapping[str, str | None] | None = None,
    limits: ParseLimits | None = None,
) -> Plan:
    """The plan of a CSV, XLSX, JSON or JSONL file, or of an export. Raises: Unreadable, Invalid."""
    if export_archive.is_archive(content):
        return await asyncio.to_thread(_plan_archive, content, name)
    parsed = await parse(content, name, media_type, limits=limits)
    rows, word = _rows(parsed)
    if len(rows) > MAX_ENTRIES:
        raise TooLarge(f"an import holds at most {MAX_ENTRIES} entries; this has {len(rows)}")
    return await asyncio.to_thread(_plan_rows, parsed, rows, word, name, mapping)


def _rows(parsed: Parsed) -> tuple[Sequence[Any], str]:
    """The rows and what one is called. Raises: Unreadable."""
    if parsed.rows is not None:
        return parsed.rows, "row"
    if parsed.data is None:
        raise Unreadable(
            f"an import is CSV, XLSX, JSON, JSON lines or our own ZIP; this is {parsed.format}: "
            "add it as a document"
        )
    return _list_in(parsed.data), "line" if parsed.format == "jsonl" else "entry"


def _list_in(data: Any) -> Sequence[Any]:
    """The list of entries that JSON holds, itself or under one of its keys. Raises: Unreadable."""
    if isinstance(data, list):
        return data
    if isinstance(data, dict):
        named = next((data[key] for key in _LISTS if isinstance(data.get(key), list)), None)
        if named is not None:
            return named
        lists = [value for value in data.values() if _is_rows(value)]
        if len(lists) == 1:
            return lists[0]
    raise Unreadable(
        'the JSON holds no list of entries: send a list of objects, or {"documents": […]}; '
        "a single JSON value is added as a document"
    )


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _plan_rows(
    parsed: Parsed,
    rows: Sequence[Any],
    word: str,
    name: str,
    mapping: Mapping[str, str | None] | None,
) -> Plan:
    objects = [row for row in rows if isinstance(row, dict)]
    columns = map_columns(objects, mapping)
    if len(columns.fields) + len(columns.left) > MAX_COLUMNS:
        raise TooLarge(f"the rows have more than {MAX_COLUMNS} columns")
    plan = Plan(parsed.format, columns, warnings=list(parsed.warnings))
    for broken in parsed.broken:
        plan.refuse(f"{name} {word} {broken.line}", Invalid(broken.reason))
    for number, row in enumerate(rows):
        line = parsed.lines[number] if number < len(parsed.lines) else number + 1
        where = f"{name} {word} {line}"
        if not isinstance(row, dict):
            plan.refuse(where, Invalid(f"an entry is an object, not {_told(row)}"))
            continue
        try:
            entry = entry_of(row, columns)
        except BadCell as error:
            told = f"{where}, column {error.column}" if error.column else where
            plan.refuse(told, error)
            continue
        if entry is None:
            plan.empty_rows += 1
        else:
            plan.entries.append((where, entry))
    _refuse_repeats(plan)
    return plan


def _plan_archive(content: bytes, name: str) -> Plan:
    plan = Plan("zip", _NOTHING)
    for number, entry in export_archive.read_entries(content):
        where = f"{name} entry {number}"
        if isinstance(entry, DeskError):
            plan.refuse(where, entry)
        else:
            plan.entries.append((where, entry))
        if number > MAX_ENTRIES:
            raise TooLarge(f"an import holds at most {MAX_ENTRIES} entries")
    _refuse_repeats(plan)
    return plan


def _refuse_repeats(plan: Plan) -> None:
    """Of several rows with one `external_id` only the first is taken; the others are named."""
    first: dict[str, str] = {}
    kept: list[tuple[str, Entry]] = []
    for where, entry in plan.entries:
        known = entry.get("external_id")
        if known is not None and known in first:
            plan.refuse(where, Invalid(f"external_id {known!r} stands in {first[known]} already"))
            continue
        if known is not None:
            first[known] = where
        kept.append((where, entry))
    plan.entries = kept


def name_entries(entries: Iterable[tuple[str, Entry]]) -> None:
    """Give entries without an `external_id` one out of what they are about, so that a repeat finds them."""
    seen: dict[str, int] = {}
    for _, entry in entries:
        if "external_id" in entry:
            continue
        about = entry.get("question") or entry.get("title") or _content(entry)
        digest = hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()[:24]
        seen[digest] = seen.get(digest, 0) + 1
        entry["external_id"] = f"import:{digest}" + (f":{n}" if (n := seen[digest]) > 1 else "")


def _content(entry: Entry) -> str:
    return str(entry["text"]) if "text" in entry else json.dumps(entry, sort_keys=True)


def _told(value: Any) -> str:
    kinds = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "a truth"}
    return kinds.get(type(value), "nothing")
