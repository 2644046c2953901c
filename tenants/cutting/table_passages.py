"""Every row of a pipe table becomes a passage that says what each of its cells is.

A row is told as `column: value` lines under its name: so told, "Service: Full overhaul, Price: 180
euros" is found at a cosine of 0.66, within its table and the text around it at 0.24. `meta` has the
offsets of the row in the text (`start`, `end`), those of the header's line (`header`) and the row's
number (`row`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenants.cutting.drafts import MAX_TOKENS, Draft, breadcrumb, count_tokens
from tenants.cutting.faq_shapes import as_question_answer
from tenants.cutting.json_passages import name_of
from tenants.cutting.sentences import split_text

_RULE_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL_END = re.compile(r"(?<!\\)\|")
_MAX_NAME_CHARS = 80

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands in its text, line by line."""

    header: Span
    rows: tuple[Span, ...]


def begins_table(line: str, following: str) -> bool:
    """Whether two lines are the head of a pipe table."""
    return "|" in line and "|" in following and _RULE_ROW.fullmatch(following) is not None


def cells_of(line: str) -> list[str]:
    """The words of each cell of a row."""
    inner = line.strip().removeprefix("|")
    cells = [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(inner)]
    if cells and not cells[-1]:
        cells.pop()  # after the last pipe
    return cells


def table_passages(text: str, table: Table, title: str, *, kind: str, path: str) -> Iterator[Draft]:
    """One passage a row, in order; several where a row is long."""
    columns = cells_of(text[slice(*table.header)])
    for number, row in enumerate(table.rows, 1):
        values: dict[str, str] = {}
        for place, cell in enumerate(cells_of(text[slice(*row)])):
            column = columns[place] if place < len(columns) else ""
            values[f"column {place + 1}" if column in values else column] = cell
        meta = {"start": row[0], "end": row[1], "header": list(table.header), "row": number}
        yield from row_passages(values, title, kind=kind, path=path, meta=meta)


def row_passages(
    values: Mapping[str, str],
    title: str,
    *,
    kind: str,
    path: str = "",
    meta: Mapping[str, Any] | None = None,
) -> Iterator[Draft]:
    """One row as a passage under its name; a question with its answer; several where it is long."""
    filled = {column: value for column, value in values.items() if value.strip()}
    if not filled:
        return
    pair = as_question_answer(filled)
    told = [("", filled[pair.answer_key])] if pair else []
    told += [item for item in filled.items() if not pair or item[0] not in pair.keys]
    place = breadcrumb(title, _named(filled)) if not pair else title
    for body in _packed(told):
        question = pair.question if pair else None
        yield Draft(kind, place, body, question=question, path=path, meta=dict(meta or {}))


def _named(values: dict[str, str]) -> str:
    """What a row is called: by a column that means a name, else by its first short words."""
    first = next(iter(values.values()))
    spoken = len(first) <= _MAX_NAME_CHARS and any(char.isalpha() for char in first)
    return name_of(values) or (first if spoken else "")


def _packed(told: Sequence[tuple[str, str]]) -> Iterator[str]:
    """`column: value` lines up to the most a passage holds, longer ones cut between sentences."""
    gathered: list[str] = []
    for column, value in told:
        lead = f"{column[:_MAX_NAME_CHARS]}: " if column else ""
        for piece in split_text(value, max_tokens=MAX_TOKENS - count_tokens(lead)):
            line = lead + piece.strip()
            if gathered and count_tokens("\n".join([*gathered, line])) > MAX_TOKENS:
                yield "\n".join(gathered)
                gathered = []
            gathered.append(line)
    if gathered:
        yield "\n".join(gathered)
