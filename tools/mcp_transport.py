"""What a session with a tenant's MCP server goes through: the guard, its headers, and a count of bytes.

One address alone is called. Nothing is redirected, nothing packed is taken, and no stream is opened beside
the answers: a server speaks when it is asked.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx2

from tools.egress import GuardedClient
from tools.egress_urls import check_url
from tools.errors import AddressRefused, FetchFailed

MAX_SESSION_BYTES = 2_000_000
MAX_REQUESTS = 40
MAX_HEADER_BYTES = 32_000
CONNECT_SECONDS = 3.0


class SessionSpent(FetchFailed):
    """A session took more than a session may."""


class GuardedSession(httpx2.AsyncBaseTransport):
    """Sends the requests of one session, and counts what comes back."""

    def __init__(
        self, client: GuardedClient, url: str, headers: Mapping[str, str], *, seconds: float
    ) -> None:
        self._client = client
        self._url = str(check_url(url, client.policy))
        self._headers = dict(headers)
        self._timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        self._requests = 0
        self._bytes = 0
        self.failure: AddressRefused | FetchFailed | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, whose body is counted as it is read. Raises: AddressRefused, FetchFailed."""
        if request.method == "GET":
            return httpx2.Response(405, request=request)
        try:
            return await self._sent(request)
        except (AddressRefused, FetchFailed) as failure:
            self.failure = self.failure or failure
            raise

    async def _sent(self, request: httpx2.Request) -> httpx2.Response:
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            raise SessionSpent(f"more than {MAX_REQUESTS} requests")
        if str(request.url).rstrip("/") != self._url.rstrip("/"):
            raise AddressRefused(
                "another address than the server's own", url=str(request.url)[:200]
            )
        headers = {k: v for k, v in request.headers.items() if k != "accept-encoding"}
        sent = self._client.http.build_request(
            request.method,
            self._url,
            content=await request.aread(),
            headers=headers | self._headers | {"accept-encoding": "identity"},
            timeout=self._timeout,
        )
        answer = await self._client.http.send(sent, stream=True, follow_redirects=False)
        if 300 <= answer.status_code < 400:
            await answer.aclose()
            raise FetchFailed("the server sends us elsewhere, where we do not go")
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            await answer.aclose()
            raise FetchFailed("the answer is packed, which was not asked for")
        if sum(len(k) + len(v) for k, v in answer.headers.raw) > MAX_HEADER_BYTES:
            await answer.aclose()
            raise FetchFailed(f"its headers have over {MAX_HEADER_BYTES} bytes")
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Counted(self, answer),
            request=request,
        )

    def count(self, number: int) -> None:
        """Raises: SessionSpent where it is too much."""
        self._bytes += number
        if self._bytes > MAX_SESSION_BYTES:
            self.failure = SessionSpent(f"more than {MAX_SESSION_BYTES} bytes")
            raise self.failure


class _Counted(httpx2.AsyncByteStream):
    """The body of one answer."""

    def __init__(self, session: GuardedSession, answer: httpx2.Response) -> None:
        self._session = session
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_raw():
            self._session.count(len(piece))
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()


@asynccontextmanager
async def session_client(session: GuardedSession) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client for the protocol's library whose every request goes through the session."""
    async with httpx2.AsyncClient(
        transport=session, trust_env=False, follow_redirects=False, max_redirects=0
    ) as client:
        yield client
