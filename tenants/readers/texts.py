"""Bytes become text whatever their encoding, and text becomes what can be stored and searched."""

import codecs
import re
from importlib import import_module

from tenants.readers.refusals import Refused

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 50_000
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# invisible: zero-width spaces, direction overrides, tags; the joiners of Persian and emoji stay
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\u00ad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_MAX_CONTROLS = 0.02
_MAX_ZEROS = 0.2  # fields that are filled up with them


def decoded(content: bytes, declared: str | None = None) -> tuple[str, list[str]]:
    """The text and what was odd about it. Raises: Refused where it is no text at all."""
    warnings: list[str] = []
    text = _decode(content, declared, warnings)
    controls, zeros = len(_CONTROLS.findall(text)), text.count("\x00")
    if controls > max(8, len(text) * _MAX_CONTROLS) or zeros > max(8, len(text) * _MAX_ZEROS):
        raise Refused("it is no text: it is full of control characters (a program, a picture?)")
    if controls + zeros:
        warnings.append(f"{controls + zeros} control characters were left out")
    return tidied(text), warnings


def tidied(text: str) -> str:
    """The text without what nobody sees, in one kind of line break, as UTF-8 can hold it."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", text)


def _decode(content: bytes, declared: str | None, warnings: list[str]) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _with_holes(content[len(mark) :], encoding, warnings)
    wide = _wide(content[:_SAMPLE_BYTES])
    if wide:
        return _with_holes(content, wide, warnings)
    if declared:
        try:
            return content.decode(declared)
        except (UnicodeDecodeError, LookupError, ValueError):
            warnings.append(f"it declares the encoding {declared[:40]!r}, which does not fit")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(content) - 3 and error.start > 3:
            warnings.append("the last character is cut off")
            return content[: error.start].decode("utf-8")
    # few files need the library that guesses, and it is a quarter of the start of a child
    encoding: str = import_module("tenants.readers.guessing").guessed(content[:_SAMPLE_BYTES])
    warnings.append(f"it is no UTF-8; it was read as {encoding}")
    return _with_holes(content, encoding, warnings)


def _with_holes(content: bytes, encoding: str, warnings: list[str]) -> str:
    text = content.decode(encoding, "replace")
    if "\ufffd" in text:
        warnings.append(f"{text.count(chr(0xFFFD))} characters could not be read")
    return text


def _wide(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: Latin text has zeros at the same place of every character."""
    if len(sample) < 8 or b"\x00" not in sample:
        return None
    sample = sample[: len(sample) // 4 * 4]
    zeros = [sample[place::4].count(0) / (len(sample) // 4) for place in range(4)]
    for encoding, high in (
        ("utf-32-le", (1, 2, 3)), ("utf-32-be", (0, 1, 2)),
        ("utf-16-le", (1, 3)), ("utf-16-be", (0, 2)),
    ):  # fmt: skip
        low = [place for place in range(4) if place not in high]
        if all(zeros[p] > 0.6 for p in high) and all(zeros[p] < 0.1 for p in low):
            return encoding
    return None
