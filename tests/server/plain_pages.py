"""A parser of the tests' own simple pages, without a process for each: quick, and only for tests."""

import re

from tenants.errors import Unreadable
from tenants.parsing import Link, Parsed, ParseLimits

_LINK = re.compile(r'<a (rel="nofollow" )?href="([^"]*)">([^<]*)</a>')


async def parse_plain(
    content: bytes,
    name: str,
    media_type: str | None = None,
    *,
    limits: ParseLimits | None = None,
    main_text: bool = False,
) -> Parsed:
    """Title, words, links, canonical address and robots of a page."""
    html = content.decode()
    title = re.search("<title>(.*?)</title>", html)
    canonical = re.search('<link rel="canonical" href="(.*?)">', html)
    robots = re.search('<meta name="robots" content="(.*?)">', html)
    body = re.sub("<head>.*?</head>|<nav>.*?</nav>", "", html)
    text = " ".join(re.sub("<[^>]*>", " ", body).split())
    if not text:
        raise Unreadable("the page has no text")
    return Parsed(
        format="html",
        title=title.group(1) if title else "",
        text=text + "\n",
        links=[Link(href, words, bool(rel)) for rel, href, words in _LINK.findall(html)],
        canonical_url=canonical.group(1) if canonical else None,
        robots=robots.group(1).split(",") if robots else [],
    )
