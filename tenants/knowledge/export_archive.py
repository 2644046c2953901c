"""A knowledge base as a ZIP file: `manifest.json` and `entries.jsonl`, the same bytes every time.

One line an entry, in the shape that imports read. Times inside the file are fixed and the order is
by `external_id`, then by content, so that two exports of the same entries are equal.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from tenants.errors import DeskError, Invalid, TooLarge
from tenants.knowledge.import_entries import FORMS, Entry
from tenants.parsing import Unreadable

FORMAT = "frontdesk-knowledge"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
ENTRIES = "entries.jsonl"
MAX_BYTES = 64_000_000  # unpacked
MAX_LINE_BYTES = 24_000_000
MAX_CONTAINERS = 600_000  # a list or object takes 60 times its two bytes in memory
MAX_VALUES = 3_000_000
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_TEXTS = "kind title text question answer external_id language category valid_from valid_until"
_KINDS_OF: dict[str, type] = dict.fromkeys(_TEXTS.split(), str) | {
    "chunks": list,
    "keywords": list,
    "priority": int,
    "active": bool,
    "source": dict,
    "pages": list,
}
_TAKEN = frozenset({*_KINDS_OF, "data"})


def line_of(entry: Entry) -> bytes:
    """One entry as its line."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class ArchiveWriter:
    """Packs lines as they come; `take` hands out what is packed so far."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        told = {"format": FORMAT, "format_version": FORMAT_VERSION, **manifest}
        self._zip.writestr(_info(MANIFEST), json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        self._entries = self._zip.open(_info(ENTRIES), "w", force_zip64=True)

    def add(self, line: bytes) -> None:
        """Pack one line."""
        self._entries.write(line)

    def take(self) -> bytes:
        """The bytes that are ready."""
        return self._sink.take()

    def close(self) -> bytes:
        """The last bytes."""
        self._entries.close()
        self._zip.close()
        return self._sink.take()


def is_archive(content: bytes) -> bool:
    """Whether this is a ZIP file that holds entries (a spreadsheet is a ZIP file as well)."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return ENTRIES in packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def read_entries(content: bytes) -> Iterator[tuple[int, Entry | DeskError]]:
    """The entries with their line numbers, or what is wrong with one. Raises: Unreadable, TooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_manifest(packed)
            yield from _entries(packed)
    except _DAMAGED as error:
        raise Unreadable(f"the ZIP file is damaged: {error}") from None


def _check_manifest(packed: zipfile.ZipFile) -> None:
    try:
        manifest = json.loads(b"".join(_bounded(packed, MANIFEST, 1_000_000)))
    except (KeyError, ValueError, RecursionError):
        raise Unreadable(
            f"the ZIP file has no readable {MANIFEST}; it is no export of ours"
        ) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unreadable(f"{MANIFEST} does not say that this is an export of ours")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise Unreadable(f"{MANIFEST}: this release reads format_version {FORMAT_VERSION}")


def _entries(packed: zipfile.ZipFile) -> Iterator[tuple[int, Entry | DeskError]]:
    rest = b""
    number = opened = values = 0
    for part in _bounded(packed, ENTRIES, MAX_BYTES):
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            raise TooLarge(f"a line of {ENTRIES} has more than {MAX_LINE_BYTES} bytes")
        for line in lines:
            number += 1
            opened += line.count(b"[") + line.count(b"{")
            values += line.count(b",")
            if opened > MAX_CONTAINERS or values > MAX_VALUES:
                raise TooLarge(f"{ENTRIES} holds more lists, objects or values than an import may")
            yield number, _entry(line)
    if rest.strip():  # every line that we write ends; one that does not was cut off
        raise Unreadable(f"{ENTRIES} ends in the middle of a line")


def _bounded(packed: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """A member's bytes, counted while they are unpacked: what it declares is not believed."""
    told = TooLarge(f"{name} unpacks to more than {most} bytes")
    if packed.getinfo(name).file_size > most:
        raise told
    count = 0
    with packed.open(name) as member:
        while part := member.read(1 << 18):
            count += len(part)
            if count > most:
                raise told
            yield part


def _entry(line: bytes) -> Entry | DeskError:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Invalid(f"not JSON: {error}"[:300])
    if not isinstance(entry, dict):
        return Invalid("an entry is an object")
    unknown = sorted(set(entry) - _TAKEN)
    if unknown:
        return Invalid(f"unknown field {unknown[0]!r}"[:300])
    if sum(form in entry for form in FORMS) != 1:
        return Invalid(f"an entry has exactly one of {', '.join(FORMS)}")
    for name, kind in _KINDS_OF.items():
        if name in entry and not isinstance(entry[name], kind):
            return Invalid(f"{name}: not of the kind that an export writes")
    return entry


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3  # the same on every system
    return info


class _Sink(io.RawIOBase):
    """Where the packer writes; it cannot be rewound."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
