"""One page has one name, however its address is written; a crawl knows what is its own."""

import asyncio
import time

import pytest

from server.crawling.web_pace import AT_ONCE, pace_of
from server.crawling.web_robots import read_robots
from server.crawling.web_sitemaps import MAX_LISTED, read_sitemap
from server.crawling.web_urls import Scope, links_of, page_key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTPS://Example.com:443/Help/#top", "https://example.com/Help"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com/?utm_source=a&utm_medium=b", "https://example.com/"),
        ("https://example.com/a?b=2&gclid=x&a=1", "https://example.com/a?b=2&a=1"),
        ("https://example.com/a;jsessionid=AB12?x=1", "https://example.com/a?x=1"),
        ("https://example.com/a/./b/../c/", "https://example.com/a/c"),
        ("https://example.com//a//b", "https://example.com/a/b"),
        ("https://example.com/%7Euser/%c3%a4", "https://example.com/~user/%C3%A4"),
        ("https://example.com/ä", "https://example.com/%C3%A4"),
        ("https://example.com/a?", "https://example.com/a"),
        ("https://example.com/../../etc/passwd", "https://example.com/etc/passwd"),
    ],
)
def test_a_page_has_one_name(url: str, key: str) -> None:
    assert page_key(url) == key
    assert page_key(key) == key


def test_a_page_s_links_are_web_pages_each_once() -> None:
    hrefs = [
        "b", "/b#x", "../c?utm_source=y", "//other.example/x", "mailto:a@b.c", "javascript:alert(1)",
        "picture.JPG", "style.css?v=1", "tel:123", "http://[", "#top", " /d ", "data:text/html,x",
    ]  # fmt: skip
    assert links_of("https://example.com/a/a", hrefs, limit=10) == [
        "https://example.com/a/b",
        "https://example.com/b",
        "https://example.com/c",
        "https://other.example/x",
        "https://example.com/a/a",
        "https://example.com/d",
    ]
    assert len(links_of("https://example.com/", [f"/{n}" for n in range(99)], limit=10)) == 10


def test_a_scope_is_hosts_and_beginnings_of_paths() -> None:
    scope = Scope(frozenset({"example.com"}), include=["/help"], exclude=["/help/old"])
    inside = ["https://example.com/help", "https://example.com/help/new?x=1"]
    outside = [
        "https://example.com/",
        "https://example.com/help/old/1",
        "https://example.com:8443/help",
        "https://example.com.evil.example/help",
        "https://www.example.com/help",
    ]
    assert [url for url in inside + outside if scope.covers(url)] == inside


def test_robots_are_read_for_our_name_and_their_delay_is_capped() -> None:
    robots = read_robots(
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n\nUser-agent: frontdesk\nDisallow: /x\n"
        b"Crawl-delay: 86400\nSitemap: https://example.com/s.xml\n\xff\xfe broken \x00"
    )
    assert robots.allows("https://example.com/a") and not robots.allows("https://example.com/x/1")
    assert robots.delay_seconds == 10
    assert robots.sitemaps == ("https://example.com/s.xml",)
    assert read_robots(b"").allows("https://example.com/anything")
    assert not read_robots(b"User-agent: *\nDisallow: /").allows("https://example.com/")


def test_a_sitemap_of_a_million_pages_is_read_so_far_and_no_further() -> None:
    pages = "<url><loc>https://example.com/x</loc></url>" * (MAX_LISTED + 10_000)
    found = read_sitemap(f"<urlset>{pages}</urlset>".encode(), "https://example.com/s.xml")
    assert len(found.pages) == MAX_LISTED
    lines = "\n".join(f"https://example.com/{n}" for n in range(5))
    assert len(read_sitemap(lines.encode(), "https://example.com/s.txt").pages) == 5


async def test_a_host_is_called_by_two_at_once_and_after_a_pause() -> None:
    at_once, most, begun = 0, 0, list[float]()

    async def call() -> None:
        nonlocal at_once, most
        async with pace_of("example.com").turn(0.05):
            begun.append(time.monotonic())
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.2)
            at_once -= 1

    start = time.monotonic()
    held = pace_of("example.com")  # one pace for all who hold it
    assert held is pace_of("example.com")
    await asyncio.gather(*(call() for _ in range(5)))
    assert most == AT_ONCE
    assert all(at - start >= 0.05 * n - 0.01 for n, at in enumerate(begun))
