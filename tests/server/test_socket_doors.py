"""Who may open a conversation's WebSocket, from which page, once or again, and for how long."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from server.access.auth import SESSION_COOKIE
from tests.server.browser import Browser, link, operator, signed_in
from tests.server.conftest import PLATFORM_KEY, Desk, Program, call
from tests.server.test_access import session

PAGE = "https://shop.example"


@dataclass(frozen=True)
class Shown:
    """What a handshake shows: subprotocols and headers."""

    subprotocols: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def bearer(cls, secret: str) -> "Shown":
        return cls(headers=(("Authorization", f"Bearer {secret}"),))

    @classmethod
    def token(cls, secret: str) -> "Shown":
        return cls(subprotocols=("frontdesk.v1", f"token.{secret}"))

    @classmethod
    def ticket(cls, secret: str) -> "Shown":
        return cls(subprotocols=("frontdesk.v1", f"ticket.{secret}"))

    @classmethod
    def cookie(cls, browser: Browser) -> "Shown":
        return cls(headers=(("Cookie", f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"),))


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    made = desk.tenant("Doors")
    path = f"/v1/assistants/{made.assistant_id}"
    assert made.call("PATCH", path, json={"allowed_origins": [PAGE]}).status_code == 200
    return made


@dataclass(frozen=True)
class Talk:
    shop: Program
    contact: dict[str, str]
    conversation_id: str

    def ticket(self, key: str | None = None) -> str:
        path = f"/v1/conversations/{self.conversation_id}/ws-ticket"
        made = call(self.shop.url, key or self.contact["token"], "POST", path)
        assert made.status_code == 201, made.text
        return made.json()["ticket"]

    def open(self, shown: Shown, origin: str | None = None) -> ClientConnection:
        url = f"{self.shop.url.replace('http', 'ws')}/v1/conversations/{self.conversation_id}/ws"
        headers = dict(shown.headers) | ({"Origin": origin} if origin else {})
        return connect(
            url,
            subprotocols=[Subprotocol(one) for one in shown.subprotocols] or None,
            additional_headers=headers,
            open_timeout=10,
        )

    def status(self, shown: Shown, origin: str | None) -> int:
        try:
            with self.open(shown, origin):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code


@pytest.fixture(scope="module")
def talk(shop: Program) -> Talk:
    contact = session(shop)
    body = {"assistant_id": shop.assistant_id}
    made = call(shop.url, contact["token"], "POST", "/v1/conversations", json=body).json()
    return Talk(shop, contact, made["conversation_id"])


def test_every_credential_from_every_page(desk: Desk, shop: Program, talk: Talk) -> None:
    elsewhere = desk.tenant("Otherdoors")
    other_contact = session(shop)
    revoked = shop.call("POST", "/v1/api-keys", json={"name": "k", "scopes": ["conversations"]})
    shop.call("DELETE", f"/v1/api-keys/{revoked.json()['api_key_id']}")
    claims = jwt.decode(talk.contact["token"], options={"verify_signature": False})
    forged = jwt.encode(claims, b"x" * 32, algorithm="HS256")
    other = Talk(shop, talk.contact, shop.conversation())
    spent = talk.ticket()
    assert talk.status(Shown.ticket(spent), None) == 101
    owner, left = signed_in(shop, "owner"), signed_in(shop, "owner")
    kept = Shown.cookie(left)
    left.call("DELETE", "/v1/session")
    stranger = signed_in(elsewhere, "owner")

    yes, no, named, never = (101,) * 4, (401,) * 4, (101, 101, 101, 403), (404,) * 4
    # in order: no page (a program), our own page, a page the assistant names, any other page
    doors: list[tuple[str, Callable[[], Shown], tuple[int, ...]]] = [
        ("nothing", Shown, no),
        ("an API key", lambda: Shown.bearer(shop.api_key), (101, 101, 403, 403)),
        ("a key without the scope", lambda: Shown.bearer(shop.key("knowledge")), (403,) * 4),
        ("a revoked key", lambda: Shown.bearer(revoked.json()["api_key"]), no),
        ("another tenant's key", lambda: Shown.bearer(elsewhere.api_key), never),
        ("the platform key", lambda: Shown.bearer(PLATFORM_KEY), (403,) * 4),
        ("the contact's token", lambda: Shown.token(talk.contact["token"]), named),
        ("the token in the header", lambda: Shown.bearer(talk.contact["token"]), named),
        ("another contact's token", lambda: Shown.token(other_contact["token"]), never),
        ("a forged token", lambda: Shown.token(forged), no),
        ("a ticket", lambda: Shown.ticket(talk.ticket()), named),
        ("a program's ticket", lambda: Shown.ticket(talk.ticket(shop.api_key)), named),
        ("a spent ticket", lambda: Shown.ticket(spent), no),
        ("another talk's ticket", lambda: Shown.ticket(other.ticket(shop.api_key)), no),
        ("a ticket as a token", lambda: Shown.token(talk.ticket()), no),
        ("a token as a ticket", lambda: Shown.ticket(talk.contact["token"]), no),
        ("an owner's session", lambda: Shown.cookie(owner), (403, 101, 403, 403)),
        ("a session that ended", lambda: kept, (403, 401, 403, 403)),
        ("another tenant's session", lambda: Shown.cookie(stranger), (403, 404, 403, 403)),
    ]
    assert yes != no
    pages = (None, shop.url, PAGE, "https://evil.example")
    tried = 0
    for name, show, expected in doors:
        found = tuple(talk.status(show(), page) for page in pages)
        assert found == expected, name
        tried += len(found)
    assert tried >= 60


def test_an_expired_ticket_opens_nothing(desk: Desk, shop: Program, talk: Talk) -> None:
    claims = jwt.decode(talk.ticket(), options={"verify_signature": False})
    past = (datetime.now(UTC) - timedelta(seconds=1)).timestamp()
    again = jwt.encode(claims | {"exp": past}, b"x" * 32, algorithm="HS256")
    assert talk.status(Shown.ticket(again), None) == 401


def _ended(line: ClientConnection) -> dict[str, Any]:
    """The problem that a socket was told before it was closed, within seconds."""
    deadline = time.monotonic() + 30
    told: dict[str, Any] = {}
    try:
        while time.monotonic() < deadline:
            frame = json.loads(line.recv(timeout=30))
            told = frame if frame["type"] == "problem" else told
    except ConnectionClosed:
        assert line.close_code == 1008
        return told
    raise AssertionError("the socket stayed open")


def test_a_key_that_is_revoked_closes_its_sockets(shop: Program, talk: Talk) -> None:
    body = {"name": "k", "scopes": ["conversations"]}
    made = shop.call("POST", "/v1/api-keys", json=body).json()
    with (
        talk.open(Shown.bearer(made["api_key"])) as line,
        talk.open(Shown.bearer(shop.api_key)) as other,
    ):
        shop.call("DELETE", f"/v1/api-keys/{made['api_key_id']}")
        assert _ended(line)["code"] == "unauthenticated"
        other.send('{"type": "ping"}')
        assert json.loads(other.recv(timeout=10))["type"] == "pong"


def test_an_operator_who_is_disabled_or_demoted_is_out(shop: Program, talk: Talk) -> None:
    for change in ({"disabled": True}, {"role": "viewer"}):
        someone = operator(shop, "admin")
        browser = Browser(shop.url)
        browser.sign_in(link(shop, someone))
        with talk.open(Shown.cookie(browser), shop.url) as line:
            shop.call("PATCH", f"/v1/operators/{someone}", json=change)
            assert _ended(line)["code"] == "unauthenticated"


def test_who_only_looks_on_cannot_write_over_a_socket(shop: Program, talk: Talk) -> None:
    viewer = signed_in(shop, "viewer")
    with talk.open(Shown.cookie(viewer), shop.url) as line:
        line.send('{"type": "message", "text": "hello"}')
        told = json.loads(line.recv(timeout=10))
        assert (told["type"], told["code"]) == ("problem", "denied")


def test_a_suspended_tenant_s_sockets_are_closed(desk: Desk) -> None:
    shop = desk.tenant("Shut")
    contact = session(shop)
    body = {"assistant_id": shop.assistant_id}
    made = call(shop.url, contact["token"], "POST", "/v1/conversations", json=body).json()
    with Talk(shop, contact, made["conversation_id"]).open(Shown.token(contact["token"])) as line:
        desk.platform("PATCH", f"/v1/tenants/{shop.tenant_id}", json={"status": "suspended"})
        assert _ended(line)["code"] == "tenant_suspended"
