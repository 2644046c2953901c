"""CSV and its cousins: separator, quoting and header are found out from the rows."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from tenants.readers.asked import Asked
from tenants.readers.limits import ParseLimits
from tenants.readers.reading import Reading, Sheet
from tenants.readers.refusals import Refused, TooMuch
from tenants.readers.table_shape import sheet_of
from tenants.readers.texts import decoded

_SEPARATORS = ",;\t|"
_SEP_LINE = re.compile(r"sep=(.)\n", re.I)
_SAMPLE_CHARS = 50_000
_SAMPLE_ROWS = 50
_MAX_CELL_CHARS = 1_000_000


def read(asked: Asked) -> Reading:
    """The rows under their header; where none is found the columns are numbered."""
    text, warnings = decoded(asked.content)
    separator, text, skipped = _declared_separator(text)
    if not text.strip():
        raise Refused("the table has no rows")
    csv.field_size_limit(_MAX_CELL_CHARS)
    separator = separator or _separator(text, asked.ending)
    _check_width(text, separator, asked.limits)
    broken: list[tuple[int, str]] = []
    try:
        rows = list(_rows(text, separator, asked.limits, strict=True))
    except _Loose:
        warnings.append("quotes stand where none should be; the rows were read as they are")
        rows = list(_rows(text, separator, asked.limits, strict=False))
    numbered = [(line + skipped, row) for line, row in rows]
    sheet: Sheet = sheet_of("", numbered, broken)
    if not sheet.rows:
        raise Refused("the table has no rows" if not numbered else "the table has only a header")
    return Reading("csv", sheets=[sheet], warnings=warnings, broken=broken)


class _Loose(Exception):
    """The quoting is not what it should be."""


def _declared_separator(text: str) -> tuple[str, str, int]:
    """Excel's first line `sep=;`, and the text after it."""
    found = _SEP_LINE.match(text[:10])
    return (found.group(1), text[found.end() :], 1) if found else ("", text, 0)


def _separator(text: str, ending: str) -> str:
    """The one that gives most columns to most of the first rows."""
    if ending in ("tsv", "tab"):
        return "\t"
    sample = text[:_SAMPLE_CHARS]
    best, most = ",", 0.0
    for separator in _SEPARATORS:
        if separator not in sample:
            continue
        try:
            rows = list(islice(csv.reader(io.StringIO(sample), delimiter=separator), _SAMPLE_ROWS))
        except csv.Error:
            continue
        widths = [len(row) for row in rows if row]
        if len(widths) > 2 and len(text) > len(sample):
            widths.pop()  # the sample may end within it
        usual = max(set(widths), key=widths.count, default=1)
        share = widths.count(usual) / max(len(widths), 1)
        score = 0 if usual < 2 else share + min(usual, 20) / 100
        if score > most:
            best, most = separator, score
    return best


def _check_width(text: str, separator: str, limits: ParseLimits) -> None:
    """A row of a million columns is refused before it becomes a million cells."""
    first = text[: text.find("\n")] if "\n" in text else text
    width = first.count(separator) + 1
    if width > limits.columns and '"' not in first:
        raise TooMuch(f"the table has {width} columns; at most {limits.columns}")


def _rows(
    text: str, separator: str, limits: ParseLimits, *, strict: bool
) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, with the line they begin on. Raises: Refused, _Loose."""
    reader = csv.reader(
        io.StringIO(text), delimiter=separator, strict=strict, skipinitialspace=True
    )
    begins, values, count = 1, 0, 0
    try:
        for row in reader:
            values += len(row)
            if len(row) > limits.columns:
                raise TooMuch(f"line {begins} has {len(row)} columns; at most {limits.columns}")
            if any(cell.strip() for cell in row):
                count += 1
                yield begins, row
            if count > limits.rows or values > limits.values:
                raise TooMuch(
                    f"the table has more than {limits.rows} rows or {limits.values} cells"
                )
            begins = reader.line_num + 1
    except csv.Error as error:
        said = str(error)
        if "unexpected end" in said or "field larger" in said:
            raise Refused(
                f"a quote that opens in the row of line {begins} is never closed"
            ) from error
        if strict:
            raise _Loose from error
        raise Refused(f"line {begins} cannot be read: {said}") from error
