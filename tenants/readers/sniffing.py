"""Which format a file is: what its name or media type declares, and its first bytes confirm.

A file that is two things at once is read as the one it is declared to be, if it is that at all.
"""

import re

from tenants.readers.archives import members_of
from tenants.readers.asked import Asked
from tenants.readers.refusals import Refused

_BY_ENDING = {
    "pdf": "pdf", "docx": "docx", "docm": "docx", "dotx": "docx", "xlsx": "xlsx", "xlsm": "xlsx",
    "html": "html", "htm": "html", "xhtml": "html", "md": "markdown", "markdown": "markdown",
    "mdx": "markdown", "txt": "text", "text": "text", "log": "text", "rst": "text", "csv": "csv",
    "tsv": "csv", "tab": "csv", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl",
}  # fmt: skip
_BY_MEDIA_TYPE = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/html": "html", "application/xhtml+xml": "html", "text/markdown": "markdown",
    "text/x-markdown": "markdown", "text/plain": "text", "text/csv": "csv",
    "text/tab-separated-values": "csv", "application/csv": "csv", "application/json": "json",
    "text/json": "json", "application/ld+json": "json", "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl", "application/x-jsonlines": "jsonl",
}  # fmt: skip
_NAMES = {
    "pdf": "a PDF", "docx": "a Word document (.docx)", "xlsx": "an Excel workbook (.xlsx)",
    "html": "an HTML page", "markdown": "Markdown", "text": "text", "csv": "a CSV table",
    "json": "JSON", "jsonl": "JSON lines",
}  # fmt: skip
_FOREIGN = (
    (b"MZ", "a Windows program"), (b"\x7fELF", "a Linux program"), (b"GIF8", "a picture (GIF)"),
    (b"\x89PNG", "a picture (PNG)"), (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"II*\x00", "a picture (TIFF)"), (b"MM\x00*", "a picture (TIFF)"),
    (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"), (b"{\\rtf", "an RTF document; save it as .docx"),
    (b"%!PS", "a PostScript file; save it as PDF"), (b"\xca\xfe\xba\xbe", "a program"),
    (b"OggS", "a sound"), (b"ID3", "a sound"), (b"fLaC", "a sound"),
    (b"SQLite format 3\x00", "a database"), (b"PAR1", "a Parquet table; save it as CSV"),
)  # fmt: skip
_RIFF = {b"WEBP": "a picture (WebP)", b"WAVE": "a sound", b"AVI ": "a film"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_LEAD = b"\xef\xbb\xbf \t\r\n\x00"
_HTML = re.compile(rb"\s*(?:<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->|\s)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)  # fmt: skip
_TEXTUAL = frozenset(("html", "markdown", "text", "csv", "json", "jsonl"))


def format_of(asked: Asked) -> str:
    """One of the formats that have a reader. Raises: Refused."""
    found, words = _by_content(asked.content)
    declared = _declared(asked)
    if found in declared:
        return found
    if found == "text" and (textual := [one for one in declared if one in _TEXTUAL]):
        return textual[0]
    if found is None or (declared and found != "text"):
        if declared:
            raise Refused(f"it is declared to be {_NAMES[declared[0]]}, but it is {words}")
        raise Refused(f"it is {words}")
    if declared:
        raise Refused(f"it is declared to be {_NAMES[declared[0]]}, but it does not begin like one")
    if found == "text":
        return _kind_of_text(asked.content)
    return found


def _declared(asked: Asked) -> list[str]:
    media_type = (asked.media_type or "").partition(";")[0].strip().lower()
    declared: list[str] = []
    for kind in (_BY_ENDING.get(asked.ending), _BY_MEDIA_TYPE.get(media_type)):
        if kind and kind not in declared:
            declared.append(kind)
    if media_type == "text/plain" and len(declared) > 1:
        return declared[:1]  # what browsers and programs say when they do not know
    if "://" in asked.name:
        declared.reverse()  # a server knows better what it sends than the end of an address
    return declared


def _by_content(content: bytes) -> tuple[str | None, str]:
    """The format that the first bytes show (`text` for any text), or None; and its name."""
    head = content[:4096]
    bare = head.lstrip(_LEAD)
    if bare.startswith(b"%PDF-"):
        return "pdf", _NAMES["pdf"]
    if head.startswith(_ZIPS):
        return _by_members(content)
    if head.startswith(_OLE):
        if _ENCRYPTED_OFFICE in content:
            return None, "an encrypted Office document; save it without a password"
        return None, "an old Office document (.doc, .xls); save it as .docx or .xlsx"
    for magic, words in _FOREIGN:
        if head.startswith(magic):
            return None, words
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return None, _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return None, "a film"
    return "text", "text"


def _by_members(content: bytes) -> tuple[str | None, str]:
    names = {info.filename for info in members_of(content)}
    if "word/document.xml" in names:
        return "docx", _NAMES["docx"]
    if "xl/workbook.xml" in names:
        return "xlsx", _NAMES["xlsx"]
    if "[Content_Types].xml" in names:
        if any(name.startswith("ppt/") for name in names):
            return None, "a PowerPoint presentation; save it as PDF"
        if any(name.startswith("word/") for name in names):
            return None, "a Word document without its text (word/document.xml is missing)"
        if any(name.startswith("xl/") for name in names):
            return None, "an Excel workbook without its sheets (xl/workbook.xml is missing)"
    if "META-INF/manifest.xml" in names and "content.xml" in names:
        return None, "an OpenDocument file; save it as .docx or .xlsx"
    return None, "a ZIP archive; send its files one by one"


def _kind_of_text(content: bytes) -> str:
    if _HTML.match(content[:8192].lstrip(b"\xef\xbb\xbf")):
        return "html"
    bare = content[:4096].lstrip(_LEAD)
    return "json" if bare[:1] in (b"{", b"[") and content.rstrip()[-1:] in (b"}", b"]") else "text"
