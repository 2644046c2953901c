"""One look at one page: what it says, what it leads to, or why it says nothing to us."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from server.crawling.web_urls import host_of, links_of, page_key, resolved
from tenants.errors import DeskError, TooLarge, Unreadable
from tenants.knowledge.source_pages import KnownPage, SeenPage, State
from tenants.parsing import Parsed, ParseLimits
from tools.egress import AddressRefused, Fetched, FetchFailed, FetchLimits, GuardedClient, fetch

MAX_LINKS = 1_000  # of one page
MAX_VALIDATOR_CHARS = 300
PAGE_TYPES = frozenset(
    ("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf")
)
DOCUMENT_TYPES = PAGE_TYPES | {
    "text/csv",
    "text/x-markdown",
    "application/json",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_GONE = (404, 410)


class Parse(Protocol):
    """Whatever turns a file into text: `tenants.parsing.parse`, or a test's own."""

    async def __call__(
        self,
        content: bytes,
        name: str,
        media_type: str | None = None,
        *,
        limits: ParseLimits | None = None,
        main_text: bool = False,
    ) -> Parsed:
        """What the file holds. Raises: Unreadable, TooLarge."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found; `stands` where all that is known of the page still holds."""

    page: SeenPage
    url: str  # where the page is in the end, redirects followed
    stands: bool = False
    follows: bool = True
    error: DeskError | None = None


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks at pages; a `polite` one keeps to noindex and nofollow."""

    client: GuardedClient
    parse: Parse
    limits: FetchLimits
    polite: bool = True
    full: bool = False  # also what has not changed is read again

    async def look(self, url: str, known: KnownPage | None, *, hosts: Sequence[str] = ()) -> Look:
        """Fetch and read a page; one that leads outside `hosts` (where given) is left alone."""
        row = known.url if known is not None else url
        try:
            asked = _conditions(known) if not self.full else {}
            types = PAGE_TYPES if self.polite else DOCUMENT_TYPES
            answer = await fetch(
                self.client, url, limits=self.limits, media_types=types, headers=asked
            )
            if answer.status == 304 and asked and known is not None:
                return _as_before(known, answer)
            if answer.status in _GONE:
                gone = FetchFailed(f"{url} answers {answer.status}: the page is gone")
                return Look(SeenPage(row, "gone"), answer.url, error=gone)
            if answer.status != 200:
                raise FetchFailed(f"{url} answers {answer.status}")
            if hosts and host_of(answer.url) not in hosts:
                return Look(SeenPage(row, "skipped"), answer.url, follows=False)
            if not self.full and known is not None and known.body_hash == _hash_of(answer):
                return _as_before(known, answer)
            return await self._read(row, answer, known)
        except (FetchFailed, AddressRefused, TooLarge, Unreadable) as error:
            shown = {"code": error.code, "detail": error.detail}
            external_id = known.external_id if known is not None else None
            return Look(
                SeenPage(row, "failed", external_id, error=shown), url, stands=True, error=error
            )

    async def _read(self, row: str, answer: Fetched, known: KnownPage | None) -> Look:
        parsed = await self.parse(answer.content, answer.url, answer.content_type, main_text=True)
        told = (
            {one.lower() for one in parsed.robots} | _header_robots(answer) if self.polite else ()
        )
        links = links_of(
            answer.url,
            [link.href for link in parsed.links if not (self.polite and link.nofollow)],
            limit=MAX_LINKS,
        )
        if {"nofollow", "none"} & set(told):
            links = []
        if {"noindex", "none"} & set(told):
            page = SeenPage(row, "skipped", links=links, n_bytes=len(answer.content))
            return Look(page, answer.url)
        read = read_of(parsed, answer)
        text_hash = hashlib.sha256(f"{read['title']}\0{read['text']}".encode()).digest()
        same = known is not None and known.stored and known.text_hash == text_hash
        fresh = not same or self.full
        page = SeenPage(
            row,
            "changed" if fresh else "unchanged",
            external_id=external_id_of(parsed, answer.url),
            etag=_validator(answer, "etag"),
            last_modified=_validator(answer, "last-modified"),
            body_hash=_hash_of(answer),
            text_hash=text_hash,
            links=links,
            read=read if fresh else None,
            n_bytes=len(answer.content),
        )
        return Look(page, answer.url)


def read_of(parsed: Parsed, answer: Fetched) -> dict[str, Any]:
    """What is kept of a page until it is written. Raises: Unreadable."""
    text = parsed.text
    if text is None or not text.strip():
        raise Unreadable(f"{answer.url}: the page has no text")
    name = urlsplit(answer.url).path.rstrip("/").rpartition("/")[2] or host_of(answer.url)
    title = (parsed.title or name)[:500]
    source: dict[str, Any] = {
        "url": answer.url,
        "title": title,
        "fetched_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "format": parsed.format,
    }
    if parsed.pages:
        source["pages"] = parsed.pages
    return {"title": title, "text": text, "source": source}


def external_id_of(parsed: Parsed, url: str) -> str:
    """The one name of a page: what it calls its canonical address, if that is on its own host."""
    if parsed.canonical_url:
        named = resolved(url, parsed.canonical_url)
        if named is not None and host_of(named) == host_of(url):
            return page_key(named)
    return page_key(url)


def _as_before(known: KnownPage, answer: Fetched) -> Look:
    """A page that says what it said, whether that is written already or not."""
    state: State = "unchanged" if known.stored else "changed"
    page = SeenPage(known.url, state, known.external_id, n_bytes=len(answer.content))
    return Look(page, answer.url, stands=True)


def _hash_of(answer: Fetched) -> bytes:
    """Of the page byte for byte, and of where it is: its links and its name depend on that."""
    said = f"{answer.url}\0{answer.content_type}\0{answer.headers.get('x-robots-tag', '')}\0"
    return hashlib.sha256(said.encode() + answer.content).digest()


def _conditions(known: KnownPage | None) -> dict[str, str]:
    if known is None or not (known.stored or known.has_read):
        return {}
    asked: dict[str, str] = {}
    if known.etag:
        asked["if-none-match"] = known.etag
    if known.last_modified:
        asked["if-modified-since"] = known.last_modified
    return asked


def _validator(answer: Fetched, name: str) -> str | None:
    value = answer.headers.get(name, "")
    if not value or len(value) > MAX_VALIDATOR_CHARS or not value.isascii():
        return None
    if name == "last-modified":
        try:
            parsedate_to_datetime(value)
        except ValueError:
            return None
    return value


def _header_robots(answer: Fetched) -> set[str]:
    """What `X-Robots-Tag` says to everybody or to us."""
    told: set[str] = set()
    for one in answer.headers.get("x-robots-tag", "").lower().split(","):
        agent, colon, rule = one.strip().partition(":")
        if not colon:
            told.add(agent)
        elif agent.strip() == "frontdesk":
            told.add(rule.strip())
    return told
