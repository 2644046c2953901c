"""A shop whose assistant may act on the demo shop's service, and its verified contact at the widget."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import jwt

from server.demo_shop.connector import demo_connector
from server.demo_shop.service import ShopServer
from tests.databases import Database
from tests.server.conftest import Desk, Program, serving
from tests.tools.demo_shop import ALMA, TOKEN, demo_shop_service

Found = TypeVar("Found")
WAITS_SECONDS = 60
TOOLS = (
    "order_status", "refund_order", "cancel_order", "move_appointment", "cancel_appointment",
    "open_ticket",
)  # fmt: skip


@dataclass(frozen=True)
class Counter:
    """The shop's program, its service, and what they look like from the outside."""

    shop: Program
    service: ShopServer

    def contact(self, customer: str = ALMA) -> str:
        """The contact's id of a customer whom the tenant has vouched for."""
        secret = self.shop.call("GET", "/v1/widget/identity-secret").json()
        token = jwt.encode(
            {"sub": customer, "exp": int(time.time()) + 300, "aud": secret["audience"]},
            secret["identity_secret"],
            algorithm="HS256",
        )
        body = {"assistant_id": self.shop.assistant_id, "identity_token": token}
        made = self.shop.call(
            "POST", "/v1/widget/sessions", json=body, headers={"origin": self.shop.url}
        )
        assert made.status_code == 201, made.text
        return made.json()["contact_id"]

    def converse(self, contact_id: str | None = None) -> str:
        """A new conversation of a contact; of nobody known without one."""
        body: dict[str, Any] = {"assistant_id": self.shop.assistant_id}
        if contact_id is not None:
            body["contact"] = {"contact_id": contact_id}
        made = self.shop.call("POST", "/v1/conversations", json=body)
        assert made.status_code == 201, made.text
        return made.json()["conversation_id"]

    def say(self, conversation_id: str, text: str) -> str:
        """What the assistant replies."""
        answer = self.shop.say(conversation_id, text)
        assert answer.status_code == 200, answer.text
        message = answer.json()["message"]
        return message["text"] if message else ""

    def approval(self, conversation_id: str, state: str = "waiting_for_approval") -> dict[str, Any]:
        """The conversation's newest action once it is in this state."""

        def look() -> dict[str, Any] | None:
            path = f"/v1/approvals?conversation_id={conversation_id}&status={state}"
            return next(iter(self.shop.call("GET", path).json()["data"]), None)

        return until(look, f"no action of {conversation_id} became {state}")

    def decide(self, approval: dict[str, Any], how: str, **body: Any) -> Any:
        """The answer to an approval that is decided."""
        return self.shop.call("POST", f"/v1/approvals/{approval['approval_id']}/{how}", json=body)

    def told(self, conversation_id: str, part: str) -> str:
        """The assistant's message that holds these words, once it is there."""

        heard: list[str] = []

        def look() -> str | None:
            path = f"/v1/conversations/{conversation_id}/messages"
            said = self.shop.call("GET", path).json()["data"]
            heard[:] = [m["text"] for m in said]
            return next(
                (m["text"] for m in said if m["author"] == "assistant" and part in m["text"]), None
            )

        try:
            return until(look, f"nobody said {part!r} in {conversation_id}")
        except AssertionError as error:
            raise AssertionError(f"{error}, but {heard}") from None

    def effects(self) -> list[dict[str, Any]]:
        """Everything that was done at the shop, in order."""
        with self.service.lock:
            return self.service.store.effects()


@contextmanager
def counter(database: Database, **given: Any) -> Generator[Counter]:
    """A server with one such shop, until the block ends."""
    with demo_shop_service() as service:
        allowed = service.url.removeprefix("http://")
        settings = {"egress_allow": allowed, "delivery_retry_seconds": 0.05} | given
        with serving(database, **settings) as desk:
            yield open_counter(desk, service)


def open_counter(
    desk: Desk, service: ShopServer, *, at: str = "", knows_keys: bool = True, **rules: Any
) -> Counter:
    """A fresh tenant connected to the service, `at` another address where it is reached by a line.

    `rules` are approvals by tool.
    """
    shop = desk.tenant("Harbour")
    made = shop.call(
        "POST",
        "/v1/connectors",
        json={
            "kind": "http",
            "name": "Shop",
            "settings": demo_connector(at or service.url, knows_keys=knows_keys),
            "secret": TOKEN,
        },
    )
    assert made.status_code == 201, made.text
    tools = [{"name": one} | ({"approval": rules[one]} if one in rules else {}) for one in TOOLS]
    changed = shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json={"tools": tools})
    assert changed.status_code == 200, changed.text
    return Counter(shop, service)


def until(look: Callable[[], Found | None], what: str) -> Found:
    """The first thing that a look finds. Raises: AssertionError after a while."""
    deadline = time.monotonic() + WAITS_SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
    return found
