"""Which addresses a reply may hold: hosts that the tenant allows, and what an address's host is."""

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from tenants.configuring.link_hosts import ascii_host

MAX_URL_CHARS = 2_000
MAX_ROUNDS = 3  # of unquoting what stands behind a host
_HTTP = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\\"'<>`{}|^]")
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}")
_BEHIND_HOST = re.compile(r"(?:https?:)?+(?://)?+[^/?#]*(.*)", re.IGNORECASE | re.DOTALL)
GENERIC = "com|net|org|info|biz|io|xyz|app|dev|ai|site|online|shop|store|club|top|live|link|click|example|test"
COUNTRIES = (
    "ac ad ae af ag al am ao ar at au aw az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg "
    "ch ci ck cl cm cn co cr cu cv cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fm fo fr ga gd ge gf gg "
    "gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in iq ir is it je jm jo jp ke kg kh ki "
    "km kn kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc me mg mk ml mm mn mo mq mr ms mt mu mv mw mx my mz "
    "na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr pt pw qa re ro ru rw sa sb sc sd se sg "
    "si sk sl sm sn sr st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc "
    "ve vg vi vn vu wf ws ye yt za zm zw"
).replace(" ", "|")  # without those that are rather the endings of files, as sh and py are
_LEADS_ON = re.compile(
    r"(?:https?:[/\\]*|[a-z][a-z0-9+.-]*:[/\\]{2,}|[/\\]{2,}(?=[\w.-]+\.\w)|\bwww\."
    rf"|=(?=(?:[\w-]+\.)+(?:{GENERIC}|{COUNTRIES})(?:[/:?&#]|$)))([^\s/\\?#&]*)",
    re.IGNORECASE,
)


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
    except ValueError:
        return None
    if parts.username is not None or parts.password is not None:
        return None  # https://shop.example@elsewhere.example
    host = ascii_host(host) or ""
    return host if _HOST.fullmatch(host) else None


def is_allowed(url: str, hosts: Collection[str]) -> bool:
    """Whether the address's host is one of these, and it names no other one to be led on to.

    `*.shop.example` allows all below it as well. The `www.` of a host is the host.
    """
    host = host_of(url)
    return host is not None and _is_one_of(host, hosts) and not _leads_on(url, hosts)


def _is_one_of(host: str, hosts: Collection[str]) -> bool:
    bare = host.removeprefix("www.")
    return any(
        bare == allowed.removeprefix("*.").removeprefix("www.")
        or (allowed.startswith("*.") and host.endswith(allowed[1:]))
        for allowed in hosts
    )


def _leads_on(url: str, hosts: Collection[str]) -> bool:
    """Whether path or query hold another address, as what redirects visitors does, however quoted."""
    behind = _BEHIND_HOST.fullmatch(url)
    rest = behind[1] if behind else ""
    for _ in range(MAX_ROUNDS):
        for found in _LEADS_ON.finditer(rest):
            host = ascii_host(found[1].rpartition("@")[2].partition(":")[0]) or ""
            if not _is_one_of(host, hosts):
                return True
        before, rest = rest, unquote(rest)
        if rest == before:
            break
    return False
