"""Excel workbooks: every visible sheet as a table, formulas as the values they had."""

import io
import warnings as python_warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tenants.readers.archives import checked_archive
from tenants.readers.asked import Asked
from tenants.readers.limits import ParseLimits
from tenants.readers.reading import Reading, Sheet
from tenants.readers.refusals import Refused, TooMuch
from tenants.readers.table_shape import sheet_of
from tenants.readers.texts import tidied

_PADDING_CELLS = 20_000_000  # empty cells that a workbook may make us step over


def read(asked: Asked) -> Reading:
    """All sheets that hold anything."""
    checked_archive(asked.content, asked.limits).close()
    python_warnings.simplefilter("ignore")  # styles it does not know are nothing to us
    reading = Reading("xlsx", sheets=[])
    try:
        reading.sheets = list(_sheets(asked, reading))
    except (
        InvalidFileException, BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError,
        AttributeError, OSError, SyntaxError,
    ) as error:  # fmt: skip
        raise Refused("the workbook is damaged: its sheets cannot be read") from error
    if not reading.sheets:
        raise Refused("the workbook has no rows")
    return reading


def _sheets(asked: Asked, reading: Reading) -> Iterator[Sheet]:
    book = load_workbook(
        io.BytesIO(asked.content), read_only=True, data_only=True, keep_links=False
    )
    reading.title = tidied(book.properties.title or "").strip()[:200]
    values = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            reading.warnings.append(f"the hidden sheet {sheet.title!r} was left out")
            continue
        sheet.reset_dimensions()  # what it declares of its size may be wrong
        rows: list[tuple[int, list[str]]] = []
        for line, row in _rows(sheet.iter_rows(values_only=True), asked.limits):
            values += len(row)
            rows.append((line, row))
            if len(rows) > asked.limits.rows or values > asked.limits.values:
                raise TooMuch(
                    f"it has more than {asked.limits.rows} rows or {asked.limits.values} cells"
                )
        found = sheet_of(tidied(sheet.title), rows, reading.broken)
        if found.rows:
            yield found
        elif rows:
            reading.warnings.append(f"the sheet {sheet.title!r} has only one row")


def _rows(
    rows: Iterator[tuple[object, ...]], limits: ParseLimits
) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, without the empty cells at their end."""
    stepped = 0
    for line, row in enumerate(rows, 1):
        stepped += len(row)
        if stepped > _PADDING_CELLS:
            raise TooMuch("its sheets are mostly empty cells, more than we step over")
        cells = [_shown(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > limits.columns:
            raise TooMuch(f"row {line} has {len(cells)} columns; at most {limits.columns}")
        if cells:
            yield line, cells


def _shown(value: object) -> str:
    """A cell as people see it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        )
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return tidied(str(value)).strip()
