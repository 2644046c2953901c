"""Tables as the pipe tables that stand in a document's stored text."""

import re
from collections.abc import Sequence

_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


class Table:
    """A table that grows by its rows."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self.name = name
        self.columns = columns
        self._lines = [_row(columns), "|" + " --- |" * len(columns)]

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """More rows, each with as many cells as there are columns."""
        self._lines.extend(map(_row, rows))

    @property
    def text(self) -> str:
        """The pipe table, its header first."""
        return "\n".join(self._lines)


def pipe_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """One table as text."""
    table = Table("", columns)
    table.add(rows)
    return table.text


def tables_text(tables: Sequence[Table]) -> str:
    """The tables one under the other, each under its name where there are several."""
    parts: list[str] = []
    for table in tables:
        if len(tables) > 1:
            parts.append(f"# {_cell(table.name)}")
        parts.append(table.text)
    return "\n\n".join(parts) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(value: str) -> str:
    """A value in one line, its pipes escaped."""
    return _BREAKS.sub(" ", value.strip()).replace("|", "\\|")
