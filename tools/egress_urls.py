"""Addresses as people and pages write them, read in one way only.

Whatever two programs could read differently (a backslash, white space, a user before the host,
numbers in other bases) is refused or spelled out here, so that what is checked is what is called.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urlsplit

import idna

from tools.egress_policy import EgressPolicy
from tools.errors import AddressRefused

MAX_URL_CHARS = 2_000
PORTS = {"http": 80, "https": 443}
_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029\ufeff]")
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?[]"


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """An address in its one spelling: ASCII, lower-case host, no default port, no fragment."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and, where it is not the usual one, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    def __str__(self) -> str:
        return self.origin + self.target


def check_url(url: str, policy: EgressPolicy) -> CheckedUrl:
    """The address as it will be called. Raises: AddressRefused.

    Names are not looked up: what they stand for is checked when it is dialled.
    """
    read = read_url(url)
    why = policy.refuses_port(read.host, read.port)
    if why is not None:
        raise refused(url, why)
    literal = _literal(read.host)
    if literal is not None:
        why = policy.refuses(read.host, read.port, literal)
    elif read.host == "localhost" or read.host.endswith(".localhost"):
        why = policy.refuses(read.host, read.port, IPv4Address("127.0.0.1"))
    if why is not None:
        raise refused(url, why)
    return read


def read_url(url: str) -> CheckedUrl:
    """The address in its one spelling, whoever may call it. Raises: AddressRefused."""
    url = url.strip(" \t\r\n")
    if len(url) > MAX_URL_CHARS:
        raise refused(url, f"an address has at most {MAX_URL_CHARS} characters")
    if _UNFIT.search(url):
        raise refused(url, "an address has no spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refused(url, f"it is no address: {error}") from None
    if parts.scheme not in PORTS:
        raise refused(url, "an address begins with https:// or http://")
    if "@" in parts.netloc:
        raise refused(url, "an address may not carry a user or a password")
    if not parts.netloc or not parts.hostname or port == 0:
        raise refused(url, "the host is missing" if port != 0 else "there is no port 0")
    if "%" in parts.netloc:
        raise refused(url, "a host is written without % (and without a zone)")
    host = _bracketed(url, parts.hostname) if "[" in parts.netloc else _host(url, parts.hostname)
    target = quote(parts.path or "/", safe=_PATH_SAFE)
    if parts.query:
        target += "?" + quote(parts.query, safe=_QUERY_SAFE)
    read = CheckedUrl(parts.scheme, host, port or PORTS[parts.scheme], target)
    if len(str(read)) > MAX_URL_CHARS:
        raise refused(url, f"an address has at most {MAX_URL_CHARS} characters")
    return read


def refused(url: str, why: str) -> AddressRefused:
    """The refusal of an address, with as much of it as a reader needs."""
    shown = url if len(url) <= 200 else url[:200] + "…"
    return AddressRefused(f"{_UNFIT.sub('�', shown)}: {why}", url=_UNFIT.sub("�", shown))


def _bracketed(url: str, host: str) -> str:
    try:
        return str(IPv6Address(host))
    except ValueError:
        raise refused(url, f"[{host}] is no IPv6 address") from None


def _host(url: str, host: str) -> str:
    """A name in ASCII, or an IPv4 address in its usual form."""
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            host = _mapped(url, host)
    host = host.lower().removesuffix(".")
    if not _LABELS.fullmatch(host) or len(host) > 253:
        raise refused(url, f"{host!r} is no name of a host")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(url, host, labels)
    return host


def _mapped(url: str, host: str) -> str:
    """What a host says once its characters are mapped: full-width digits are digits."""
    try:
        mapped = idna.uts46_remap(host, std3_rules=True, transitional=False)
    except (idna.IDNAError, UnicodeError):
        mapped = ""
    if not mapped or not mapped.isascii():
        raise refused(url, "the host is no name that can be looked up")
    return mapped


def _ipv4(url: str, host: str, labels: list[str]) -> str:
    """The address of a host that ends in a number, which is one in some notation or nothing."""
    if not all(_NUMBER.fullmatch(label) for label in labels) or len(labels) > 4:
        raise refused(url, f"{host!r} ends in a number but is no IPv4 address")
    try:
        numbers = [_number(label) for label in labels]
        value = numbers[-1]
        if value >= 256 ** (5 - len(numbers)) or any(one > 255 for one in numbers[:-1]):
            raise ValueError
        for place, one in enumerate(numbers[:-1]):
            value += one << 8 * (3 - place)
        return str(IPv4Address(value))
    except ValueError:
        raise refused(url, f"{host!r} ends in a number but is no IPv4 address") from None


def _number(label: str) -> int:
    if label[:2] in ("0x", "0X"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if len(label) > 1 and label[0] == "0" else int(label)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except ValueError:
        return None
