"""Read a site: from its first page along its links, or along a list, within bounds.

Breadth first, in the order of the links, two pages at a time. A run that was interrupted walks the
same way again and fetches nothing twice: what it had looked at is in the ledger.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from server.crawling.web_ledger import Ledger
from server.crawling.web_pace import AT_ONCE, PAUSE_SECONDS, pace_of
from server.crawling.web_pages import Look, Looker
from server.crawling.web_robots import Robots, load_robots
from server.crawling.web_urls import Scope, host_of, page_key
from tenants.errors import DeskError
from tenants.knowledge.source_pages import KnownPage, SeenPage
from tools.egress import AddressRefused, FetchFailed
from tools.egress_urls import read_url

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """How far a crawl goes."""

    max_depth: int = 3
    max_pages: int = 200
    max_bytes: int = 50_000_000
    total_seconds: float = 7_200
    failures_in_a_row: int = 20
    pause_seconds: float = PAUSE_SECONDS


@dataclass(slots=True)
class Crawled:
    """What a crawl found; `present` are the pages' names that are (or may be) there."""

    looked: int = 0
    n_bytes: int = 0
    counts: dict[str, int] = field(default_factory=dict[str, int])
    changed: dict[str, str] = field(default_factory=dict[str, str])  # name → address
    present: set[str] = field(default_factory=set[str])
    stopped: str = ""
    errors: list[tuple[str, DeskError]] = field(default_factory=list[tuple[str, DeskError]])


class Crawl:
    """One run over one site."""

    def __init__(
        self,
        looker: Looker,
        ledger: Ledger,
        scope: Scope,
        limits: CrawlLimits,
        *,
        on_progress: Progress,
    ) -> None:
        self._looker = looker
        self._ledger = ledger
        self._hosts = set(scope.hosts)
        self._scope = scope
        self._limits = limits
        self._on_progress = on_progress
        self._robots: dict[str, Robots | DeskError] = {}
        self._waiting: deque[tuple[str, int]] = deque()
        self._seen: set[str] = set()
        self._looked: set[str] = set()
        self._may_move = False  # whether the first page may lead to another host
        self._ends_at = time.monotonic() + limits.total_seconds
        self._failures = 0
        self._first_error: DeskError | None = None
        self.found = Crawled()

    async def along_links(self, first: str) -> Crawled:
        """Read a site from its first page. Raises: FetchFailed, AddressRefused where it has none."""
        if self._looker.polite:
            robots = await self._robots_of(first)
            if isinstance(robots, DeskError):
                raise robots
        self._may_move = True
        self._add(first, 0)
        await self._work(follow=True)
        if self._first_error is not None:
            raise self._first_error
        await self._probe()
        return self.found

    async def along_list(self, pages: Sequence[str], *, complete: bool) -> Crawled:
        """Read the pages of a list; what it left out is gone, if it is `complete`."""
        for page in pages:
            if self._scope.covers(page):
                self._add(page, 0)
        await self._work(follow=False)
        if not complete and not self.found.stopped:
            self.found.stopped = "part of the list could not be read"
        if self.found.stopped:
            self._keep_unseen()
        return self.found

    async def one(self, url: str) -> Crawled:
        """Read a single page. Raises: DeskError where it cannot be read."""
        self._may_move = True
        self._add(url, 0)
        await self._work(follow=False)
        if self._first_error is not None:
            raise self._first_error
        return self.found

    def _add(self, url: str, depth: int) -> None:
        key = page_key(url)
        if key in self._seen:
            return
        if len(self._seen) >= self._limits.max_pages:
            self.found.stopped = f"there are more than {self._limits.max_pages} pages"
            return
        self._seen.add(key)
        self._waiting.append((url, depth))

    async def _work(self, *, follow: bool) -> None:
        while self._waiting:
            if self._is_over():
                self._waiting.clear()
                return
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            looks = await asyncio.gather(*(self._look(url) for url, _ in batch))
            for (url, depth), look in zip(batch, looks, strict=True):
                await self._take(url, depth, look, follow=follow)
            total = self.found.looked + len(self._waiting)
            await self._on_progress(self.found.looked, total)

    def _is_over(self) -> bool:
        if self.found.n_bytes >= self._limits.max_bytes:
            self.found.stopped = f"the pages have more than {self._limits.max_bytes} bytes"
        elif time.monotonic() > self._ends_at:
            self.found.stopped = f"it took longer than {self._limits.total_seconds:g} s"
        elif self._failures >= self._limits.failures_in_a_row:
            self.found.stopped = f"{self._failures} pages in a row could not be read"
        else:
            return False
        return True

    async def _look(self, url: str) -> Look:
        key = page_key(url)
        before = self._ledger.done_by_this_run(key)
        if before is not None:
            return await self._again(before)
        pause = self._limits.pause_seconds
        if self._looker.polite:
            robots = await self._robots_of(url)
            if isinstance(robots, DeskError) or not robots.allows(url):
                return self._kept_away(url, robots)
            pause = max(pause, robots.delay_seconds)
        hosts = () if self._may_move else tuple(self._hosts)
        async with pace_of(host_of(url)).turn(pause):
            look = await self._looker.look(url, self._ledger.known.get(key), hosts=hosts)
        await self._ledger.note(look)
        return look

    async def _again(self, before: KnownPage) -> Look:
        """What this run found before it was interrupted."""
        links = await self._ledger.links(before.url)
        state = "unchanged" if before.state == "changed" and before.stored else before.state
        page = SeenPage(before.url, state, before.external_id, links=links)
        return Look(page, before.url, error=_told_before(before))

    def _kept_away(self, url: str, robots: Robots | DeskError) -> Look:
        """A page that robots.txt keeps us from; a document of it stays as it is."""
        known = self._ledger.known.get(page_key(url))
        page = SeenPage(url, "skipped", known.external_id if known is not None else None)
        error = robots if isinstance(robots, DeskError) else None
        return Look(page, url, follows=False, error=error)

    async def _take(self, url: str, depth: int, look: Look, *, follow: bool) -> None:
        found, page = self.found, look.page
        found.looked += 1
        found.n_bytes += page.n_bytes
        self._looked.add(page_key(url))
        if self._may_move:
            self._settle_first(look)
        elif look.error is not None and page.state != "gone":
            found.errors.append((url, look.error))
        state = await self._name(look)
        found.counts[state] = found.counts.get(state, 0) + 1
        self._failures = self._failures + 1 if state == "failed" else 0
        if follow and look.follows and depth < self._limits.max_depth:
            links = await self._ledger.links(page.url) if look.stands else page.links
            for link in links:
                if self._scope.covers(link):
                    self._add(link, depth + 1)

    def _settle_first(self, look: Look) -> None:
        """The first page says which host it all is about; without it there is nothing to do.

        One that is gone ends what was known of it, and says so where nothing was known.
        """
        self._may_move = False
        if look.page.state == "failed" or (look.page.state == "gone" and not self._ledger.known):
            self._first_error = look.error
        self._hosts.add(host_of(look.url))
        self._scope = replace(self._scope, hosts=frozenset(self._hosts))

    async def _name(self, look: Look) -> str:
        """Keep a page under its name; a second address of the same page counts as skipped."""
        page = look.page
        if page.external_id is None:
            return page.state
        self.found.present.add(page.external_id)
        if page.state == "changed":
            if self.found.changed.setdefault(page.external_id, page.url) != page.url:
                await self._ledger.note(Look(SeenPage(page.url, "skipped"), look.url))
                return "skipped"
        return page.state

    async def _probe(self) -> None:
        """Look at known pages to which nothing leads any more: gone, or only not linked."""
        if self.found.stopped:
            self._keep_unseen()
            return
        for key, known in list(self._ledger.known.items()):
            if known.external_id is not None and key not in self._seen:
                if self._scope.covers(known.url):
                    self._seen.add(key)
                    self._waiting.append((known.url, self._limits.max_depth))
        await self._work(follow=False)
        if self.found.stopped:
            self._keep_unseen()

    def _keep_unseen(self) -> None:
        """Pages that the run did not reach stay as they are."""
        self.found.present |= {
            known.external_id
            for key, known in self._ledger.known.items()
            if known.external_id is not None and key not in self._looked
        }

    async def _robots_of(self, url: str) -> Robots | DeskError:
        origin = read_url(url).origin
        found = self._robots.get(origin)
        if found is None:
            try:
                found = await load_robots(self._looker.client, url, limits=self._looker.limits)
            except (FetchFailed, AddressRefused) as error:
                found = error
            self._robots[origin] = found
        return found


def _told_before(before: KnownPage) -> DeskError | None:
    if before.state == "failed":
        return FetchFailed(f"{before.url}: it could not be read before the interruption")
    return None
