"""What a file turned out to hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenants.parsing.tables import Table, tables_text


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the page writes it: `href` is not resolved."""

    href: str
    text: str
    nofollow: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """A line or row of the file that could not be read, where the others could."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was read: Markdown-like `text`, or the `data` of JSON, or `rows` with their text.

    `pages` are the offsets in `text` where the pages of a PDF start; `lines` says for every row or
    JSONL item on which line of the file it begins.
    """

    format: str
    title: str
    text: str | None = None
    data: Any | None = None
    rows: list[dict[str, str]] | None = None
    pages: list[int] = field(default_factory=list[int])
    links: list[Link] = field(default_factory=list[Link])
    language: str | None = None
    canonical_url: str | None = None
    robots: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    broken: list[Broken] = field(default_factory=list[Broken])
    lines: list[int] = field(default_factory=list[int])


def parsed_of(wire: Mapping[str, Any], pieces: Iterable[Mapping[str, Any]]) -> Parsed:
    """The file as the child described it: itself first, then its rows piece by piece."""
    sheets: list[dict[str, Any]] | None = wire["sheets"]
    text: str | None = wire["text"]
    rows: list[dict[str, str]] | None = None
    lines: list[int] = wire["lines"]
    if sheets is not None:
        rows = []
        tables = [Table(sheet["name"], sheet["columns"]) for sheet in sheets]
        for piece in pieces:
            table = tables[piece["sheet"]]
            table.add(piece["rows"])
            rows += [dict(zip(table.columns, row, strict=True)) for row in piece["rows"]]
            lines += piece["lines"]
        text = tables_text(tables)
    return Parsed(
        format=wire["format"],
        title=wire["title"],
        text=text,
        data=wire["data"] if wire["has_data"] else None,
        rows=rows,
        pages=wire["pages"],
        links=[Link(*link) for link in wire["links"]],
        language=wire["language"],
        canonical_url=wire["canonical_url"],
        robots=wire["robots"],
        warnings=wire["warnings"],
        broken=[Broken(*broken) for broken in wire["broken"]],
        lines=lines,
    )
