"""Pages' addresses as a site's own crawler sees them: one spelling a page, inside or outside."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from tools.egress_urls import CheckedUrl, read_url
from tools.errors import AddressRefused

_TRACKING = frozenset(
    "gclid gclsrc dclid gbraid wbraid fbclid msclkid yclid twclid ttclid igshid mc_cid mc_eid _ga "
    "_gl _hsenc _hsmi mkt_tok oly_anon_id oly_enc_id vero_id wickedid phpsessid jsessionid sid "
    "sessionid s_kwcid pk_campaign pk_kwd piwik_campaign piwik_kwd matomo_campaign".split()
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?]*", re.I)
_ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|ico|bmp|tiff?|css|js|mjs|map|woff2?|ttf|otf|eot|mp[34]|m4[av]"
    r"|avi|mov|mkv|webm|og[gv]|wav|flac|zip|gz|tgz|bz2|xz|7z|rar|tar|exe|msi|dmg|pkg|deb|rpm|apk|iso"
    r"|bin|jar|rss|atom|xml|json|ics|vcf|pptx?|psd|ai|eps)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to a crawl: hosts, and which beginnings of a path are in and out."""

    hosts: frozenset[str]
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def covers(self, url: str) -> bool:
        """Whether an address in its one spelling belongs to the crawl."""
        parts = urlsplit(url)
        path = parts.path or "/"
        return (
            parts.netloc in self.hosts
            and (not self.include or any(path.startswith(one) for one in self.include))
            and not any(path.startswith(one) for one in self.exclude)
        )


def host_of(url: str) -> str:
    """Host and port of an address as `Scope.hosts` names them."""
    return urlsplit(url).netloc


def fetched_as(url: str) -> str:
    """The address to call: no fragment, no tracking, no session, no dots. Raises: AddressRefused."""
    read = read_url(url)
    path, _, query = read.target.partition("?")
    path = _SESSION_PATH.sub("", _ESCAPED.sub(_unescaped, path))
    path = _without_dots(path)
    kept = [
        piece
        for piece in query.split("&")
        if piece and not _is_tracking(piece.partition("=")[0].lower())
    ]
    target = path + ("?" + "&".join(kept) if kept else "")
    return str(CheckedUrl(read.scheme, read.host, read.port, target))


def page_key(url: str) -> str:
    """The one name of a page: as it is called, without a slash at the end. Raises: AddressRefused."""
    called = fetched_as(url)
    address, mark, query = called.partition("?")
    if urlsplit(address).path != "/":
        address = address.rstrip("/")
    return address + mark + query


def links_of(page_url: str, hrefs: Sequence[str], *, limit: int) -> list[str]:
    """The addresses that a page's links lead to, as they are called; what is no page is left out."""
    found: dict[str, None] = {}
    for href in hrefs:
        if len(found) >= limit:
            break
        target = resolved(page_url, href)
        if target is not None and not _NOT_PAGES.search(urlsplit(target).path):
            found[target] = None
    return list(found)


def resolved(page_url: str, href: str) -> str | None:
    """Where a link on a page leads, as it is called; None where that is no web address."""
    try:
        return fetched_as(urljoin(page_url, href.strip()))
    except (AddressRefused, ValueError):
        return None


def _is_tracking(name: str) -> bool:
    return name.startswith("utm_") or name in _TRACKING


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found.group(1), 16))
    return character if _UNRESERVED.fullmatch(character) else found.group(0).upper()


def _without_dots(path: str) -> str:
    if "/." not in path and "//" not in path:
        return path
    tidy = posixpath.normpath("/" + path.lstrip("/"))
    return tidy + "/" if path.endswith(("/", "/.", "/..")) and tidy != "/" else tidy
