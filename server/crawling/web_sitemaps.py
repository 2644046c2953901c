"""Sitemaps: the pages that a site lists, in one file or in an index of files, packed or not.

Source: the sitemaps.org protocol 0.9. XML with entities or a document type is refused; a file that
lists itself, or too many others, is read once and then no further.
"""

import asyncio
import io
import zlib
from collections import deque
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from server.crawling.web_urls import fetched_as, resolved
from tenants.errors import DeskError, TooLarge
from tools.egress import AddressRefused, FetchFailed, FetchLimits, GuardedClient, fetch
from tools.egress_bodies import Gunzip

MAX_FILES = 50
MAX_DEPTH = 3
MAX_FILE_BYTES = 52_428_800  # as the protocol has it
MAX_LISTED = 50_000
MAX_PACKED_RATIO = 200


@dataclass(frozen=True, slots=True)
class SitemapFile:
    """One file: the pages it lists, or the files."""

    pages: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Listing:
    """What a sitemap lists in all; not `complete` where something could not be read or was cut."""

    pages: list[str] = field(default_factory=list[str])
    complete: bool = True
    errors: list[tuple[str, DeskError]] = field(default_factory=list[tuple[str, DeskError]])


async def list_pages(
    client: GuardedClient, url: str, *, max_pages: int, limits: FetchLimits
) -> Listing:
    """The pages of a sitemap and of the files that it names.

    Raises: AddressRefused, FetchFailed, TooLarge where the sitemap itself cannot be read.
    """
    listing = Listing()
    found: dict[str, None] = {}
    first = fetched_as(url)
    seen = {first}
    waiting = deque([(first, 0)])
    while waiting and len(found) < max_pages:
        address, depth = waiting.popleft()
        try:
            file = await _load(client, address, limits)
        except (AddressRefused, FetchFailed, TooLarge) as error:
            if address == first:
                raise
            listing.complete = False
            listing.errors.append((address, error))
            continue
        for page in file.pages:
            target = resolved(address, page)
            if target is not None:
                found[target] = None
        for name in file.files:
            target = resolved(address, name)
            if target is None or target in seen:
                continue
            if len(seen) >= MAX_FILES or depth >= MAX_DEPTH:
                listing.complete = False
                continue
            seen.add(target)
            waiting.append((target, depth + 1))
    if waiting or len(found) > max_pages:
        listing.complete = False
    listing.pages = list(found)[:max_pages]
    return listing


async def _load(client: GuardedClient, url: str, limits: FetchLimits) -> SitemapFile:
    answer = await fetch(client, url, limits=replace(limits, max_bytes=MAX_FILE_BYTES))
    if answer.status != 200:
        raise FetchFailed(f"{url} answers {answer.status}, no sitemap")
    return await asyncio.to_thread(read_sitemap, answer.content, url)


def read_sitemap(content: bytes, url: str) -> SitemapFile:
    """What one file lists: XML or a line a page, packed by gzip or not.

    Raises: FetchFailed, TooLarge.
    """
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, url)
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"<"):
        return _lines(content, url)
    try:
        return _elements(start)
    except DefusedXmlException:
        raise FetchFailed(f"{url}: the sitemap declares entities or a document type") from None
    except (ParseError, ValueError, LookupError) as error:
        raise FetchFailed(f"{url}: the sitemap is no XML ({error})") from None


def _elements(content: bytes) -> SitemapFile:
    """The addresses in `<loc>`, as far as there are at most so many."""
    file = SitemapFile()
    inside: list[str] = []
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        name = str(element.tag).rpartition("}")[2].lower()
        if event == "start":
            inside.append(name)
            if len(inside) == 1 and name not in ("urlset", "sitemapindex"):
                raise ValueError(f"it begins with <{name[:40]}>, not with <urlset>")
            if len(inside) > 50:
                raise ValueError("it is nested too deeply")
            continue
        inside.pop()
        if name == "loc" and inside and inside[-1] in ("url", "sitemap") and element.text:
            target = file.pages if inside[-1] == "url" else file.files
            target.append(element.text.strip()[:4_000])
        if len(inside) <= 1:
            element.clear()
        if len(file.pages) + len(file.files) >= MAX_LISTED:
            break
    return file


def _lines(content: bytes, url: str) -> SitemapFile:
    lines = content.decode("utf-8-sig", errors="replace").split("\n")[:MAX_LISTED]
    pages = [line.strip() for line in lines if line.strip()]
    if not pages or not all(page.startswith(("http://", "https://")) for page in pages[:100]):
        raise FetchFailed(f"{url}: it is no sitemap")
    return SitemapFile(pages=pages)


def _unpacked(content: bytes, url: str) -> bytes:
    unpacking = Gunzip()
    unpacked = bytearray()
    most = min(MAX_FILE_BYTES, max(1_000_000, MAX_PACKED_RATIO * len(content)))
    try:
        for part in unpacking.feed(content):
            unpacked += part
            if len(unpacked) > most:
                raise TooLarge(f"{url}: the sitemap unpacks to more than {most} bytes")
    except zlib.error:
        raise FetchFailed(f"{url}: the packed sitemap is damaged") from None
    if not unpacking.ended:
        raise FetchFailed(f"{url}: the packed sitemap breaks off")
    return bytes(unpacked)
