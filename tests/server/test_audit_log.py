"""The audit log over HTTP: every act with who, what, from where and what changed."""

import json
from typing import Any

import pytest

from server.access.auditing import LOGGED_READS, NOT_LOGGED, is_logged
from server.admitting.intake import CheckedRoute
from server.routes import ROUTERS
from tests.server.browser import Browser, link, operator
from tests.server.conftest import Desk, Program, call, problem


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    return desk.tenant("Audited")


def _rows(shop: Program, **wanted: str) -> list[dict[str, Any]]:
    return shop.call("GET", "/v1/audit", params=wanted).json()["data"]


def _acts(shop: Program) -> list[int]:
    """The acts by number; uses of keys are logged together whenever ten minutes are over."""
    return [row["seq"] for row in _rows(shop) if row["action"] != "api_key_used"]


def test_a_change_stands_in_the_log_with_who_and_what(desk: Desk, shop: Program) -> None:
    someone = operator(shop, "operator")
    browser = Browser(shop.url)
    browser.sign_in(link(shop, someone))
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}
    place = f"/v1/operators/{someone}"
    changed = shop.call("PATCH", place, json={"role": "admin"}, headers=agent)
    assert changed.status_code == 200
    by_action = {row["action"]: row for row in _rows(shop, subject=f"operator:{someone}")}
    made = by_action["create_operator"]
    assert made["details"]["before"] is None and made["details"]["after"]["role"] == "operator"
    assert "password_hash" not in json.dumps(made)
    change = by_action["change_operator"]
    assert change["details"] == {"before": {"role": "operator"}, "after": {"role": "admin"}}
    assert change["actor"]["kind"] == "api_key" and change["browser"] == "Firefox on Linux"
    assert change["address"] == "127.0.0.1"
    signed_in = _rows(shop, actor_id=someone)[0]
    assert signed_in["action"] == "sign_in" and signed_in["actor"]["kind"] == "operator"
    assert _rows(desk.tenant("Unaudited"), subject=f"operator:{someone}") == []


def test_what_was_refused_or_changes_nothing_is_not_logged(shop: Program) -> None:
    before = _acts(shop)
    path = "/v1/operators/0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d"
    assert shop.call("PATCH", path, json={"role": "admin"}).status_code == 404
    assert shop.call("POST", "/v1/api-keys", json={"name": "k", "scopes": ["x"]}).status_code == 422
    shop.call("GET", "/v1/operators")
    shop.say(shop.conversation(), "hello")
    assert _acts(shop) == before


def test_knowledge_keys_and_handoffs_are_logged(shop: Program) -> None:
    shop.teach("Do you open on Sundays?", "No, on Sundays we are closed.")
    key = shop.call("POST", "/v1/api-keys", json={"name": "k", "scopes": ["knowledge"]}).json()
    said = shop.say(shop.conversation(), "I want to talk to a human, please.").json()
    handoff = said["handoff"]["handoff_id"]
    shop.call("POST", f"/v1/handoffs/{handoff}/claim")
    shop.call("POST", f"/v1/handoffs/{handoff}/resolve", json={"reply": "Here I am."})
    found = {row["action"]: row for row in _rows(shop)}
    assert found["add_document"]["subject"] == f"knowledge_base:{shop.knowledge_base_id}"
    assert found["create_api_key"]["subject"] == f"api_key:{key['api_key_id']}"
    assert key["api_key"] not in json.dumps(found)
    assert found["claim_handoff"]["details"]["after"]["status"] == "active"
    assert found["resolve_handoff"]["details"]["after"]["status"] == "resolved"
    assert "Here I am" not in json.dumps(found)


def test_the_log_is_exported_as_lines_and_that_is_logged_too(shop: Program) -> None:
    for _ in range(3):  # more than a page, whichever tests came before
        shop.key("knowledge")
    lines = shop.call("GET", "/v1/audit/export").text.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(_rows(shop, action="export_audit")) == 1
    page = shop.call("GET", "/v1/audit", params={"limit": 2}).json()
    more = shop.call("GET", "/v1/audit", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert more["data"][0]["seq"] == page["data"][-1]["seq"] - 1
    problem(call(shop.url, shop.key("knowledge"), "GET", "/v1/audit"), 403, "denied")


def test_every_route_that_changes_something_is_logged_or_says_why_not() -> None:
    known: set[str] = set()
    for router in ROUTERS:
        for route in router.routes:
            operation = getattr(route, "operation_id", None)
            if operation is None:
                continue
            known.add(operation)
            methods: set[str] = getattr(route, "methods", set())
            if methods & {"POST", "PUT", "PATCH", "DELETE"}:
                assert isinstance(route, CheckedRoute), operation
                assert is_logged(operation, methods) != (operation in NOT_LOGGED), operation
    assert all(NOT_LOGGED.values())
    dialects = {"write_in_session", "open_session", "chat_with_bot", "get_context"}
    assert set(NOT_LOGGED) - dialects <= known
    assert "export_audit" in LOGGED_READS & known
