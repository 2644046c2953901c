"""Word and Excel files by hand, part by part, as small as they can be."""

import io
import zipfile
from collections.abc import Iterable, Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

Parts = dict[str, str | bytes]


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A deflated archive of these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def content_types(overrides: Mapping[str, str]) -> str:
    listed = "".join(
        f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items()
    )
    return (
        f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def relationships(targets: Iterable[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def docx_parts(body: str, prologue: str = "") -> Parts:
    """The parts of a Word document with this body."""
    return {
        "[Content_Types].xml": content_types({"/word/document.xml": _DOCX_TYPE}),
        "_rels/.rels": relationships([("officeDocument", "word/document.xml")]),
        "word/document.xml": f'{prologue}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body>'
        "</w:document>",
    }


def paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def docx(*paragraphs: str) -> bytes:
    """A good Word document."""
    return zipped(docx_parts("".join(map(paragraph, paragraphs))))


def xlsx_parts(sheet_data: str, *, dimension: str = "", prologue: str = "") -> Parts:
    """The parts of a workbook with one sheet."""
    sheet = f'{prologue}<worksheet xmlns="{_S}">{dimension}<sheetData>{sheet_data}</sheetData></worksheet>'  # fmt: skip
    return {
        "[Content_Types].xml": content_types(
            {
                "/xl/workbook.xml": f"{_XLSX_TYPE}.sheet.main+xml",
                "/xl/worksheets/sheet1.xml": f"{_XLSX_TYPE}.worksheet+xml",
            }
        ),
        "_rels/.rels": relationships([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_S}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships([("worksheet", "worksheets/sheet1.xml")]),
        "xl/worksheets/sheet1.xml": sheet,
    }


def cell(words: str, at: str = "") -> str:
    place = f' r="{at}"' if at else ""
    return f'<c{place} t="inlineStr"><is><t>{words}</t></is></c>'


def row(*words: str, number: int = 0) -> str:
    place = f' r="{number}"' if number else ""
    return f"<row{place}>{''.join(map(cell, words))}</row>"


def xlsx(*rows: tuple[str, ...]) -> bytes:
    """A good workbook."""
    return zipped(xlsx_parts("".join(row(*words) for words in rows)))
