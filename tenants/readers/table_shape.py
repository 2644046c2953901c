"""Rows of cells become a table with named columns."""

import re
from collections.abc import Sequence

from tenants.readers.reading import Sheet

_NUMBER = re.compile(r"[-+(]?[\d.,\s%€$£¥]*\d[\d.,\s%€$£¥)]*")
_MAX_NAME_CHARS = 100
_LOOKED_AT = 100
_MAX_BROKEN = 100  # reported; what is left out beyond is left out all the same


def sheet_of(
    name: str, rows: Sequence[tuple[int, list[str]]], broken: list[tuple[int, str]]
) -> Sheet:
    """The table; rows that are longer than the header are reported in `broken` and cut."""
    if not rows:
        return Sheet(name, [], [], [])
    width = _usual_width([row for _, row in rows[:_LOOKED_AT]])
    start = _header_row([row for _, row in rows[:_LOOKED_AT]], width)
    if start is None:
        columns = [f"column {number + 1}" for number in range(width)]
        body = rows
    else:
        columns = _names(rows[start][1])
        body = rows[start + 1 :]
    width = len(columns)
    kept: list[list[str]] = []
    lines: list[int] = []
    for line, row in body:
        cells = [cell.strip() for cell in row]
        if len(cells) > width:
            if any(cells[width:]):
                if len(broken) < _MAX_BROKEN:
                    why = f"{len(cells)} cells where the header has {width} columns"
                    broken.append((line, why))
                continue
            cells = cells[:width]
        kept.append(cells + [""] * (width - len(cells)))
        lines.append(line)
    return Sheet(name, columns, kept, lines)


def _usual_width(rows: Sequence[list[str]]) -> int:
    widths = [len(row) for row in rows]
    return max(max(set(widths), key=widths.count), 1)


def _header_row(rows: Sequence[list[str]], width: int) -> int | None:
    """The row that names the columns: the first full one, when it reads like names."""
    for index, row in enumerate(rows[:10]):
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) < max(1, (width + 1) // 2) or (width > 1 and len(filled) < 2):
            continue  # a title above the table
        named = all(len(cell) <= _MAX_NAME_CHARS and not _NUMBER.fullmatch(cell) for cell in filled)
        distinct = len({cell.casefold() for cell in filled}) * 3 >= len(filled) * 2
        below = rows[index + 1 :]
        return index if named and distinct and below and _differs(filled, cells, below) else None
    return None


def _differs(filled: Sequence[str], cells: Sequence[str], below: Sequence[list[str]]) -> bool:
    """Whether the row is of another kind than those below it, or nothing speaks against it."""
    sentence = sum(cell.endswith((".", "!")) and " " in cell for cell in filled)
    if sentence:
        return False
    for place, cell in enumerate(cells):
        values = [row[place].strip() for row in below if place < len(row)]
        if cell and cell in values and len(values) > 3:
            return False  # names do not come again as values
    return True


def _names(row: Sequence[str]) -> list[str]:
    """Column names, each once, none empty; empty ones at the end are no columns."""
    cells = [" ".join(cell.split())[:_MAX_NAME_CHARS] for cell in row]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = cell or f"column {number}"
        turn = 2
        unique = name
        while unique in taken:
            unique = f"{name} ({turn})"
            turn += 1
        taken.add(unique)
        names.append(unique)
    return names
