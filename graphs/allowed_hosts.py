"""Which addresses a reply may hold: hosts that the tenant allows, and what an address's host is."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

MAX_URL_CHARS = 2_000
_HTTP = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\\"'<>`{}|^]")
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}")


def host_of(url: str) -> str | None:
    """The host that following this address leads to, in ASCII; None where it is not plain http(s)."""
    if len(url) > MAX_URL_CHARS or _UNSAFE.search(url):
        return None
    if not _HTTP.match(url):
        url = f"https://{url}"
    try:
        parts = urlsplit(url if url.startswith(("http", "HTTP")) else f"https:{url}")
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port
        host = host.encode("idna").decode() if not host.isascii() else host.lower()
    except (ValueError, UnicodeError):
        return None
    if parts.username is not None or parts.password is not None:
        return None  # https://shop.example@elsewhere.example
    return host if _HOST.fullmatch(host) else None


def is_allowed(url: str, hosts: Collection[str]) -> bool:
    """Whether the address's host is one of these; `*.shop.example` allows all below it as well.

    The `www.` of a host is the host.
    """
    host = host_of(url)
    if host is None:
        return False
    bare = host.removeprefix("www.")
    return any(
        bare == allowed.removeprefix("*.").removeprefix("www.")
        or (allowed.startswith("*.") and host.endswith(allowed[1:]))
        for allowed in hosts
    )
