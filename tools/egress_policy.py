"""Which addresses may be called: public ones, and what whoever runs the server allows by name.

`ipaddress.is_global` says yes to addresses that carry a private one inside (NAT64, 6to4) and to
multicast; they are looked into here.
"""

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

USUAL_PORTS = frozenset((80, 443))
_HOST = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")

_NEVER: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "means this computer itself"),
        ("127.0.0.0/8", "is a loopback address"),
        ("169.254.0.0/16", "is a link-local address (cloud metadata lives there)"),
        ("10.0.0.0/8", "is a private address"),
        ("172.16.0.0/12", "is a private address"),
        ("192.168.0.0/16", "is a private address"),
        ("100.64.0.0/10", "is a carrier's shared address"),
        ("192.0.0.0/24", "is reserved for protocols"),
        ("192.88.99.0/24", "is a 6to4 relay"),
        ("198.18.0.0/15", "is reserved for benchmarks"),
        ("224.0.0.0/4", "is a multicast address"),
        ("240.0.0.0/4", "is reserved"),
        ("::/128", "means this computer itself"),
        ("::1/128", "is a loopback address"),
        ("fe80::/10", "is a link-local address"),
        ("fec0::/10", "is a site-local address"),
        ("fc00::/7", "is a private address"),
        ("ff00::/8", "is a multicast address"),
        ("100::/64", "is a discard address"),
        ("64:ff9b:1::/48", "is a local translation of an IPv4 address"),
        ("5f00::/16", "is reserved for segment routing"),
    )
)
_LINK_LOCAL = (ip_network("169.254.0.0/16"), ip_network("fe80::/10"), ip_network("fd00:ec2::/32"))
# an IPv4 address inside an IPv6 one: the network, and how far its last bit is from the right
_CARRIERS: tuple[tuple[IPv6Network, int, str], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0, "IPv4-mapped"),
    (IPv6Network("::ffff:0:0:0/96"), 0, "IPv4-translated"),
    (IPv6Network("::/96"), 0, "IPv4-compatible"),
    (IPv6Network("64:ff9b::/96"), 0, "NAT64"),
    (IPv6Network("2002::/16"), 80, "6to4"),
    (IPv6Network("2001::/32"), -1, "Teredo"),
)


@dataclass(frozen=True, slots=True)
class _Allowed:
    """One entry of the allow list; `port` None stands for the usual ports."""

    host: str | None
    network: Network | None
    port: int | None

    def covers_port(self, port: int) -> bool:
        return port in USUAL_PORTS if self.port is None else port == self.port

    def covers_host(self, host: str) -> bool:
        if self.host is None:
            return False
        if self.host.startswith("*."):
            return host.endswith(self.host[1:])
        return host == self.host


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Where calls may go: everything public on the usual ports, and what the list allows beside."""

    allowed: tuple[_Allowed, ...] = ()

    @classmethod
    def parse(cls, told: str) -> "EgressPolicy":
        """The policy of a comma-separated list of hosts, addresses and networks, each with `:port`
        or without. Raises: ValueError.
        """
        return cls(tuple(_entry(one.strip()) for one in told.split(",") if one.strip()))

    def refuses_port(self, host: str, port: int) -> str | None:
        """Why this port of this host may not be called; None where it may."""
        if port in USUAL_PORTS or any(one.port == port for one in self._naming(host)):
            return None
        return f"port {port} is not one of 80 and 443"

    def lists(self, host: str, port: int) -> bool:
        """Whether whoever runs the server has named this host or address."""
        return any(one.covers_port(port) for one in self._naming(host))

    def refuses(self, host: str, port: int, address: Address) -> str | None:
        """Why an address that `host` stands for may not be dialled; None where it may.

        A host that is allowed by name may have private addresses, but never a link-local one.
        """
        for one in self._naming(host, address):
            by_name = one.network is None
            if one.covers_port(port) and not (by_name and _is_in(address, _LINK_LOCAL)):
                return None
        if port not in USUAL_PORTS and self.refuses_port(host, port):
            return self.refuses_port(host, port)
        return not_public(address)

    def _naming(self, host: str, address: Address | None = None) -> list[_Allowed]:
        literal = _address(host)
        found = [one for one in self.allowed if one.covers_host(host)]
        for one in self.allowed:
            if one.network is not None and any(
                tried is not None and tried.version == one.network.version and tried in one.network
                for tried in (address, literal)
            ):
                found.append(one)
        return found


def not_public(address: Address) -> str | None:
    """Why an address is not one of the public internet; None where it is."""
    for network, what in _NEVER:
        if address.version == network.version and address in network:
            return f"{address} {what}"
    if isinstance(address, IPv6Address):
        for network, shift, name in _CARRIERS:
            if address in network:
                return _carried(address, shift, name)
    if not address.is_global or address.is_multicast:
        return f"{address} is not an address of the public internet"
    return None


def _carried(address: IPv6Address, shift: int, name: str) -> str | None:
    if shift < 0:
        return f"{address} is a tunnel ({name})"
    inner = IPv4Address(int(address) >> shift & 0xFFFF_FFFF)
    why = not_public(inner)
    if why is not None:
        return f"{address} is {name} for {inner}: {why}"
    return f"{address} is {name} for {inner}; give that address itself"


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == one.version and address in one for one in networks)


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _entry(told: str) -> _Allowed:
    name, port = told.lower(), None
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d{1,5}))?", name)
    if bracketed is not None:
        name, port = bracketed.group(1), bracketed.group(2)
    elif name.count(":") == 1:
        name, port = name.split(":")
    if port is not None and not (port.isdigit() and 0 < int(port) < 65_536):
        raise ValueError(f"{told!r}: the port is a number from 1 to 65535")
    number = int(port) if port is not None else None
    try:
        return _Allowed(None, ip_network(name), number)
    except ValueError:
        if "/" in name or not _HOST.fullmatch(name):
            raise ValueError(
                f"{told!r} is no host, address or network such as `wiki.internal`, "
                "`10.1.2.3:8080` or `10.0.0.0/8`"
            ) from None
    return _Allowed(name, None, number)
