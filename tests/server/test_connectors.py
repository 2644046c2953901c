"""Connectors and tools through the server: kept, tried, used by a turn over a real wire."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from server.demo_shop.connector import demo_connector
from server.demo_shop.service import ShopServer
from tests.databases import Database
from tests.server.conftest import Desk, Program, call, problem, serving
from tests.tools.demo_shop import ALMA, BO, TOKEN, demo_shop_service

ORDER = "Where is my order 1042?"
TOOLS = ("order_status", "invoice_status", "stock_level", "my_appointments")


@pytest.fixture(scope="module")
def service() -> Iterator[ShopServer]:
    with demo_shop_service() as server:
        yield server


@pytest.fixture(scope="module")
def wired(apart_database: Database, service: ShopServer) -> Iterator[Desk]:
    with serving(apart_database, egress_allow=service.url.removeprefix("http://")) as served:
        yield served


@pytest.fixture(scope="module")
def shop(wired: Desk, service: ShopServer) -> Program:
    made = wired.tenant("Wired")
    made.teach("How long does delivery take?", "Delivery takes 3 working days.")
    answer = made.call("POST", "/v1/connectors", json=_connector(service.url))
    assert answer.status_code == 201, answer.text
    tools = {"tools": [{"name": name} for name in TOOLS]}
    changed = made.call("PATCH", f"/v1/assistants/{made.assistant_id}", json=tools)
    assert changed.status_code == 200, changed.text
    return made


def _connector(url: str, **changed: Any) -> dict[str, Any]:
    return {"name": "Shop", "settings": demo_connector(url), "secret": TOKEN} | changed


def _ask(shop: Program, text: str, *, customer: str | None = None) -> dict[str, Any]:
    """The turn of a contact's question in the widget."""
    body: dict[str, Any] = {"assistant_id": shop.assistant_id}
    if customer is not None:
        secret = shop.call("GET", "/v1/widget/identity-secret").json()["identity_secret"]
        ends = datetime.now(UTC) + timedelta(minutes=5)
        claims = {"sub": customer, "exp": ends, "aud": "frontdesk.identity"}
        body["identity_token"] = jwt.encode(claims, secret, algorithm="HS256")
    headers = {"Origin": shop.url}
    made = call(shop.url, None, "POST", "/v1/widget/sessions", json=body, headers=headers)
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    new = {"assistant_id": shop.assistant_id, "channel": "widget"}
    conversation = call(shop.url, token, "POST", "/v1/conversations", json=new).json()
    path = f"/v1/conversations/{conversation['conversation_id']}/messages"
    answer = call(
        shop.url, token, "POST", path, json={"text": text}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _text(turn: dict[str, Any]) -> str:
    return turn["message"]["text"]


def test_a_verified_contacts_order_comes_from_the_service_with_the_tool_as_source(
    shop: Program,
) -> None:
    turn = _ask(shop, ORDER, customer=ALMA)
    assert "1042" in _text(turn) and "shipped" in _text(turn) and "Fjord Parcel" in _text(turn)
    [cited] = turn["citations"]
    assert cited["title"] == "Order status" and cited["quote"] in _text(turn)


def test_who_is_not_known_is_asked_to_sign_in(shop: Program) -> None:
    turn = _ask(shop, ORDER)
    assert turn["status"] == "completed" and turn["handoff"] is None
    assert "sign in" in _text(turn) and "shipped" not in _text(turn)


def test_somebody_elses_order_is_told_like_a_missing_one(shop: Program) -> None:
    foreign = _ask(shop, "Where is my order 1042?", customer=BO)
    missing = _ask(shop, "Where is my order 8888?", customer=BO)
    assert _text(foreign).replace("1042", "8888") == _text(missing)
    assert foreign["confidence"] == missing["confidence"]


def test_ordinary_questions_are_answered_from_the_knowledge(shop: Program) -> None:
    turn = _ask(shop, "How long does delivery take?", customer=ALMA)
    assert "3 working days" in _text(turn)


def test_a_service_that_is_down_leads_to_a_person(wired: Desk, service: ShopServer) -> None:
    other = wired.tenant("Down")
    bad = _connector(service.url, secret="wrong")
    assert other.call("POST", "/v1/connectors", json=bad).status_code == 201
    tools = {"tools": [{"name": "order_status"}]}
    other.call("PATCH", f"/v1/assistants/{other.assistant_id}", json=tools)
    turn = _ask(other, ORDER, customer=ALMA)
    assert turn["status"] == "waiting_for_operator"
    assert turn["handoff"]["reason"] == "tool_failed"
    assert "does not answer at the moment" in _text(turn)


def test_a_connector_is_kept_changed_tried_and_forgotten(wired: Desk, service: ShopServer) -> None:
    mine, other = wired.tenant("Keeps"), wired.tenant("Other")
    made = mine.call("POST", "/v1/connectors", json=_connector(service.url)).json()
    assert made["has_secret"] and TOKEN not in str(made)
    assert set(made["serves"]) >= {"orders", "stock", "tickets"}
    place = f"/v1/connectors/{made['connector_id']}"
    reads = {"operation": "order", "values": {"owner": ALMA, "number": "1042"}}
    tried = mine.call("POST", f"{place}/test", json=reads).json()
    assert tried["ok"] and tried["records"][0]["status"] == "shipped"
    assert mine.call("POST", f"{place}/test", json={"operation": "stock"}).status_code == 422
    acts = {"operation": "refund", "values": {"owner": ALMA}}
    problem(mine.call("POST", f"{place}/test", json=acts), 422, "invalid")
    listed = mine.call("GET", "/v1/connectors").json()["data"]
    assert [one["connector_id"] for one in listed] == [made["connector_id"]]
    assert TOKEN not in mine.call("GET", place).text
    moved = {"settings": demo_connector("https://elsewhere.example")}
    problem(mine.call("PATCH", place, json=moved), 422, "invalid")
    renamed = mine.call("PATCH", place, json={"name": "Books", "enabled": False}).json()
    assert (renamed["name"], renamed["enabled"]) == ("Books", False)
    for method in ("GET", "PATCH", "DELETE"):
        how = {"json": {}} if method == "PATCH" else {}
        problem(other.call(method, place, **how), 404, "not_found")
    assert other.call("GET", "/v1/connectors").json()["data"] == []
    assert mine.call("DELETE", place).status_code == 204
    problem(mine.call("GET", place), 404, "not_found")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"settings": demo_connector("http://169.254.169.254")}, "address_refused"),
        ({"settings": demo_connector("http://localhost:1")}, "address_refused"),
        ({"settings": demo_connector("http://shop.example")}, "address_refused"),
        ({"secret": None}, "invalid"),
        ({"settings": {"base_url": "https://shop.example", "operations": {}}}, "invalid"),
        ({"kind": "soap"}, "invalid"),
        ({"name": ""}, "invalid"),
    ],
)
def test_a_connector_that_must_not_or_cannot_be_called_is_refused(
    wired: Desk, service: ShopServer, changed: dict[str, Any], code: str
) -> None:
    tenant = wired.tenant("Refused")
    answer = tenant.call("POST", "/v1/connectors", json=_connector(service.url) | changed)
    problem(answer, 422, code)
    assert tenant.call("GET", "/v1/connectors").json()["data"] == []


@pytest.mark.parametrize("settings", [3, True, None, "http", ["operations"]])
def test_settings_that_are_no_object_are_told_so(wired: Desk, settings: object) -> None:
    body = {"name": "Odd", "kind": "http", "settings": settings}
    answer = wired.tenant("Odd").call("POST", "/v1/connectors", json=body)
    assert answer.status_code == 422 and "settings" in answer.text


def test_tools_are_listed_and_only_known_ones_are_enabled(wired: Desk, shop: Program) -> None:
    listed = {one["name"]: one for one in shop.call("GET", "/v1/tools").json()["data"]}
    assert set(TOOLS) <= listed.keys()
    assert listed["order_status"]["connected"] and listed["order_status"]["identity"] == "verified"
    bare = wired.tenant("Bare")
    none = {one["name"]: one for one in bare.call("GET", "/v1/tools").json()["data"]}
    assert not none["order_status"]["connected"] and none["search_knowledge"]["connected"]
    place = f"/v1/assistants/{bare.assistant_id}"
    told = problem(
        bare.call("PATCH", place, json={"tools": [{"name": "launch_rocket"}]}), 422, "invalid"
    )
    assert told["errors"][0]["where"] == "tools.0.name"
    twice = {"tools": [{"name": "order_status"}, {"name": "order_status"}]}
    problem(bare.call("PATCH", place, json=twice), 422, "invalid")
    key = bare.key("conversations")
    answer = call(bare.url, key, "GET", "/v1/tools")
    problem(answer, 403, "denied")
