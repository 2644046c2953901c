"""The console's session: a link that is good once, a cookie, and what each role may do with it."""

import base64
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import jwt
import pytest

from server.auth import SESSION_COOKIE
from tests.server.conftest import Desk, Program


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Signed")


def _operator(shop: Program, role: str = "operator", **fields: Any) -> str:
    email = f"{os.urandom(6).hex()}@a.example"
    body = {"email": email, "name": role.title(), "role": role} | fields
    return shop.call("POST", "/v1/operators", json=body).json()["operator_id"]


def _link(shop: Program, operator_id: str) -> str:
    made = shop.call("POST", f"/v1/operators/{operator_id}/sign-in-links")
    assert made.status_code == 201, made.text
    return made.json()["path"].partition("#")[2]


class _Browser:
    """A browser on the console's own pages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._cookies: dict[str, str] = {}

    def call(self, method: str, path: str, **how: Any) -> httpx2.Response:
        headers = {"Origin": self._url} | how.pop("headers", {})
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self._cookies.items())
        answer = httpx2.request(method, self._url + path, headers=headers, timeout=30, **how)
        for kept in answer.headers.get_list("set-cookie"):
            name, _, value = kept.partition(";")[0].partition("=")
            self._cookies[name] = value.strip('"')
            if not self._cookies[name]:
                del self._cookies[name]
        return answer

    def sign_in(self, link: str) -> httpx2.Response:
        return self.call("POST", "/v1/session", json={"link_token": link})


def _signed_in(shop: Program, role: str = "operator", **fields: Any) -> _Browser:
    browser = _Browser(shop.url)
    assert browser.sign_in(_link(shop, _operator(shop, role, **fields))).status_code == 201
    return browser


def test_a_link_signs_in_once(shop: Program) -> None:
    link, browser = _link(shop, _operator(shop)), _Browser(shop.url)
    answer = browser.sign_in(link)
    assert answer.status_code == 201 and answer.json()["role"] == "operator"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and SESSION_COOKIE in cookie
    assert browser.call("GET", "/v1/session").json() == answer.json()
    again = _Browser(shop.url).sign_in(link)
    assert again.status_code == 401 and "used before" in again.json()["detail"]
    assert browser.call("DELETE", "/v1/session").status_code == 204
    assert browser.call("GET", "/v1/session").status_code == 401


def test_what_is_no_link_signs_nobody_in(desk: Desk, shop: Program) -> None:
    link = _link(shop, _operator(shop))
    claims = jwt.decode(link, options={"verify_signature": False})
    past = claims | {"exp": datetime.now(UTC) - timedelta(seconds=1)}
    key = base64.b64encode(b"x" * 32).decode()
    for wrong in ("x", link[:-3], jwt.encode(claims, key), jwt.encode(past, key)):
        assert _Browser(shop.url).sign_in(wrong).status_code == 401
    browser = _Browser(shop.url)
    assert browser.sign_in(link).status_code == 201
    assert _Browser(shop.url).call("GET", "/v1/handoffs").status_code == 401


def test_another_page_cannot_use_the_session(shop: Program) -> None:
    browser = _signed_in(shop, "owner")
    for origin in ("https://evil.example", "null", ""):
        evil = {"Origin": origin}
        answer = browser.call("POST", "/v1/api-keys", json={}, headers=evil)
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_denied")
        signing_in = browser.call("POST", "/v1/session", json={"link_token": "x"}, headers=evil)
        assert signing_in.status_code == 403


def test_each_role_may_do_its_part(shop: Program) -> None:
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}/documents"
    entry = {"question": "Do you open on Sundays?", "answer": "No, on Sundays we are closed."}
    key = {"name": "x", "scopes": ["conversations"]}
    allowed = {
        "viewer": (403, 403, 403),
        "operator": (404, 403, 403),
        "admin": (404, 201, 201),
    }
    for role, expected in allowed.items():
        browser = _signed_in(shop, role)
        for path in ("/v1/handoffs", "/v1/conversations", base, "/v1/assistants"):
            assert browser.call("GET", path).status_code == 200
        tried = (
            browser.call("POST", "/v1/handoffs/0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d/claim"),
            browser.call("POST", base, json=entry),
            browser.call("POST", "/v1/api-keys", json=key),
        )
        assert tuple(answer.status_code for answer in tried) == expected
    writer = _signed_in(shop, rights=["knowledge"])
    assert writer.call("POST", base, json=entry).status_code == 201


def test_a_session_acts_as_its_operator_and_for_nobody_else(shop: Program) -> None:
    conversation = shop.conversation()
    path = f"/v1/conversations/{conversation}/messages"
    handoff = shop.call("POST", path, json={"text": "I want to talk to a human, please."}).json()
    place = f"/v1/handoffs/{handoff['handoff']['handoff_id']}"
    browser = _signed_in(shop)
    me = browser.call("GET", "/v1/session").json()
    other = {"operator_id": _operator(shop)}
    assert browser.call("POST", f"{place}/claim", json=other).status_code == 403
    claimed = browser.call("POST", f"{place}/claim").json()
    assert claimed["claimed_by"] == {"kind": "operator", "id": me["operator_id"]}


def test_a_session_stays_with_its_tenant(desk: Desk, shop: Program) -> None:
    other = desk.tenant("Elsewhere")
    browser = _signed_in(shop, "owner")
    assert browser.call("GET", f"/v1/assistants/{other.assistant_id}").status_code == 404
    link = other.call("POST", f"/v1/operators/{_operator(shop)}/sign-in-links")
    assert link.status_code == 404
