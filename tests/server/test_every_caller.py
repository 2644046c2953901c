"""Every operation of the published document, called by everybody who may not: 401, 403 or 404.

A new operation is in the sweep by being published. Is it refused here? It has no scope: give it one
(`Needs`), or, where anybody may call it, a line with the reason in `OPEN`.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import jwt
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tenants.ids import new_id
from tenants.keys.secrets import derived_key
from tests import plain_http
from tests.server.browser import Browser, signed_in
from tests.server.conftest import Desk, Program, call

MASTER_KEY = base64.b64decode("bWFzdGVyLWtleS1vZi10aGUtdGVzdHMtMzItYnl0ZXM=")
SCOPES = ("assistants", "knowledge", "conversations", "handoffs", "analytics", "admin")
# Whom anybody may call, and why.
OPEN = {
    "get_health": "tells that the process lives",
    "get_health_of_dialect": "tells that the process lives",
    "get_readiness": "tells whether work may be sent here",
    "get_metrics": "figures without names of anybody; the proxy keeps them inside",
    "get_problem_kind": "documentation",
    "take_channel_event": "known by its signature: tests/server/test_channels.py",
    "show_invitation": "known by the invitation's token",
    "accept_invitation": "known by the invitation's token",
    "sign_in": "known by a link or a password",
    "find_sign_in_provider": "what the sign-in page shows before anybody is known",
    "begin_provider_sign_in": "the page's visitor goes to the tenant's provider",
    "finish_provider_sign_in": "known by the provider's answer: tests/server/test_openid.py",
    "create_widget_session": "known by the page's origin",
    "open_session": "known by the page's origin",
}
# Known by the cookie of a session alone, which is nobody else's.
BY_SESSION = {
    "get_session",
    "sign_out",
    "set_password",
    "get_second_factor",
    "begin_second_factor",
    "confirm_second_factor",
    "renew_recovery_codes",
    "remove_second_factor",
}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    name: str
    scope: str | None
    takes_contacts: bool

    def address(self, ids: dict[str, str]) -> str:
        known = {"provider": "deepseek", "code": "invalid", "revision": "1", "version": "1"}
        names = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        fresh = {name: str(new_id()) for name in names}
        return self.path.format_map(fresh | known | {"other": "1"} | ids)


class Sweep:
    """All operations, and a client that calls them."""

    def __init__(self, desk: Desk) -> None:
        self.client = plain_http.Client(base_url=desk.url, timeout=30)
        document = self.client.get("/openapi.json").json()
        self.operations = [
            Operation(
                method.upper(),
                path,
                found["operationId"],
                found.get("x-scope"),
                "a contact's token" in found.get("description", ""),
            )
            for path, methods in document["paths"].items()
            for method, found in methods.items()
        ]

    def call(
        self, one: Operation, secret: str | None, ids: dict[str, str] | None = None
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        body: Any = {} if one.method in ("POST", "PUT", "PATCH") else None
        return self.client.request(one.method, one.address(ids or {}), headers=headers, json=body)

    def refused(self, secret: str | None, expected: tuple[int, str], operations: Any) -> int:
        """How many were called; each must be refused so."""
        tried = 0
        for one in operations:
            answer = self.call(one, secret)
            told = (answer.status_code, answer.json().get("code"))
            assert told == expected, (one.method, one.path, answer.text[:300])
            tried += 1
        return tried

    @property
    def closed(self) -> list[Operation]:
        return [one for one in self.operations if one.name not in OPEN]

    @property
    def scoped(self) -> list[Operation]:
        return [one for one in self.operations if one.scope]


@pytest.fixture(scope="module")
def sweep(desk: Desk) -> Iterator[Sweep]:
    made = Sweep(desk)
    yield made
    made.client.close()


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    return desk.tenant("Swept")


def visitor(shop: Program) -> str:
    """A contact's token."""
    body = {"assistant_id": shop.assistant_id}
    headers = {"Origin": shop.url}
    made = plain_http.post(f"{shop.url}/v1/widget/sessions", json=body, headers=headers, timeout=30)
    assert made.status_code == 201, made.text
    return made.json()["token"]


def expired(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    past = claims | {"exp": datetime.now(UTC) - timedelta(seconds=5)}
    return jwt.encode(past, derived_key(MASTER_KEY, "contact-token"), algorithm="HS256")


def suspended(desk: Desk) -> str:
    """The key of a tenant that is suspended."""
    gone = desk.tenant("Gone")
    changed = desk.platform("PATCH", f"/v1/tenants/{gone.tenant_id}", json={"status": "suspended"})
    assert changed.status_code == 200, changed.text
    return gone.api_key


def test_every_operation_says_who_may_call_it(sweep: Sweep) -> None:
    unknown = {one.name for one in sweep.operations if not one.scope} - OPEN.keys() - BY_SESSION
    assert unknown == set(), "an operation without a scope: see this file's first lines"


def test_nobody_is_served_without_a_good_credential(sweep: Sweep, shop: Program) -> None:
    refusal = (401, "unauthenticated")
    for secret in (None, "fd_" + "x" * 40, expired(visitor(shop))):
        assert sweep.refused(secret, refusal, sweep.closed) > 100


def test_a_suspended_tenant_is_served_nothing(sweep: Sweep, desk: Desk) -> None:
    assert sweep.refused(suspended(desk), (403, "tenant_suspended"), sweep.scoped) > 100


def test_a_key_opens_nothing_but_its_scope(sweep: Sweep, shop: Program) -> None:
    wanted = {one.scope for one in sweep.scoped} - {"platform", None}
    assert {name for scope in wanted for name in str(scope).split(" or ")} == set(SCOPES)
    for scope in wanted:
        key = shop.key(*(one for one in SCOPES if one not in str(scope).split(" or ")))
        asked = [one for one in sweep.scoped if one.scope == scope]
        assert sweep.refused(key, (403, "denied"), asked) > 0, scope
    platform = [one for one in sweep.scoped if one.scope == "platform"]
    assert sweep.refused(shop.api_key, (403, "denied"), platform) > 5
    tenants = [one for one in sweep.scoped if one.scope != "platform"]
    assert sweep.refused("fp_test_platform_key", (403, "denied"), tenants) > 100


def test_a_contact_gets_at_what_contacts_may_do_alone(sweep: Sweep, shop: Program) -> None:
    asked = [one for one in sweep.scoped if not one.takes_contacts]
    assert sweep.refused(visitor(shop), (403, "denied"), asked) > 90


def test_a_viewer_changes_nothing(sweep: Sweep, shop: Program) -> None:
    browser: Browser = signed_in(shop, "viewer")
    tried = 0
    for one in sweep.scoped:
        if one.method == "GET" or one.scope == "platform":
            continue
        answer = browser.call(one.method, one.address({}), json={})
        assert answer.status_code in (403, 404), (one.method, one.path, answer.text[:300])
        tried += answer.status_code == 403
    assert tried > 60


def ids_of_a_talk(shop: Program) -> dict[str, str]:
    """What another contact of the same tenant has: a conversation, a turn, a message."""
    token = visitor(shop)
    made = call(
        shop.url, token, "POST", "/v1/conversations", json={"assistant_id": shop.assistant_id}
    )
    conversation = made.json()["conversation_id"]
    path = f"/v1/conversations/{conversation}/messages"
    said = call(shop.url, token, "POST", path, json={"text": "hello"}).json()
    message = call(shop.url, token, "GET", path).json()["data"][0]["message_id"]
    return {
        "conversation_id": conversation,
        "session_id": conversation,
        "turn_id": said["turn_id"],
        "message_id": message,
    }


@pytest.mark.parametrize("who", ["another contact", "another tenant"])
def test_what_is_anothers_answers_byte_for_byte_like_what_is_missing(
    sweep: Sweep, desk: Desk, shop: Program, who: str
) -> None:
    theirs = ids_of_a_talk(shop)
    caller = visitor(shop) if who == "another contact" else desk.tenant("Curious").api_key
    tried = 0
    for one in sweep.scoped:
        if not one.takes_contacts or not any(f"{{{name}}}" in one.path for name in theirs):
            continue
        foreign, missing = sweep.call(one, caller, theirs), sweep.call(one, caller)
        assert foreign.status_code == missing.status_code, (one.path, foreign.text)
        assert foreign.status_code in (403, 404, 422), (one.path, foreign.text)
        assert _bare(foreign) == _bare(missing), one.path
        tried += 1
    assert tried >= 8


def _bare(answer: httpx2.Response) -> tuple[str, dict[str, str]]:
    """An answer without what differs from call to call: its address, its time, its number."""
    text = answer.text.replace(answer.request.url.path, "")
    apart = {"date", "x-request-id", "ratelimit", "content-length"}
    return text, {k: v for k, v in answer.headers.items() if k not in apart}


def test_no_socket_opens_for_who_may_not(desk: Desk, shop: Program) -> None:
    conversation = ids_of_a_talk(shop)["conversation_id"]
    callers = {
        expired(visitor(shop)): 401,
        "fd_" + "x" * 40: 401,
        visitor(shop): 404,
        desk.tenant("Nosy").api_key: 404,
        shop.key("knowledge"): 403,
        suspended(desk): 403,
        "fp_test_platform_key": 403,
    }
    for secret, status in callers.items():
        shown: list[dict[str, Any]] = [
            {"additional_headers": {"Authorization": f"Bearer {secret}"}},
            {"subprotocols": ["frontdesk.v1", f"token.{secret}"]},
        ]
        for how in shown:
            assert _refusal(desk, conversation, **how) == status
    assert _refusal(desk, conversation) == 401


def _refusal(desk: Desk, conversation: str, **how: Any) -> int:
    address = desk.url.replace("http", "ws") + f"/v1/conversations/{conversation}/ws"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, open_timeout=30, **how)
    assert refused.value.response.headers["content-type"] == "application/problem+json"
    return refused.value.response.status_code
