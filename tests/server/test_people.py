"""Operators and keys: passwords, invitations, roles in force at once, sessions that can be ended."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests import plain_http
from tests.server.browser import Browser, link, operator, signed_in
from tests.server.conftest import Desk, Program, call, problem

PASSWORD = "correct horse 42 battery"


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    return desk.tenant("People")


def _invite(caller: Program | Browser, email: str, role: str = "operator") -> httpx2.Response:
    body = {"email": email, "name": "Robin", "role": role}
    return caller.call("POST", "/v1/invitations", json=body)


def _accept(shop: Program, made: dict[str, Any], password: str = PASSWORD) -> httpx2.Response:
    token = made["path"].partition("#invitation=")[2]
    given = {"invitation_token": token, "password": password}
    return Browser(shop.url).call("POST", "/v1/session/accept-invitation", json=given)


def _person(shop: Program, email: str, role: str = "operator") -> str:
    accepted = _accept(shop, _invite(shop, email, role).json())
    assert accepted.status_code == 201, accepted.text
    return accepted.json()["operator_id"]


def test_an_invitation_makes_one_operator_with_a_password(shop: Program) -> None:
    made = _invite(shop, "Ann@a.example", "admin").json()
    assert made["invitation_id"] in shop.call("GET", "/v1/invitations").text
    assert _accept(shop, made, "short").status_code == 422
    assert _accept(shop, made, "ann@a.example").status_code == 422
    accepted = _accept(shop, made)
    assert accepted.json()["role"] == "admin" and accepted.json()["has_password"]
    assert "samesite=strict" in accepted.headers["set-cookie"].lower()
    problem(_accept(shop, made), 401, "unauthenticated")
    problem(_invite(shop, "ann@a.example"), 409, "conflict")
    assert made["invitation_id"] not in shop.call("GET", "/v1/invitations").text


def test_an_invitation_says_who_invites_where_to_and_why_it_is_good_no_more(shop: Program) -> None:
    def told(made: dict[str, Any]) -> httpx2.Response:
        given = {"invitation_token": made["path"].partition("#invitation=")[2]}
        return Browser(shop.url).call("POST", "/v1/session/invitation", json=given)

    def why_not(made: dict[str, Any]) -> str:
        return problem(told(made), 401, "unauthenticated")["detail"]

    owner = signed_in(shop, "owner")
    made = _invite(owner, "mo@a.example").json()
    shown = told(made).json()
    assert (shown["company"], shown["tenant"]) == ("People", shop.slug)
    assert (shown["invited_by"], shown["email"]) == ("Owner", "mo@a.example")
    assert (shown["name"], shown["role"]) == ("Robin", "operator")
    assert told(_invite(shop, "program@a.example").json()).json()["invited_by"] is None
    newer = _invite(owner, "mo@a.example").json()
    assert "newer one took its place" in why_not(made)
    assert _accept(shop, newer).status_code == 201
    assert why_not(newer) == "the invitation was used already"
    assert "not valid" in why_not({"path": "#invitation=forged"})


def test_an_invitation_that_was_taken_back_or_replaced_is_good_for_nothing(
    desk: Desk, shop: Program
) -> None:
    first, second = (_invite(shop, "bo@a.example").json() for _ in range(2))
    problem(_accept(shop, first), 401, "unauthenticated")
    elsewhere = desk.tenant("Inviting")
    path = f"/v1/invitations/{second['invitation_id']}"
    problem(elsewhere.call("DELETE", path), 404, "not_found")
    assert shop.call("DELETE", path).status_code == 204
    problem(_accept(shop, second), 401, "unauthenticated")


def test_a_password_signs_in_and_what_is_wrong_is_not_told_apart(shop: Program) -> None:
    _person(shop, "cy@a.example")
    browser = Browser(shop.url)
    assert browser.by_password(shop, "CY@a.example", PASSWORD).status_code == 201
    assert browser.call("GET", "/v1/session").json()["email"] == "cy@a.example"
    nobody = Program(shop.url, "", "no-such-slug", "", "", "")
    refused = [
        Browser(shop.url).by_password(shop, "cy@a.example", PASSWORD + "x"),
        Browser(shop.url).by_password(shop, "nobody@a.example", PASSWORD),
        Browser(shop.url).by_password(nobody, "cy@a.example", PASSWORD),
    ]
    assert {(one.status_code, one.text) for one in refused} == {(401, refused[0].text)}
    evil = {"Origin": "https://evil.example"}
    given = {"tenant": shop.slug, "email": "cy@a.example", "password": PASSWORD}
    refusal = Browser(shop.url).call("POST", "/v1/session", json=given, headers=evil)
    problem(refusal, 403, "origin_denied")


@pytest.mark.parametrize("email", ["dee@a.example", "nobody@here.example"])
def test_guessing_is_slowed_down_for_known_and_unknown_addresses(desk: Desk, email: str) -> None:
    shop = desk.tenant("Guessed")
    _person(shop, "dee@a.example")
    browser = Browser(shop.url)
    with ThreadPoolExecutor(12) as at_once:
        tried = list(
            at_once.map(lambda n: browser.by_password(shop, email, f"{PASSWORD}{n}"), range(12))
        )
    assert {one.status_code for one in tried} == {401, 429}
    slowed = next(one for one in tried if one.status_code == 429)
    assert problem(slowed, 429, "rate_limited")["retry_after_seconds"] >= 1
    assert browser.by_password(shop, "other@a.example", "x").status_code == 401


def test_one_sets_and_changes_ones_own_password(shop: Program) -> None:
    someone = operator(shop)
    path = "/v1/session/password"
    browser = Browser(shop.url)
    browser.sign_in(link(shop, someone))
    other = Browser(shop.url)
    other.sign_in(link(shop, someone))
    assert browser.call("PUT", path, json={"new_password": "aaaaaaaaaaaaaa"}).status_code == 422
    assert browser.call("PUT", path, json={"new_password": PASSWORD}).status_code == 204
    problem(other.call("GET", "/v1/session"), 401, "unauthenticated")
    email = browser.call("GET", "/v1/session").json()["email"]
    third = Browser(shop.url)
    assert third.by_password(shop, email, PASSWORD).status_code == 201
    wrong = third.call(
        "PUT", path, json={"current_password": "nope", "new_password": PASSWORD + "2"}
    )
    problem(wrong, 403, "denied")
    right = {"current_password": PASSWORD, "new_password": PASSWORD + "2"}
    assert third.call("PUT", path, json=right).status_code == 204
    problem(Browser(shop.url).by_password(shop, email, PASSWORD), 401, "unauthenticated")


def test_a_session_that_was_ended_is_refused(shop: Program) -> None:
    someone = operator(shop)
    first, second = Browser(shop.url), Browser(shop.url)
    for browser in (first, second):
        browser.sign_in(link(shop, someone))
    place = f"/v1/operators/{someone}/sessions"
    found = first.call("GET", place).json()["data"]
    assert [one["is_this"] for one in found] == [False, True]
    assert {one["method"] for one in found} == {"link"}
    stranger = signed_in(shop)
    problem(stranger.call("GET", place), 403, "denied")
    problem(stranger.call("DELETE", place), 403, "denied")
    ended = f"{place}/{found[0]['operator_session_id']}"
    assert first.call("DELETE", ended).status_code == 204
    problem(second.call("GET", "/v1/session"), 401, "unauthenticated")
    kept = dict(first.cookies)
    assert first.call("DELETE", "/v1/session").status_code == 204
    first.cookies = kept  # a copy of the cookie is worth nothing once it was signed out
    problem(first.call("GET", "/v1/session"), 401, "unauthenticated")


def test_a_role_that_changed_and_an_operator_that_was_disabled_count_at_once(
    shop: Program,
) -> None:
    someone = operator(shop, "admin")
    browser = Browser(shop.url)
    browser.sign_in(link(shop, someone))
    assert browser.call("GET", "/v1/api-keys").status_code == 200
    place = f"/v1/operators/{someone}"
    assert shop.call("PATCH", place, json={"role": "viewer"}).json()["role"] == "viewer"
    problem(browser.call("GET", "/v1/api-keys"), 403, "denied")
    assert browser.call("GET", "/v1/handoffs").status_code == 200
    assert shop.call("PATCH", place, json={"disabled": True}).json()["disabled_at"]
    problem(browser.call("GET", "/v1/handoffs"), 401, "unauthenticated")
    shop.call("PATCH", place, json={"disabled": False})
    problem(browser.call("GET", "/v1/handoffs"), 401, "unauthenticated")  # sessions stay ended


def test_the_last_owner_stays_and_only_owners_make_owners(desk: Desk) -> None:
    shop = desk.tenant("Owned")
    first = operator(shop, "owner")
    for change in ({"role": "admin"}, {"disabled": True}):
        problem(shop.call("PATCH", f"/v1/operators/{first}", json=change), 409, "last_owner")
    admin = signed_in(shop, "admin")
    problem(_invite(admin, "me@a.example", "owner"), 403, "denied")
    problem(admin.call("PATCH", f"/v1/operators/{first}", json={"name": "X"}), 403, "denied")
    problem(admin.call("POST", f"/v1/operators/{first}/sign-in-links"), 403, "denied")
    me = admin.call("GET", "/v1/session").json()["operator_id"]
    problem(admin.call("PATCH", f"/v1/operators/{me}", json={"role": "owner"}), 403, "denied")
    second = operator(shop, "owner")
    with ThreadPoolExecutor(2) as at_once:  # two owners who end each other: one stays
        codes = at_once.map(
            lambda one: shop.call("PATCH", f"/v1/operators/{one}", json={"disabled": True}),
            (first, second),
        )
        assert sorted(one.status_code for one in codes) == [200, 409]


def test_every_route_of_the_console_keeps_to_the_roles(desk: Desk, shop: Program) -> None:
    document = plain_http.get(f"{shop.url}/openapi.json", timeout=30).json()
    roles = {role: signed_in(shop, role) for role in ("viewer", "operator")}
    ids = dict.fromkeys(_names(document), "0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d")
    tried = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            scope = operation.get("x-scope")
            if scope is None or operation["operationId"] in _OWN or path.endswith("/events"):
                continue  # one's own sessions; streams that do not end
            for role, browser in roles.items():
                may = _may(role, scope, method)
                answer = browser.call(method.upper(), path.format_map(ids))
                assert (answer.status_code == 403) != may, (role, method, path, answer.text)
                tried += 1
    assert tried > 150


_OWN = {
    "create_ws_ticket",
    "list_operator_sessions",
    "sign_operator_out_everywhere",
    "revoke_operator_session",
}


def _names(document: dict[str, Any]) -> set[str]:
    return {part.split("}")[0] for path in document["paths"] for part in path.split("{")[1:]}


def _may(role: str, scope: str, method: str) -> bool:
    if scope in ("admin", "platform"):
        return False
    return method == "get" or (role == "operator" and scope == "handoffs")


def test_a_key_ends_when_it_was_said_to(shop: Program) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    body = {"name": "k", "scopes": ["knowledge"], "expires_at": soon.isoformat()}
    key = shop.call("POST", "/v1/api-keys", json=body).json()["api_key"]
    assert call(shop.url, key, "GET", "/v1/knowledge-bases").status_code == 200
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 0.05)
    problem(call(shop.url, key, "GET", "/v1/knowledge-bases"), 401, "unauthenticated")
    for wrong in ("2001-01-01T00:00:00Z", "2030-01-01T00:00:00", "9999-01-01T00:00:00Z"):
        assert (
            shop.call("POST", "/v1/api-keys", json=body | {"expires_at": wrong}).status_code == 422
        )


def test_a_rotated_key_and_its_successor_overlap(desk: Desk, shop: Program) -> None:
    old = shop.call("POST", "/v1/api-keys", json={"name": "k", "scopes": ["knowledge"]}).json()
    path = f"/v1/api-keys/{old['api_key_id']}/rotate"
    problem(desk.tenant("Rotating").call("POST", path), 404, "not_found")
    new = shop.call("POST", path, json={"overlap_seconds": 3_600}).json()
    assert new["replaces"] == old["api_key_id"] and new["scopes"] == ["knowledge"]
    for key in (old["api_key"], new["api_key"]):
        assert call(shop.url, key, "GET", "/v1/knowledge-bases").status_code == 200
    assert shop.call("POST", path, json={"overlap_seconds": 0}).status_code == 201
    problem(call(shop.url, old["api_key"], "GET", "/v1/knowledge-bases"), 401, "unauthenticated")
    problem(shop.call("POST", path), 409, "conflict")
    shown = {one["api_key_id"]: one for one in shop.call("GET", "/v1/api-keys").json()["data"]}
    assert shown[old["api_key_id"]]["last_used_at"] and shown[old["api_key_id"]]["expires_at"]
