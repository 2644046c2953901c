"""Posting to addresses that tenants name: guarded, bounded in time, redirects never followed."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from tools.egress import GuardedClient
from tools.egress_urls import check_url
from tools.errors import AddressRefused, FetchFailed

MAX_REPLY_BYTES = 16_000  # the beginning of an answer is all that is read of it
MAX_HEADER_BYTES = 32_000
CONNECT_SECONDS = 5.0
USER_AGENT = "Frontdesk/0.1 (webhooks)"


@dataclass(frozen=True, slots=True)
class Posted:
    """What an address answered; `body` is how the answer begins, empty where it is packed."""

    status: int
    body: bytes
    milliseconds: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


async def post(
    client: GuardedClient,
    url: str,
    content: bytes,
    *,
    headers: Mapping[str, str],
    timeout_seconds: float,
) -> Posted:
    """One POST and its answer, whatever the status. Raises: AddressRefused, FetchFailed."""
    target = check_url(url, client.policy)
    began = time.monotonic()
    sent = {"user-agent": USER_AGENT, "accept-encoding": "identity"} | dict(headers)
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            client.http.stream(
                "POST",
                str(target),
                content=content,
                headers=sent,
                timeout=httpx2.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
            ) as response,
        ):
            if sum(len(k) + len(v) for k, v in response.headers.raw) > MAX_HEADER_BYTES:
                raise FetchFailed(f"its headers have over {MAX_HEADER_BYTES} bytes")
            body = await _beginning(response)
            return Posted(
                response.status_code,
                body,
                round((time.monotonic() - began) * 1_000),
                {name.lower(): value for name, value in response.headers.items()},
            )
    except TimeoutError:
        raise FetchFailed(f"no answer within {timeout_seconds:g} s") from None
    except httpx2.TimeoutException:
        raise FetchFailed(f"no answer within {timeout_seconds:g} s") from None
    except (AddressRefused, FetchFailed):
        raise
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        said = " ".join(str(error).split())[:200]
        raise FetchFailed(f"no answer ({said or type(error).__name__})") from None


async def _beginning(response: httpx2.Response) -> bytes:
    """How the body begins, as it came; what is packed all the same is not looked into."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        return b""
    read = b""
    async for piece in response.aiter_raw():
        read += piece
        if len(read) >= MAX_REPLY_BYTES:
            break
    return read[:MAX_REPLY_BYTES]
