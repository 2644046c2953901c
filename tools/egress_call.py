"""One call of a service that a tenant names: guarded, bounded in time and size, never redirected."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from tools.egress import GuardedClient
from tools.egress_bodies import Body
from tools.egress_urls import check_url
from tools.errors import AddressRefused, FetchFailed

CONNECT_SECONDS = 3.0
MAX_HEADER_BYTES = 32_000
MAX_RATIO = 50  # unpacked to packed, beyond 1 MB
USER_AGENT = "Frontdesk/0.1 (tools)"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent; `content` is JSON already, None where there is no body."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, whatever the status."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


async def call_service(
    client: GuardedClient, request: Request, *, timeout_seconds: float, max_bytes: int
) -> Answered:
    """The whole answer to one request. Raises: AddressRefused, FetchFailed, TooLarge."""
    target = check_url(request.url, client.policy)
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            client.http.stream(
                request.method,
                str(target),
                content=request.content,
                headers={"user-agent": USER_AGENT, "accept": "application/json"}
                | dict(request.headers),
                timeout=httpx2.Timeout(
                    timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)
                ),
            ) as response,
        ):
            if sum(len(k) + len(v) for k, v in response.headers.raw) > MAX_HEADER_BYTES:
                raise FetchFailed(f"its headers have over {MAX_HEADER_BYTES} bytes")
            body = Body(str(target), max_bytes=max_bytes, max_ratio=MAX_RATIO, cut=False)
            await body.read(response)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answered(response.status_code, bytes(body.content), headers)
    except TimeoutError:
        raise FetchFailed(f"no answer within {timeout_seconds:g} s") from None
    except httpx2.TimeoutException:
        raise FetchFailed(f"no answer within {timeout_seconds:g} s") from None
    except (AddressRefused, FetchFailed):
        raise
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        said = " ".join(str(error).split())[:200]
        raise FetchFailed(f"no answer ({said or type(error).__name__})") from None
