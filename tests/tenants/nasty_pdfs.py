"""PDFs by hand: good ones, and those that somebody made to hurt."""

import zlib
from collections.abc import Sequence

_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"  # fmt: skip
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"

Line = tuple[int, str]  # size of the letters, words


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s>>\n" % (len(objects) + 1, trailer)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object with its length."""
    return b"<< /Length %d %s>>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def written(lines: Sequence[Line]) -> bytes:
    """What draws lines from the top of a page on; a line that ends a sentence has room below."""
    drawn = [b"BT"]
    y = 740
    for size, words in lines:
        shown = words.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)")
        drawn.append(b"/F1 %d Tf 1 0 0 1 72 %d Tm (%s) Tj" % (size, y, shown))
        y -= size + (14 if words.endswith((".", "?")) else 4)
    return b"\n".join([*drawn, b"ET"])


def pdf(*pages: Sequence[Line], trailer: bytes = b"") -> bytes:
    """A good PDF."""
    return _with_contents([stream(written(page)) for page in pages], trailer)


def plain_pdf() -> bytes:
    return pdf([(20, "Returns"), (11, "Worn shoes go back within thirty days.")])


def _with_contents(contents: Sequence[bytes], trailer: bytes = b"") -> bytes:
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(contents)))
    objects = [_CATALOG, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(contents), kids), _FONT]
    for number, content in enumerate(contents):
        objects += [_PAGE % (5 + 2 * number), content]
    return assembled(objects, trailer)


def flate_bomb() -> bytes:
    """200 MB of blanks in a content stream of 200 kB."""
    packer = zlib.compressobj(9)
    block = b" " * 1_000_000
    packed = b"".join(packer.compress(block) for _ in range(200)) + packer.flush()
    return _with_contents([stream(packed, b"/Filter /FlateDecode ")])


def nested_filters() -> bytes:
    """A bomb in a bomb: 300 MB behind two filters, a few hundred bytes in the file."""
    packer = zlib.compressobj(9)
    block = b"\x00" * 1_000_000
    inner = b"".join(packer.compress(block) for _ in range(300)) + packer.flush()
    packed = zlib.compress(inner, 9)
    return _with_contents([stream(packed, b"/Filter [/FlateDecode /FlateDecode] ")])


def many_filters() -> bytes:
    """A thousand filters in a row."""
    return _with_contents([stream(b"61>", b"/Filter [" + b"/ASCIIHexDecode " * 1000 + b"] ")])


def page_tree_loop() -> bytes:
    return assembled([_CATALOG, b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>", _FONT])


def deep_page_tree() -> bytes:
    """20,000 levels of page tree."""
    levels = [
        b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (number + 3) for number in range(20_000)
    ]
    return assembled([_CATALOG, *levels, b"<< /Type /Page /Parent 2 0 R >>"])


def many_pages() -> bytes:
    """100,000 pages, all the same one."""
    kids = b"4 0 R " * 100_000
    objects = [_CATALOG, b"<< /Type /Pages /Count 100000 /Kids [%s] >>" % kids, _FONT]
    return assembled([*objects, _PAGE % 5, stream(written([(11, "Again.")]))])


def claimed_pages() -> bytes:
    """One page, and a count that says two thousand million."""
    objects = [_CATALOG, b"<< /Type /Pages /Count 2000000000 /Kids [4 0 R] >>", _FONT]
    return assembled([*objects, _PAGE % 5, stream(written([(11, "Only one.")]))])


def cross_reference_loop() -> bytes:
    """A trailer whose `Prev` points at itself."""
    whole = plain_pdf()
    at = whole.rindex(b"xref\n0")
    return plain_pdf().replace(b"/Root 1 0 R", b"/Prev %d /Root 1 0 R" % at)


def object_stream_loop() -> bytes:
    """An object stream that extends itself, and a page that lies in it."""
    inside = b"4 0 5 3 " + b"1 0 R 2 0 R"
    packed = stream(inside, b"/Type /ObjStm /N 2 /First 8 /Extends 3 0 R ")
    objects = [_CATALOG, b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>", packed, b"4 0 R", b"5 0 R"]
    return assembled(objects)


def form_loop() -> bytes:
    """A form that draws itself twice."""
    form = stream(
        b"/X Do /X Do",
        b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> ",
    )
    page = _PAGE.replace(b"/Font <<", b"/XObject << /X 6 0 R >> /Font <<") % 5
    pages = b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>"
    return assembled([_CATALOG, pages, _FONT, page, stream(b"/X Do"), form])


def many_operators() -> bytes:
    """A content stream of ten million operators in a few kilobytes."""
    packed = zlib.compress(b"q Q " * 4_500_000, 9)
    return _with_contents([stream(packed, b"/Filter /FlateDecode ")])


def deep_arrays() -> bytes:
    """A content stream of 500,000 opened arrays."""
    return _with_contents([stream(b"[" * 500_000)])


def encrypted() -> bytes:
    """A PDF that asks for a password nobody gave."""
    guard = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >>" % (b"o" * 32, b"u" * 32)
    return pdf(
        [(11, "Secret.")],
        trailer=b"/ID [<6162> <6162>] /Encrypt " + guard + b" ",
    )


def strange_encryption() -> bytes:
    guard = b"<< /Filter /Nobody /V 99 >>"
    return pdf([(11, "Secret.")], trailer=b"/ID [<61> <61>] /Encrypt " + guard + b" ")


def without_text() -> bytes:
    """Two scanned pages: pictures only."""
    drawn = b"q 100 0 0 100 0 0 cm 0 0 1 rg 0 0 1 1 re f Q"
    return _with_contents([stream(drawn), stream(drawn)])


def truncated() -> bytes:
    whole = pdf([(11, "All of it, to the very end.")] * 40)
    return whole[: len(whole) // 3]


def only_a_header() -> bytes:
    return b"%PDF-1.7\n%%EOF\n"


def pdf_with_html() -> bytes:
    """A PDF after whose end a web page follows."""
    return plain_pdf() + b"<html><body><script>alert(1)</script>I am a page</body></html>"


def html_with_pdf() -> bytes:
    """A web page in front of a PDF."""
    return b"<html><body>I am a page</body></html>\n" + plain_pdf()
