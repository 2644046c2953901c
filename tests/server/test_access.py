"""Who may do what: scopes, contacts' tokens, other tenants, suspended tenants, revoked keys."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from tests.server.conftest import Desk, Program, call, problem


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    return desk.tenant("Access")


def session(shop: Program, origin: str | None = None, **more: str) -> dict[str, str]:
    made = call(
        shop.url,
        None,
        "POST",
        "/v1/widget/sessions",
        json={"assistant_id": shop.assistant_id} | more,
        headers={"Origin": origin or shop.url},
    )
    assert made.status_code == 201, made.text
    return made.json()


def test_without_a_good_key_nobody_is_served(desk: Desk, shop: Program) -> None:
    refused = call(desk.url, None, "GET", "/v1/assistants")
    problem(refused, 401, "unauthenticated")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    for key in ("fd_nope", "a.b.c", shop.api_key + "x"):
        problem(call(desk.url, key, "GET", "/v1/assistants"), 401, "unauthenticated")


def test_a_key_does_what_its_scopes_say(desk: Desk, shop: Program) -> None:
    key = shop.key("knowledge")
    assert call(desk.url, key, "GET", "/v1/knowledge-bases").status_code == 200
    for path in ("/v1/assistants", "/v1/handoffs", "/v1/usage", "/v1/api-keys"):
        problem(call(desk.url, key, "GET", path), 403, "denied")
    problem(call(desk.url, key, "GET", "/v1/tenants"), 403, "denied")
    problem(desk.platform("GET", "/v1/assistants"), 403, "denied")


def test_the_platform_lists_its_tenants_by_name_and_reads_what_it_set(desk: Desk) -> None:
    made = desk.tenant("Alder")
    path = f"/v1/tenants/{made.tenant_id}"
    change = {"name": "Alder and Finch", "time_zone": "Europe/Oslo", "prune_after_days": 9}
    assert desk.platform("PATCH", path, json=change).status_code == 200
    listed, cursor = list[dict[str, Any]](), ""
    while True:  # other tests' tenants as well
        page = desk.platform("GET", f"/v1/tenants?limit=100{cursor}").json()
        listed += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    [one] = [tenant for tenant in listed if tenant["tenant_id"] == made.tenant_id]
    assert one.items() >= change.items()
    assert desk.platform("GET", path).json() == one


def test_a_revoked_key_is_refused_within_a_second(desk: Desk, shop: Program) -> None:
    made = shop.call("POST", "/v1/api-keys", json={"name": "k", "scopes": ["knowledge"]}).json()
    assert call(desk.url, made["api_key"], "GET", "/v1/knowledge-bases").status_code == 200
    assert shop.call("DELETE", f"/v1/api-keys/{made['api_key_id']}").status_code == 204
    refused = call(desk.url, made["api_key"], "GET", "/v1/knowledge-bases")
    problem(refused, 401, "unauthenticated")
    assert "api_key" not in shop.call("GET", "/v1/api-keys").text.replace("api_key_id", "")


def test_another_tenant_s_things_are_not_there(desk: Desk, shop: Program) -> None:
    other = desk.tenant("Other")
    conversation_id = shop.conversation()
    shop.teach("Do you open on Sunday?", "Yes, from ten.")
    for path in (
        f"/v1/conversations/{conversation_id}",
        f"/v1/conversations/{conversation_id}/messages",
        f"/v1/conversations/{conversation_id}/events",
        f"/v1/assistants/{shop.assistant_id}",
        f"/v1/knowledge-bases/{shop.knowledge_base_id}",
        f"/v1/knowledge-bases/{shop.knowledge_base_id}/documents",
    ):
        problem(other.call("GET", path), 404, "not_found")
    problem(other.say(conversation_id, "hello"), 404, "not_found")
    search = f"/v1/knowledge-bases/{shop.knowledge_base_id}/search"
    problem(other.call("POST", search, json={"query": "Sunday"}), 404, "not_found")
    taken = {"name": "Thief", "knowledge_base_ids": [shop.knowledge_base_id]}
    problem(other.call("POST", "/v1/assistants", json=taken), 404, "not_found")
    borrowed = {"assistant_id": shop.assistant_id}
    problem(other.call("POST", "/v1/conversations", json=borrowed), 404, "not_found")
    assert other.call("GET", "/v1/conversations").json()["data"] == []


def test_a_contact_sees_their_own_conversations_only(desk: Desk, shop: Program) -> None:
    ada, bo = session(shop), session(shop)
    made = call(
        desk.url,
        ada["token"],
        "POST",
        "/v1/conversations",
        json={"assistant_id": shop.assistant_id},
    )
    conversation_id = made.json()["conversation_id"]
    assert made.json()["contact_id"] == ada["contact_id"] and made.json()["channel"] == "widget"
    path = f"/v1/conversations/{conversation_id}"
    assert call(desk.url, ada["token"], "GET", path).status_code == 200
    problem(call(desk.url, bo["token"], "GET", path), 404, "not_found")
    said = call(desk.url, bo["token"], "POST", path + "/messages", json={"text": "hi"})
    problem(said, 404, "not_found")
    assert call(desk.url, bo["token"], "GET", "/v1/conversations").json()["data"] == []
    for denied in ("/v1/handoffs", "/v1/contacts", "/v1/assistants", path + "/interrupts"):
        problem(call(desk.url, ada["token"], "GET", denied), 403, "denied")


def test_a_widget_session_needs_an_allowed_page(desk: Desk, shop: Program) -> None:
    body = {"assistant_id": shop.assistant_id}
    refused = call(desk.url, None, "POST", "/v1/widget/sessions", json=body)
    problem(refused, 403, "origin_denied")
    elsewhere = {"Origin": "https://shop.example"}
    path = "/v1/widget/sessions"
    refused = call(desk.url, None, "POST", path, json=body, headers=elsewhere)
    problem(refused, 403, "origin_denied")
    changed = {"allowed_origins": ["https://shop.example"]}
    patched = shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=changed)
    assert patched.json()["revision"] == 2
    assert session(shop, "https://shop.example")["identity_level"] == "anonymous"


def test_an_identity_token_makes_the_same_verified_contact(desk: Desk, shop: Program) -> None:
    secret = shop.call("GET", "/v1/widget/identity-secret").json()["identity_secret"]
    claims = {
        "sub": "customer-7",
        "aud": "frontdesk.identity",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    }
    token = jwt.encode(claims, secret, algorithm="HS256")
    first = session(shop, identity_token=token)
    again = session(shop, identity_token=token)
    assert first["identity_level"] == "verified"
    assert first["contact_id"] == again["contact_id"]
    forged = jwt.encode(claims, "x" * 43, algorithm="HS256")
    unsigned = jwt.encode(claims, "", algorithm="none")
    late = jwt.encode(claims | {"exp": 1}, secret, algorithm="HS256")
    for wrong in (forged, unsigned, late, "x"):
        refused = call(
            desk.url,
            None,
            "POST",
            "/v1/widget/sessions",
            json={"assistant_id": shop.assistant_id, "identity_token": wrong},
            headers={"Origin": shop.url},
        )
        problem(refused, 401, "unauthenticated")


def test_a_suspended_tenant_is_refused_at_once(desk: Desk) -> None:
    shop = desk.tenant("Suspended")
    contact = session(shop)
    assert call(desk.url, contact["token"], "GET", "/v1/conversations").status_code == 200
    path = f"/v1/tenants/{shop.tenant_id}"
    assert desk.platform("PATCH", path, json={"status": "suspended"}).status_code == 200
    problem(shop.call("GET", "/v1/assistants"), 403, "tenant_suspended")
    refused = call(desk.url, contact["token"], "GET", "/v1/conversations")
    problem(refused, 403, "tenant_suspended")
    desk.platform("PATCH", path, json={"status": "active"})
    assert shop.call("GET", "/v1/assistants").status_code == 200


def test_an_erased_tenant_leaves_nothing(desk: Desk) -> None:
    shop = desk.tenant("Erased")
    shop.say(shop.conversation(), "hello")
    gone = desk.platform("DELETE", f"/v1/tenants/{shop.tenant_id}")
    assert gone.status_code == 202
    assert shop.call("GET", "/v1/assistants").status_code in (401, 403)
    deadline = time.monotonic() + 15
    path = f"/v1/tenants/{shop.tenant_id}"
    while desk.platform("GET", path).status_code != 404:
        assert time.monotonic() < deadline, "the tenant is still there"
        time.sleep(0.1)


def test_a_second_tenant_of_one_name_is_told_apart_and_a_repeat_makes_none(desk: Desk) -> None:
    name = {"name": f"Twin {uuid4().hex}"}
    first, second = (desk.platform("POST", "/v1/tenants", json=name).json() for _ in range(2))
    assert first["namesake"] is None
    assert second["namesake"] == first["slug"] != second["slug"]
    shown = [
        desk.platform("GET", f"/v1/tenants/{one['tenant_id']}").json() for one in (first, second)
    ]
    assert shown[0]["name"] == shown[1]["name"] and shown[0]["slug"] != shown[1]["slug"]
    key = {"Idempotency-Key": uuid4().hex}
    once = {"name": f"Once {uuid4().hex}"}
    made = desk.platform("POST", "/v1/tenants", json=once, headers=key)
    again = desk.platform("POST", "/v1/tenants", json=once, headers=key)
    assert made.status_code == 201 and made.json()["tenant_id"] in again.text
    assert again.status_code == 409  # its key was shown once
