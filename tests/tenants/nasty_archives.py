"""Word and Excel files that somebody made to hurt, or broke."""

import io
import struct
import zipfile
from collections.abc import Iterable

from tests.tenants.office_files import (
    WORD,
    Parts,
    cell,
    docx,
    docx_parts,
    paragraph,
    relationships,
    row,
    xlsx,
    xlsx_parts,
    zipped,
)

# --- sizes


def docx_of_300_mb() -> bytes:
    """A document that unpacks to 300 MB and is 300 kB."""
    return _with_large(docx_parts(paragraph("Hi.")), "word/media/a.xml", [b" " * 1_000_000] * 300)


def _with_large(parts: Parts, name: str, blocks: Iterable[bytes]) -> bytes:
    """The archive with one more part, written block by block."""
    held = io.BytesIO(zipped(parts))
    with (
        zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w") as part,
    ):
        for block in blocks:
            part.write(block)
    return held.getvalue()


def docx_of_many_paragraphs() -> bytes:
    """Within what an archive may declare, and more than a child's memory holds as a tree."""
    return zipped(docx_parts("<w:p><w:r/></w:p>" * 110_000))


def xlsx_bomb() -> bytes:
    rows = b"<row><c><v>1</v></c></row>" * 100_000
    parts = xlsx_parts("")
    del parts["xl/worksheets/sheet1.xml"]
    return _with_large(parts, "xl/worksheets/sheet1.xml", [rows] * 90)


def xlsx_of_many_cells() -> bytes:
    return zipped(xlsx_parts(("<row>" + "<c><v>1</v></c>" * 1_000 + "</row>") * 610))


def xlsx_that_burns() -> bytes:
    """Empty rows without end: small, within what may be declared, and long to read."""
    return zipped(xlsx_parts('<row r="1"/>' + "<row/>" * 3_000_000))


def zip_bomb() -> bytes:
    return _with_large({}, "zeros", [b"\x00" * 1_000_000] * 100)


def nested_bomb() -> bytes:
    """Archives within archives, in a document."""
    inner = zip_bomb()
    for _ in range(3):
        inner = zipped({f"{number}.zip": inner for number in range(8)})
    return zipped({**docx_parts(paragraph("Hi.")), "word/embeddings/a.zip": inner})


def many_members() -> bytes:
    parts = {f"word/media/{number}.png": b"" for number in range(20_000)}
    return zipped({**docx_parts(paragraph("Hi.")), **parts})


# --- lies


def lying_size() -> bytes:
    """30 MB in the main part, and a list that says a thousand bytes."""
    whole = bytearray(zipped(docx_parts(paragraph("x" * 30_000_000))))
    return bytes(_patched(whole, "word/document.xml", 24, struct.pack("<I", 1000)))


def zip64_lie() -> bytes:
    """A size of 2^63 in the wide form of the list."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in docx_parts(paragraph("Hi.")).items():
            info = zipfile.ZipInfo(name)
            if name == "word/document.xml":
                info.extra = struct.pack("<HHQ", 1, 8, 1 << 63)
            archive.writestr(info, content)
    whole = bytearray(held.getvalue())
    return bytes(_patched(whole, "word/document.xml", 24, b"\xff" * 4))


def wrong_checksum() -> bytes:
    whole = bytearray(docx("Hi."))
    return bytes(_patched(whole, "word/document.xml", 16, b"\x12\x34\x56\x78"))


def _patched(whole: bytearray, name: str, offset: int, value: bytes) -> bytearray:
    """The archive with other bytes in one member's entry of the list at its end."""
    at = whole.index(b"PK\x01\x02")
    while not whole.startswith(name.encode(), at + 46):
        at = whole.index(b"PK\x01\x02", at + 4)
    whole[at + offset : at + offset + len(value)] = value
    return whole


def overlapping_members() -> bytes:
    """Two entries of the list that name the same bytes."""
    parts = docx_parts(paragraph("Hi."))
    whole = bytearray(zipped({**parts, "word/settings.xml": "<a/>"}))
    return bytes(_patched(whole, "word/settings.xml", 42, struct.pack("<I", 0)))


def doubled_member() -> bytes:
    """The main part twice, with different texts."""
    parts = docx_parts(paragraph("One."))
    other = docx_parts(paragraph("Two."))["word/document.xml"]
    both = zipped({**parts, "word/documenu.xml": other})
    return both.replace(b"word/documenu.xml", b"word/document.xml")


def outside_member() -> bytes:
    return zipped({**docx_parts(paragraph("Hi.")), "../../etc/cron.d/evil": "* * * * *"})


def symbolic_link() -> bytes:
    """A picture that is a link to the passwords."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in docx_parts(paragraph("Hi.")).items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("word/media/a.png")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return held.getvalue()


# --- XML

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def docx_laughs() -> bytes:
    return zipped(docx_parts(paragraph("&j;"), LAUGHS))


def docx_outside() -> bytes:
    return zipped(docx_parts(paragraph("&e;"), OUTSIDE))


def xlsx_laughs() -> bytes:
    return zipped(xlsx_parts(row("name", "&j;") + row("a", "b"), prologue=LAUGHS))


def xlsx_outside_in_utf_16() -> bytes:
    """The same in an encoding that a search for ASCII does not see."""
    parts = xlsx_parts(row("name", "&e;") + row("a", "b"))
    sheet = parts["xl/worksheets/sheet1.xml"]
    written = f'<?xml version="1.0" encoding="utf-16"?>{OUTSIDE}{sheet}'
    return zipped({**parts, "xl/worksheets/sheet1.xml": written.encode("utf-16")})


def deep_docx() -> bytes:
    """Ten thousand tables in one another."""
    opened = "<w:tbl><w:tr><w:tc>" * 10_000
    closed = "</w:tc></w:tr></w:tbl>" * 10_000
    return zipped(docx_parts(opened + paragraph("Hi.") + closed))


def broken_xml() -> bytes:
    return zipped(docx_parts("<w:p><w:r><w:t>never closed"))


# --- structure


def without_document() -> bytes:
    parts = docx_parts(paragraph("Hi."))
    del parts["word/document.xml"]
    return zipped({**parts, "word/styles.xml": "<a/>"})


def relationship_loop() -> bytes:
    """Parts that are related to one another and to themselves."""
    circle = relationships([("header", "document.xml"), ("footer", "header1.xml")])
    return zipped(
        {
            **docx_parts(paragraph("Round and round.")),
            "word/_rels/document.xml.rels": circle,
            "word/header1.xml": f'<w:hdr xmlns:w="{WORD}"/>',
            "word/_rels/header1.xml.rels": circle,
        }
    )


def relationship_outside() -> bytes:
    """The main part, said to lie outside."""
    parts = docx_parts(paragraph("Hi."))
    outside = relationships([("officeDocument", "../../../etc/passwd")])
    return zipped({**parts, "_rels/.rels": outside})


def lying_dimension() -> bytes:
    """Two rows in a sheet that claims all there can be."""
    data = row("name", "price") + row("Tarn", "129 EUR")
    return zipped(xlsx_parts(data, dimension='<dimension ref="A1:XFD1048576"/>'))


def million_empty_rows() -> bytes:
    """A header, a million rows of nothing, one row."""
    empty = "".join(f'<row r="{number}"/>' for number in range(2, 100_000))
    last = row("Tarn", "129 EUR", number=1_000_000)
    return zipped(xlsx_parts(row("name", "price", number=1) + empty + last))


def far_cells() -> bytes:
    """Every row has one cell, in the last of 16,384 columns."""
    rows = "".join(
        f'<row r="{number}">{cell("x", f"XFD{number}")}</row>' for number in range(1, 20_000)
    )
    return zipped(xlsx_parts(rows))


def formulas() -> bytes:
    """Formulas that reach out, with the values they had."""
    evil = '<c t="str"><f>WEBSERVICE("http://169.254.169.254/")</f><v>42 EUR</v></c>'
    return zipped(xlsx_parts(row("name", "price") + f"<row>{cell('Tarn')}{evil}</row>"))


def wrong_shared_string() -> bytes:
    """Cells that point at shared strings the workbook does not have."""
    return zipped(xlsx_parts('<row><c t="s"><v>99999999</v></c></row>' * 3))


def encrypted_office() -> bytes:
    """What Office writes for a document with a password."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    return head + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 400


def zip_with_pdf(pdf: bytes) -> bytes:
    """A document after whose end a PDF follows."""
    return docx("I am a document.") + pdf


def truncated_docx() -> bytes:
    whole = docx(*["All of it, to the very end."] * 200)
    return whole[: len(whole) // 2]


def truncated_xlsx() -> bytes:
    whole = xlsx(*[("name", "price")] * 200)
    return whole[: len(whole) * 2 // 3]
