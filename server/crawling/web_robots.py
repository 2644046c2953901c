"""What a site asks of crawlers: robots.txt, fetched through the guard and read from its bytes.

Source: RFC 9309: none (4xx) allows everything; one that cannot be had (5xx, no answer) forbids it.
"""

from dataclasses import dataclass, replace
from urllib.robotparser import RobotFileParser

from tools.egress import FetchFailed, FetchLimits, GuardedClient, fetch
from tools.egress_urls import read_url

PRODUCT = "Frontdesk"  # the first word of the user agent; robots.txt names us by it
MAX_BYTES = 500_000
MAX_LINES = 20_000
MAX_SECONDS = 10.0
MAX_DELAY_SECONDS = 10.0
MAX_SITEMAPS = 20


@dataclass(frozen=True, slots=True)
class Robots:
    """What one site allows us; `delay_seconds` is what it asks for, capped."""

    rules: RobotFileParser
    delay_seconds: float = 0.0
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """Whether we may fetch a page of this site."""
        return self.rules.can_fetch(PRODUCT, url)


async def load_robots(client: GuardedClient, url: str, *, limits: FetchLimits) -> Robots:
    """The rules of the site that a page belongs to. Raises: AddressRefused, FetchFailed."""
    address = read_url(url).origin + "/robots.txt"
    limits = replace(
        limits, max_bytes=MAX_BYTES, total_seconds=min(limits.total_seconds, MAX_SECONDS)
    )
    answer = await fetch(client, address, limits=limits, cut=True)
    if answer.status >= 500 or answer.status == 429:
        raise FetchFailed(f"{address} answers {answer.status}: the site may not be read then")
    return read_robots(answer.content if answer.status == 200 else b"")


def read_robots(content: bytes) -> Robots:
    """The rules in a robots.txt; what is too long or no rule is left out."""
    rules = RobotFileParser()
    lines = content.decode("utf-8-sig", errors="replace").splitlines()[:MAX_LINES]
    rules.parse(line[:2_000] for line in lines)
    asked = rules.crawl_delay(PRODUCT)
    rate = rules.request_rate(PRODUCT)
    delay = float(asked or 0)
    if rate is not None and rate.requests > 0:
        delay = max(delay, rate.seconds / rate.requests)
    sitemaps = tuple(rules.site_maps() or ())[:MAX_SITEMAPS]
    return Robots(rules, min(delay, MAX_DELAY_SECONDS), sitemaps)
