"""A body while it comes in: counted as it is on the wire, and again as it unpacks."""

import zlib
from collections.abc import Iterator

import httpx2

from tenants.errors import TooLarge
from tools.errors import FetchFailed

_PIECE_BYTES = 65_536
_BOMB_FROM_BYTES = 1_000_000


class Body:
    """What was read of an answer; `is_cut` where it was longer than wanted."""

    def __init__(self, url: str, *, max_bytes: int, max_ratio: int, cut: bool) -> None:
        self._url = url
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._cut = cut
        self.content = bytearray()
        self.wire_bytes = 0
        self.is_cut = False

    async def read(self, response: httpx2.Response) -> None:
        """Take it all, or as much as is wanted. Raises: TooLarge, FetchFailed."""
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced[:20]) > self._max_bytes and not self._cut:
            raise self._too_large()
        packing = response.headers.get("content-encoding", "").strip().lower() or "identity"
        if packing not in ("identity", "gzip", "x-gzip"):
            raise FetchFailed(f"{self._url}: packed as {packing[:40]!r}, which was not asked for")
        unpacking = None if packing == "identity" else Gunzip()
        async for piece in response.aiter_raw():
            self.wire_bytes += len(piece)
            try:
                for part in [piece] if unpacking is None else unpacking.feed(piece):
                    self._take(part)
                    if self.is_cut:
                        return
            except zlib.error:
                raise FetchFailed(f"{self._url}: the packed content is damaged") from None
        if unpacking is not None and not unpacking.ended:
            raise FetchFailed(f"{self._url}: the packed content breaks off")

    def _take(self, part: bytes) -> None:
        self.content += part
        if max(len(self.content), self.wire_bytes) > self._max_bytes:
            if not self._cut:
                raise self._too_large()
            del self.content[self._max_bytes :]
            self.is_cut = True
        if len(self.content) > max(_BOMB_FROM_BYTES, self._max_ratio * self.wire_bytes):
            raise TooLarge(f"{self._url}: it unpacks to over {self._max_ratio} times its size")

    def _too_large(self) -> TooLarge:
        return TooLarge(f"{self._url}: it has more than {self._max_bytes} bytes")


class Gunzip:
    """Unpacks gzip in small pieces, member after member."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)

    @property
    def ended(self) -> bool:
        """Whether the last member is complete."""
        return self._member.eof

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """What these bytes unpack to, piece by piece. Raises: zlib.error."""
        while packed:
            if self._member.eof:
                packed = packed.lstrip(b"\0")  # padding between members
                if not packed:
                    return
                self._member = zlib.decompressobj(31)
            part = self._member.decompress(packed, _PIECE_BYTES)
            packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if part:
                yield part
