"""ZIP containers are believed nothing: what they declare is checked before anything is unpacked."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from tenants.readers.limits import ParseLimits
from tenants.readers.refusals import Refused, TooMuch

_SMALL_BYTES = 20_000_000  # below this any ratio is harmless
_CHUNK_BYTES = 1 << 16
_XML = (".xml", ".rels", ".vml")
# as UTF-8 and as the two kinds of UTF-16 write it; no part of an Office document has one
_DOCTYPES = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!doctype", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


def members_of(content: bytes) -> list[zipfile.ZipInfo]:
    """What the archive says it holds. Raises: Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise Refused("the file is damaged or cut off: its ZIP container has no list") from error


def checked_archive(content: bytes, limits: ParseLimits) -> zipfile.ZipFile:
    """The archive, when what it declares is within bounds and its XML is plain. Raises: Refused."""
    members = members_of(content)
    _check_declared(members, len(content), limits)
    archive = zipfile.ZipFile(io.BytesIO(content))
    for member in members:
        if member.filename.lower().endswith(_XML):
            _check_xml(archive, member, limits)
    return archive


def _check_declared(members: list[zipfile.ZipInfo], size: int, limits: ParseLimits) -> None:
    if len(members) > limits.archive_members:
        raise TooMuch(f"it holds {len(members)} parts; at most {limits.archive_members}")
    total = sum(member.file_size for member in members)
    if total > limits.archive_bytes or (
        total > _SMALL_BYTES and total > size * limits.archive_ratio
    ):
        raise TooMuch(f"it declares {_size(total)} inside {_size(size)}")
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if member.flag_bits & 0x1:
            raise Refused("it is encrypted")
        if name in seen:
            raise Refused(f"the file is damaged: it has the part {name[:80]!r} twice")
        seen.add(name)
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts:
            raise Refused(f"it has a part that points outside of it: {name[:80]!r}")
        if (member.external_attr >> 16) & 0o170000 == 0o120000:
            raise Refused(f"it has a link in place of a part: {name[:80]!r}")
        if name.lower().endswith(_XML) and member.file_size > limits.archive_part_bytes:
            raise TooMuch(f"its part {name[:80]!r} declares {_size(member.file_size)}")


def _check_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: ParseLimits) -> None:
    """Unpack one part as a stream: its declared size holds, and it declares no entities."""
    keep = max(map(len, _DOCTYPES)) - 1
    tail = b""
    for part in _unpacked(archive, member, limits.archive_part_bytes):
        window = tail + part
        if any(doctype in window for doctype in _DOCTYPES):
            raise Refused(
                f"its part {member.filename[:80]!r} declares XML entities, which are not read"
            )
        tail = window[-keep:]


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> Iterator[bytes]:
    size = 0
    try:
        with archive.open(member) as part:
            while block := part.read(_CHUNK_BYTES):
                size += len(block)
                if size > max_bytes:
                    raise TooMuch(f"its part {member.filename[:80]!r} is too large")
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refused(
            f"the file is damaged: its part {member.filename[:80]!r} cannot be unpacked"
        ) from error


def _size(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{max(1, size // 1000)} kB"
