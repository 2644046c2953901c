"""Word documents: headings, paragraphs, lists and tables in the order of the body."""

import io
from collections.abc import Iterator
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.exceptions import PythonDocxError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from tenants.readers.archives import checked_archive
from tenants.readers.asked import Asked
from tenants.readers.outline import Outline
from tenants.readers.reading import Reading
from tenants.readers.refusals import Refused, TooMuch
from tenants.readers.texts import tidied

_HEADING_STYLES = (
    "heading",
    "überschrift",
    "titre",
    "título",
    "titolo",
    "kop",
    "заголовок",
    "标题",
)
_LIST_STYLES = ("list", "liste", "lista", "aufzählung")
_MAX_LEVEL = 9
_NO_TITLE = "Word Document"  # what python-docx says where the document says nothing
_MAX_BLOCKS = 100_000


def read(asked: Asked) -> Reading:
    """The body's text; text boxes, comments, headers and footers are left out."""
    checked_archive(asked.content, asked.limits).close()
    outline = Outline()
    try:
        document = Document(io.BytesIO(asked.content))
        for number, block in enumerate(document.iter_inner_content()):
            if number > _MAX_BLOCKS:
                raise TooMuch(f"it has more than {_MAX_BLOCKS} paragraphs")
            if isinstance(block, Paragraph):
                _paragraph(block, outline)
            else:
                _table(block, outline, asked.limits.values)
        title, language = _properties(document)
    except (
        PythonDocxError, LxmlError, BadZipFile, KeyError, ValueError, TypeError, AttributeError,
        IndexError, AssertionError, OSError,
    ) as error:  # fmt: skip
        raise Refused("the Word document is damaged: its text cannot be read") from error
    text = tidied(outline.text)
    if not text.strip():
        raise Refused("the Word document has no text (only pictures?)")
    return Reading("docx", title=title or outline.first_heading, text=text, language=language)


def _paragraph(paragraph: Paragraph, outline: Outline) -> None:
    words = paragraph.text
    if not words.strip():
        return
    style = (paragraph.style.name or "").lower() if paragraph.style is not None else ""
    level = _level(paragraph, style)
    if level:
        outline.heading(level, words)
        return
    depth = _list_depth(paragraph, style)
    if depth is None:
        outline.paragraph(words)
    else:
        outline.item(words, depth=depth)


def _level(paragraph: Paragraph, style: str) -> int:
    if style == "title":
        return 1
    if style.startswith(_HEADING_STYLES):
        last = style.split()[-1]
        return min(int(last), _MAX_LEVEL) if last.isascii() and last.isdigit() else 1
    properties = paragraph._p.pPr
    outlined = properties.find(qn("w:outlineLvl")) if properties is not None else None
    value = outlined.get(qn("w:val")) if outlined is not None else None
    # level 9 is the body's own
    return int(value) + 1 if value and value.isascii() and value.isdigit() and value != "9" else 0


def _list_depth(paragraph: Paragraph, style: str) -> int | None:
    properties = paragraph._p.pPr
    numbering = properties.numPr if properties is not None else None
    if numbering is not None:
        return numbering.ilvl.val if numbering.ilvl is not None else 0
    if style.startswith(_LIST_STYLES):
        last = style.split()[-1]
        return int(last) - 1 if last in ("2", "3", "4", "5") else 0
    return None


def _table(table: Table, outline: Outline, most: int) -> None:
    rows: list[list[str]] = []
    cells = 0
    for row in table.rows:
        words = list(_cells(row.cells))
        cells += len(words)
        if cells > most:
            raise TooMuch(f"a table has more than {most} cells")
        rows.append(words)
    if rows and len(rows[0]) == 1 and len(rows) == 1:
        outline.paragraph(rows[0][0])  # a frame around some text
        return
    outline.table(rows)


def _cells(cells: tuple[object, ...]) -> Iterator[str]:
    """The words of each cell; a cell that spans several columns says them once."""
    before: object = None
    for cell in cells:
        element = getattr(cell, "_tc", None)
        yield "" if element is before else str(getattr(cell, "text", ""))
        before = element


def _properties(document: WordDocument) -> tuple[str, str | None]:
    known = document.core_properties
    title = tidied(known.title or "").strip()[:200]
    return "" if title == _NO_TITLE else title, (known.language or "").strip()[:35] or None
