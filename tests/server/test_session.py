"""The console's session: a link that is good once, a cookie, and what each role may do with it."""

import base64
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from server.access.auth import SESSION_COOKIE
from tests.server.browser import Browser, link, operator, signed_in
from tests.server.conftest import Desk, Program


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Signed")


def test_a_link_signs_in_once(shop: Program) -> None:
    token, browser = link(shop, operator(shop)), Browser(shop.url)
    answer = browser.sign_in(token)
    assert answer.status_code == 201 and answer.json()["role"] == "operator"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and SESSION_COOKIE in cookie
    assert browser.call("GET", "/v1/session").json() == answer.json()
    again = Browser(shop.url).sign_in(token)
    assert again.status_code == 401 and "used before" in again.json()["detail"]
    assert browser.call("DELETE", "/v1/session").status_code == 204
    assert browser.call("GET", "/v1/session").status_code == 401


def test_what_is_no_link_signs_nobody_in(desk: Desk, shop: Program) -> None:
    token = link(shop, operator(shop))
    claims = jwt.decode(token, options={"verify_signature": False})
    past = claims | {"exp": datetime.now(UTC) - timedelta(seconds=1)}
    key = base64.b64encode(b"x" * 32).decode()
    for wrong in ("x", token[:-3], jwt.encode(claims, key), jwt.encode(past, key)):
        assert Browser(shop.url).sign_in(wrong).status_code == 401
    browser = Browser(shop.url)
    assert browser.sign_in(token).status_code == 201
    assert Browser(shop.url).call("GET", "/v1/handoffs").status_code == 401


def test_another_page_cannot_use_the_session(shop: Program) -> None:
    browser = signed_in(shop, "owner")
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
        browser = signed_in(shop, role)
        for path in ("/v1/handoffs", "/v1/conversations", base, "/v1/assistants"):
            assert browser.call("GET", path).status_code == 200
        tried = (
            browser.call("POST", "/v1/handoffs/0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d/claim"),
            browser.call("POST", base, json=entry),
            browser.call("POST", "/v1/api-keys", json=key),
        )
        assert tuple(answer.status_code for answer in tried) == expected
    writer = signed_in(shop, rights=["knowledge"])
    assert writer.call("POST", base, json=entry).status_code == 201


def test_a_session_acts_as_its_operator_and_for_nobody_else(shop: Program) -> None:
    conversation = shop.conversation()
    path = f"/v1/conversations/{conversation}/messages"
    handoff = shop.call("POST", path, json={"text": "I want to talk to a human, please."}).json()
    place = f"/v1/handoffs/{handoff['handoff']['handoff_id']}"
    browser = signed_in(shop)
    me = browser.call("GET", "/v1/session").json()
    other = {"operator_id": operator(shop)}
    assert browser.call("POST", f"{place}/claim", json=other).status_code == 403
    claimed = browser.call("POST", f"{place}/claim").json()
    assert claimed["claimed_by"] == {"kind": "operator", "id": me["operator_id"]}


def test_a_session_stays_with_its_tenant(desk: Desk, shop: Program) -> None:
    other = desk.tenant("Elsewhere")
    browser = signed_in(shop, "owner")
    assert browser.call("GET", f"/v1/assistants/{other.assistant_id}").status_code == 404
    foreign = other.call("POST", f"/v1/operators/{operator(shop)}/sign-in-links")
    assert foreign.status_code == 404
