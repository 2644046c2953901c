"""Dial only what was checked: names are looked up once, every answer is judged, one is dialled.

Source: the pool inside httpx2's transport takes a network backend; ours stands between it and the
network, so no second look-up can answer differently (DNS rebinding).
"""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Protocol

import httpcore2

from tools.egress_policy import Address, EgressPolicy
from tools.errors import AddressRefused, FetchFailed

MAX_ADDRESSES = 64  # of one name
TRIED_ADDRESSES = 4
LOOKUPS_AT_ONCE = 4

_SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


class Resolver(Protocol):
    """Whatever says which addresses a name stands for."""

    async def resolve(self, host: str) -> Sequence[str]:
        """The addresses in the order to try them. Raises: OSError."""
        ...


class SystemResolver:
    """The system's own look-up, in few threads of its own: a name server that hangs blocks no one."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="lookup")

    async def resolve(self, host: str) -> Sequence[str]:
        """The addresses of a host. Raises: OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let the threads go once what they look up has answered."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that the policy lets through, and to nothing else."""

    def __init__(
        self, policy: EgressPolicy, resolver: Resolver, dialler: httpcore2.AsyncNetworkBackend
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._dialler = dialler

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — the backend's signature
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to a checked address of `host`. Raises: AddressRefused, FetchFailed."""
        addresses = await self._checked(host, port, timeout)
        failure: Exception | None = None
        for address in addresses[:TRIED_ADDRESSES]:
            try:
                return await self._dialler.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        assert failure is not None
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 — the backend's signature
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Never. Raises: AddressRefused."""
        raise AddressRefused("sockets of this computer are not called")

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries."""
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, port: int, seconds: float | None) -> list[Address]:
        """All addresses of a host; one that is refused refuses the host."""
        try:
            found = [ip_address(host)]
        except ValueError:
            found = await self._looked_up(host, seconds)
        for address in found:
            why = self._policy.refuses(host, port, address)
            if why is not None:
                stands = "" if str(address) == host else f"{host} stands for {address}: "
                raise AddressRefused(f"{stands}{why}")
        return found

    async def _looked_up(self, host: str, seconds: float | None) -> list[Address]:
        try:
            async with asyncio.timeout(seconds):
                told = await self._resolver.resolve(host)
        except TimeoutError:
            raise FetchFailed(f"{host}: looking up the name takes too long") from None
        except (OSError, UnicodeError):
            raise FetchFailed(f"{host}: there is no host of this name") from None
        try:
            found = [ip_address(one) for one in told]
        except ValueError:  # a zone, or no address at all
            raise AddressRefused(f"{host} stands for {', '.join(told)[:200]}") from None
        if not found or len(found) > MAX_ADDRESSES:
            raise FetchFailed(f"{host}: the name stands for {len(found)} addresses")
        return found


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]
