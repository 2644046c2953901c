"""HTML files: everything a reader of the page would see, along its headings, lists and tables."""

import re

from selectolax.lexbor import LexborHTMLParser

from tenants.readers.asked import Asked
from tenants.readers.html_depth import check_depth
from tenants.readers.html_walk import Walk
from tenants.readers.limits import ParseLimits
from tenants.readers.outline import Outline, in_line
from tenants.readers.reading import Reading
from tenants.readers.refusals import Refused
from tenants.readers.texts import decoded

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,40})", re.I)
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w-]{2,40})", re.I)


def read(asked: Asked) -> Reading:
    """The whole page as text."""
    html, warnings = html_text(asked)
    tree = LexborHTMLParser(html)
    outline = Outline()
    if tree.body is not None:
        Walk(outline).walk(tree.body)
    text = outline.text
    if not text.strip():
        raise Refused("the page has no text (is it filled by a script?)")
    reading = described(tree, asked.limits)
    reading.text, reading.warnings = text, warnings
    reading.title = reading.title or outline.first_heading
    return reading


def html_text(asked: Asked) -> tuple[str, list[str]]:
    """The page's source, decoded and not nested too deeply. Raises: Refused."""
    head = asked.content[:4096]
    declared = _CHARSET.search(head) or _XML_CHARSET.search(head)
    of_type = re.search(r"charset\s*=\s*\"?([\w-]{2,40})", asked.media_type or "", re.I)
    charset = of_type.group(1) if of_type else declared.group(1).decode() if declared else None
    html, warnings = decoded(asked.content, charset)
    if "<!ENTITY" in html[:100_000]:
        raise Refused("it declares XML entities, which are not read")
    check_depth(html, asked.limits.html_depth)
    return html, warnings


def described(tree: LexborHTMLParser, limits: ParseLimits) -> Reading:
    """What the page says about itself, and its links."""
    reading = Reading("html")
    reading.title = _title(tree)
    root = tree.root
    if root is not None:
        language = root.attributes.get("lang") or root.attributes.get("xml:lang")
        reading.language = (language or "").strip()[:35] or None
    for node in tree.css("link[rel][href]"):
        if "canonical" in (node.attributes.get("rel") or "").lower().split():
            reading.canonical_url = (node.attributes.get("href") or "").strip()[:2_000] or None
            break
    for node in tree.css("meta[name][content]"):
        if (node.attributes.get("name") or "").lower() in ("robots", "frontdesk"):
            words = (node.attributes.get("content") or "")[:500].lower()
            reading.robots.extend(word.strip() for word in words.split(",") if word.strip())
    for node in tree.css("a[href]")[: limits.links]:
        href = (node.attributes.get("href") or "").strip()
        if href and len(href) <= 2_000:
            nofollow = "nofollow" in (node.attributes.get("rel") or "").lower()
            reading.links.append((href, in_line(node.text()[:1_000])[:200], nofollow))
    return reading


def _title(tree: LexborHTMLParser) -> str:
    named = tree.css_first("title")
    title = in_line(named.text()[:2_000]) if named is not None else ""
    if not title:
        shared = tree.css_first('meta[property="og:title"]')
        title = in_line((shared.attributes.get("content") or "")[:2_000]) if shared else ""
    return title[:200]
