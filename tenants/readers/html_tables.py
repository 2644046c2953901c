"""Tables of a page as rows, where they are tables and no means of layout."""

from selectolax.lexbor import LexborNode

from tenants.readers.outline import in_line

_MAX_CELL_CHARS = 1_000  # longer cells are a layout
_MAX_SPAN = 100
_MAX_COLUMNS = 200
_MAX_ROWS = 20_000


def as_rows(table: LexborNode) -> list[list[str]] | None:
    """The cells, spans filled; None where the table only lays things out."""
    if table.css_first("table table, h1, h2, h3, h4, ul, ol, form") is not None:
        return None
    rows: list[list[str]] = []
    spans: dict[int, tuple[int, str]] = {}  # column → rows to come, their words
    for line in table.css("tr")[:_MAX_ROWS]:
        row = _row(line, spans)
        if row is None:
            return None
        rows.append(row)
    return rows if max((len(row) for row in rows), default=0) > 1 else None


def _row(line: LexborNode, spans: dict[int, tuple[int, str]]) -> list[str] | None:
    row: list[str] = []
    cell = line.child
    while cell is not None:
        if len(row) > _MAX_COLUMNS:
            return None
        if cell.tag in ("td", "th"):
            _fill(row, spans)
            words = in_line(cell.text(separator=" "))
            if len(words) > _MAX_CELL_CHARS:
                return None
            rows_below = _span(cell, "rowspan") - 1
            for place in range(_span(cell, "colspan")):
                if rows_below:
                    spans[len(row)] = (rows_below, words)
                row.append(words if place == 0 else "")
        cell = cell.next
    _fill(row, spans)
    return row


def _fill(row: list[str], spans: dict[int, tuple[int, str]]) -> None:
    """Put in what cells of rows above reach down to here."""
    while len(row) in spans:
        left, words = spans.pop(len(row))
        if left > 1:
            spans[len(row)] = (left - 1, words)
        row.append(words)


def _span(cell: LexborNode, name: str) -> int:
    given = cell.attributes.get(name) or "1"
    return min(max(int(given), 1), _MAX_SPAN) if given.isascii() and given.isdigit() else 1
