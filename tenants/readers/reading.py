"""What a reader found in a file, as plain data that goes through a pipe."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

_PIECE_CELLS = 5_000


@dataclass(slots=True)
class Sheet:
    """One table: every row has as many cells as there are columns."""

    name: str
    columns: list[str]
    rows: list[list[str]]
    lines: list[int]  # where each row stands in the file, from 1


@dataclass(slots=True)
class Reading:
    """A file as text, as a JSON value or as tables; `links` are (href, words, nofollow)."""

    format: str
    title: str = ""
    text: str | None = None
    has_data: bool = False  # JSON `null` is data too
    data: Any = None
    sheets: list[Sheet] | None = None
    pages: list[int] = field(default_factory=list[int])
    links: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    language: str | None = None
    canonical_url: str | None = None
    robots: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    broken: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    lines: list[int] = field(default_factory=list[int])

    def wire(self) -> Iterator[dict[str, Any]]:
        """The reading in pieces that each are quickly understood: itself, then its rows."""
        whole = {member.name: getattr(self, member.name) for member in fields(self)}
        if self.sheets is not None:
            whole["sheets"] = [{"name": one.name, "columns": one.columns} for one in self.sheets]
        yield whole
        for number, sheet in enumerate(self.sheets or ()):
            step = max(1, _PIECE_CELLS // max(len(sheet.columns), 1))
            for start in range(0, len(sheet.rows), step):
                part = slice(start, start + step)
                yield {"sheet": number, "lines": sheet.lines[part], "rows": sheet.rows[part]}
