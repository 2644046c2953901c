"""A server whose effects a receiver on loopback gets, and what tests of both look at."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2

from tenants.ids import new_id
from tests import plain_http
from tests.databases import Database
from tests.receiver import Receiver, receiver
from tests.server.conftest import Desk, Program, serving
from tools.webhook_signing import signed_headers

Found = TypeVar("Found")
SETTINGS: dict[str, Any] = {"delivery_retry_seconds": 0.05, "delivery_attempts": 4}


@dataclass(frozen=True)
class Effects:
    """The server and its receiver."""

    desk: Desk
    receiver: Receiver

    def path(self) -> str:
        """A path of the receiver that no other test uses."""
        return f"/{new_id()}"


@contextmanager
def effects(database: Database, **given: Any) -> Generator[Effects]:
    """Both, until the block ends."""
    with (
        receiver() as made,
        serving(database, egress_allow=made.allowed, **(SETTINGS | given)) as desk,
    ):
        yield Effects(desk, made)


def endpoint(shop: Program, url: str, *events: str) -> dict[str, Any]:
    """A fresh webhook endpoint with its secret."""
    body = {"url": url, "events": list(events)}
    made = shop.call("POST", "/v1/webhook-endpoints", json=body)
    assert made.status_code == 201, made.text
    return made.json()


def channel(shop: Program, url: str, **more: Any) -> dict[str, Any]:
    """A fresh custom channel with its secret."""
    body = {"name": "Kiosk", "assistant_id": shop.assistant_id, "url": url} | more
    made = shop.call("POST", "/v1/channels", json=body)
    assert made.status_code == 201, made.text
    return made.json()


def inbound(
    shop: Program,
    made: dict[str, Any],
    content: bytes,
    *,
    secret: str = "",
    at: float = 0,
    key: str = "",
) -> httpx2.Response:
    """What a channel sends, signed with its secret."""
    signed = signed_headers(
        [secret or made["secret"]], str(new_id()), at_seconds=int(at or time.time()), body=content
    )
    return plain_http.post(
        f"{shop.url}/v1/channels/{made['channel_id']}/inbound",
        content=content,
        headers=signed
        | {"content-type": "application/json"}
        | ({"idempotency-key": key} if key else {}),
        timeout=30,
    )


def until(look: Callable[[], Found | None], what: str, seconds: float = 30) -> Found:
    """The first thing that a look finds. Raises: AssertionError after a while."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def delivery(shop: Program, delivery_id: str, state: str) -> dict[str, Any]:
    """A delivery once it is in this state."""

    def look() -> dict[str, Any] | None:
        found = shop.call("GET", f"/v1/deliveries/{delivery_id}").json()
        return found if found["state"] == state else None

    return until(look, f"{delivery_id} never became {state}")
