"""PDFs: the text of every page, with the offset where each page starts."""

import io
import logging
import re
from typing import Any

from pypdf import PdfReader, overwrite_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from tenants.readers.asked import Asked
from tenants.readers.pdf_layout import Line, page_texts
from tenants.readers.reading import Reading
from tenants.readers.refusals import Refused, TooMuch
from tenants.readers.texts import tidied

_DAMAGED = (
    PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
    ZeroDivisionError, OSError, EOFError, NotImplementedError, OverflowError, UnicodeError,
)  # fmt: skip
_FILE_NAME = re.compile(r"\.(?:docx?|odt|rtf|html?|pdf|pptx?|xlsx?|indd|tex|txt)$|^untitled", re.I)
_LIGATURES = {
    ord(sign): words
    for sign, words in zip("ﬀﬁﬂﬃﬄﬅﬆ", "ff fi fl ffi ffl ft st".split(), strict=True)
}
_TOO_LARGE = "unpacks to more than we read"  # often a drawing, sometimes an attack
_MAX_BROKEN = 20
_OPERATORS = 1_000_000  # of one page
_PAGE_TREE_ENTRIES = 10_000
_STREAM_BYTES = 20_000_000  # a page's text is small; what is larger is a picture or an attack


def read(asked: Asked) -> Reading:
    """The pages' text; a page that cannot be read is told, the others are read."""
    logging.disable(logging.CRITICAL)
    overwrite_configuration(
        zlib_maximum_output_length=_STREAM_BYTES,
        lzw_maximum_output_length=_STREAM_BYTES,
        run_length_maximum_output_length=_STREAM_BYTES,
        brotli_maximum_output_length=_STREAM_BYTES,
        array_based_stream_maximum_output_length=_STREAM_BYTES,
        stream_decoding_work_maximum_length=3 * _STREAM_BYTES,
        stream_parsing_work_maximum_count=_OPERATORS,
        page_tree_maximum_entries=_PAGE_TREE_ENTRIES,
        jbig2dec_binary=None,
    )
    try:
        reader = PdfReader(io.BytesIO(asked.content.lstrip(b"\xef\xbb\xbf \t\r\n\x00")))
        _open(reader)
        count = len(reader.pages)
    except LimitReachedError as error:
        raise TooMuch("the PDF has more pages, levels or streams than we read") from error
    except _DAMAGED as error:
        if b"/Encrypt" in asked.content and isinstance(error, NotImplementedError):
            raise Refused("the PDF is encrypted in a way we do not know") from error
        raise Refused("the PDF is damaged or cut off: its pages cannot be found") from error
    if count > asked.limits.pages:
        raise TooMuch(f"the PDF has {count} pages; at most {asked.limits.pages}")
    reading = Reading("pdf")
    lines = [_page(reader, number, reading) for number in range(count)]
    if not any(lines):
        raise _empty(count, reading)
    _join(page_texts(lines), reading)
    if reading.broken:
        page, why = reading.broken[0]
        reading.warnings.append(f"{len(reading.broken)} pages were left out: page {page} {why}")
    reading.title = _title(reader) or _first_heading(reading.text or "")
    return reading


def _open(reader: PdfReader) -> None:
    """Encrypted files open only where no password is asked for."""
    if not reader.is_encrypted:
        return
    try:
        opened = reader.decrypt("")
    except (DependencyError, NotImplementedError, FileNotDecryptedError) as error:
        raise Refused("the PDF is encrypted; save it without a password") from error
    if not opened:
        raise Refused("the PDF is encrypted; save it without a password")


def _page(reader: PdfReader, number: int, reading: Reading) -> list[Line]:
    """The lines of one page; none where it is damaged."""
    lines = _Lines()
    try:
        reader.pages[number].extract_text(visitor_text=lines.add)
    except LimitReachedError:
        reading.broken.append((number + 1, _TOO_LARGE))
        if len(reading.broken) > _MAX_BROKEN:
            raise TooMuch(f"page {number + 1} of the PDF {_TOO_LARGE}") from None
    except _DAMAGED:
        reading.broken.append((number + 1, "is damaged"))
    return lines.finished()


class _Lines:
    """Gathers what a page draws into lines."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._open: Line | None = None

    def add(
        self, text: str, around: list[float], matrix: list[float], font: Any, size: float
    ) -> None:
        """One piece of text as pypdf tells it, with the matrices of the page and of the text."""
        for index, piece in enumerate(text.split("\n")):
            if index:
                self._close()
            if not piece:
                continue
            if self._open is None or not self._open.words.strip():
                y = matrix[5] * around[3] + matrix[4] * around[1] + around[5]
                scale = abs(matrix[3] * around[3]) or abs(matrix[1] * around[2]) or 1.0
                name = str(font.get("/BaseFont", "")).lower() if font else ""
                self._open = Line(piece, y, abs(size) * scale, "bold" in name)
            else:
                self._open.words += piece

    def finished(self) -> list[Line]:
        self._close()
        return self._lines

    def _close(self) -> None:
        if self._open is not None:
            self._open.words = " ".join(tidied(self._open.words).translate(_LIGATURES).split())
            if self._open.words:
                self._lines.append(self._open)
        self._open = None


def _empty(count: int, reading: Reading) -> Refused:
    for page, why in reading.broken:
        if why == _TOO_LARGE:
            return TooMuch(f"page {page} of the PDF {why}")
    if reading.broken:
        return Refused("the PDF is damaged: none of its pages can be read")
    if not count:
        return Refused("the PDF has no pages")
    return Refused("the PDF has no text (scanned pages?)")


def _join(texts: list[str], reading: Reading) -> None:
    parts: list[str] = []
    offset = 0
    for text in texts:
        reading.pages.append(offset)
        part = f"{text}\n" if text else ""
        parts.append(part)
        offset += len(part)
    reading.text = "".join(parts)


def _title(reader: PdfReader) -> str:
    try:
        title = reader.metadata.title if reader.metadata else None
    except _DAMAGED:
        return ""
    words = tidied(str(title or "")).strip()[:200]
    return "" if _FILE_NAME.search(words) else words


def _first_heading(text: str) -> str:
    first = text.partition("\n")[0]
    return first[2:] if first.startswith("# ") else ""
