"""Calls to addresses that strangers name: guarded, bounded in time and size, redirects checked.

Everything that fetches on a tenant's behalf goes through `fetch` with a client of
`guarded_client`; the client by itself refuses what the policy refuses, whoever uses it.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urljoin

import httpcore2
import httpx2

from tools.egress_bodies import Body
from tools.egress_dial import GuardedBackend, Resolver, SystemResolver
from tools.egress_policy import EgressPolicy
from tools.egress_urls import CheckedUrl, check_url
from tools.errors import AddressRefused, FetchFailed

__all__ = [
    "AddressRefused",
    "EgressPolicy",
    "FetchFailed",
    "FetchLimits",
    "Fetched",
    "GuardedClient",
    "check_url",
    "fetch",
    "guarded_client",
]

USER_AGENT = "Frontdesk/0.1 (knowledge; fetches pages its operators name)"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one address may cost, redirects included."""

    max_bytes: int = 10_000_000  # on the wire, and again when unpacked
    max_ratio: int = 200  # unpacked to packed, beyond 1 MB
    max_header_bytes: int = 32_000
    max_redirects: int = 5
    connect_seconds: float = 5
    read_seconds: float = 10  # between two pieces
    total_seconds: float = 30


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `url` is where it came from in the end; the content is there for 200 only.

    `cut` says that the content was longer and its beginning is all there is.
    """

    url: str
    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    wire_bytes: int = 0
    cut: bool = False

    @property
    def content_type(self) -> str:
        """As the server said it, with its charset."""
        return self.headers.get("content-type", "")

    @property
    def media_type(self) -> str:
        """The content type alone, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class GuardedClient:
    """An HTTP client that reaches only what `policy` lets through."""

    http: httpx2.AsyncClient
    policy: EgressPolicy


@asynccontextmanager
async def guarded_client(
    policy: EgressPolicy,
    *,
    resolver: Resolver | None = None,
    dialler: httpcore2.AsyncNetworkBackend | None = None,
    connections: int = 20,
) -> AsyncGenerator[GuardedClient]:
    """A client without cookies, proxies and redirects of its own; names are looked up by us."""
    own = SystemResolver()
    transport = httpx2.AsyncHTTPTransport(
        verify=_authorities(),
        trust_env=False,
        limits=httpx2.Limits(
            max_connections=connections, max_keepalive_connections=4, keepalive_expiry=5
        ),
    )
    # the transport has no public way to take a backend; pyproject.toml pins httpx2's minor version
    pool = transport._pool
    assert isinstance(pool, httpcore2.AsyncConnectionPool)
    pool._network_backend = GuardedBackend(
        policy, resolver or own, dialler or pool._network_backend
    )
    client = httpx2.AsyncClient(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"user-agent": USER_AGENT, "accept-encoding": "gzip"},
    )
    try:
        async with client:
            yield GuardedClient(client, policy)
    finally:
        own.close()


async def fetch(
    client: GuardedClient,
    url: str,
    *,
    limits: FetchLimits | None = None,
    media_types: Collection[str] | None = None,
    headers: Mapping[str, str] | None = None,
    cut: bool = False,
) -> Fetched:
    """What an address answers in the end, with any status; redirects are checked and followed.

    `media_types` are those whose content is taken (None: any); `cut` takes the beginning of what
    is too long. Raises: AddressRefused, FetchFailed, TooLarge.
    """
    limits = limits or FetchLimits()
    target = check_url(url, client.policy)
    try:
        async with asyncio.timeout(limits.total_seconds):
            for _ in range(limits.max_redirects + 1):
                answer = await _ask(client, target, limits, media_types, headers or {}, cut)
                if isinstance(answer, Fetched):
                    return answer
                target = answer
    except TimeoutError:
        raise FetchFailed(f"{target}: it took longer than {limits.total_seconds:g} s") from None
    except httpx2.TimeoutException as error:
        raise FetchFailed(f"{target}: {_waited(error, limits)}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise FetchFailed(f"{target}: {_broken(error)}") from None
    raise FetchFailed(f"{url[:200]}: more than {limits.max_redirects} redirects")


@cache
def _authorities() -> ssl.SSLContext:
    """Whom TLS believes, for every client the same: to read them takes 35 ms of a processor."""
    return httpx2.create_ssl_context(trust_env=False)


async def _ask(
    client: GuardedClient,
    target: CheckedUrl,
    limits: FetchLimits,
    media_types: Collection[str] | None,
    headers: Mapping[str, str],
    cut: bool,
) -> Fetched | CheckedUrl:
    """The answer, or where it sends us."""
    timeout = httpx2.Timeout(
        limits.read_seconds, connect=limits.connect_seconds, pool=limits.total_seconds
    )
    async with client.http.stream("GET", str(target), headers=headers, timeout=timeout) as response:
        if sum(len(k) + len(v) for k, v in response.headers.raw) > limits.max_header_bytes:
            raise FetchFailed(f"{target}: its headers have over {limits.max_header_bytes} bytes")
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return _redirected(target, response.headers["location"], client.policy)
        answer = Fetched(
            str(target),
            response.status_code,
            b"",
            {k.lower(): v for k, v in response.headers.items()},
        )
        if answer.status != 200:
            return answer
        if media_types is not None and answer.media_type not in media_types:
            said = answer.media_type[:80] or "nothing about what it is"
            raise FetchFailed(
                f"{target}: it says {said}; taken is {', '.join(sorted(media_types))}"
            )
        body = Body(str(target), max_bytes=limits.max_bytes, max_ratio=limits.max_ratio, cut=cut)
        await body.read(response)
        return Fetched(
            answer.url, 200, bytes(body.content), answer.headers, body.wire_bytes, body.is_cut
        )


def _redirected(target: CheckedUrl, location: str, policy: EgressPolicy) -> CheckedUrl:
    """Where a redirect leads, checked like any address. Raises: AddressRefused."""
    try:
        to = check_url(urljoin(str(target), location), policy)
    except ValueError:
        raise FetchFailed(f"{target}: it redirects to what is no address") from None
    except AddressRefused as error:
        raise AddressRefused(f"{target} redirects to {error.detail}", url=str(target)) from None
    if target.scheme == "https" and to.scheme == "http":
        raise AddressRefused(f"{target} redirects to {to}: from https to http is a step back")
    return to


def _waited(error: httpx2.TimeoutException, limits: FetchLimits) -> str:
    if isinstance(error, httpx2.ConnectTimeout):
        return f"no connection within {limits.connect_seconds:g} s"
    if isinstance(error, httpx2.ReadTimeout):
        return f"nothing came for {limits.read_seconds:g} s"
    return "it took too long"


def _broken(error: Exception) -> str:
    said = " ".join(str(error).split())[:200]
    if isinstance(error, httpx2.ConnectError):
        return f"no connection ({said or 'refused'})"
    if isinstance(error, httpx2.RemoteProtocolError):
        return f"the answer is not HTTP as it should be ({said})"
    return f"the connection broke off ({said or type(error).__name__})"
