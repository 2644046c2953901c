"""Bad input over HTTP: a clear problem each time, and nothing half-written."""

import json
import re
from collections.abc import Iterator

import httpx2
import pytest

from tests import plain_http
from tests.server.conftest import Desk, Program, problem

UNKNOWN = "0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d"


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    return desk.tenant("Refusals")


def post(shop: Program, body: bytes, path: str = "/v1/assistants") -> httpx2.Response:
    headers = {"content-type": "application/json"}
    return shop.call("POST", path, content=body, headers=headers)


def test_unknown_addresses_and_methods_are_problems(desk: Desk) -> None:
    problem(desk.platform("GET", "/v1/nothing"), 404, "not_found")
    refused = desk.platform("PUT", "/healthz")
    problem(refused, 405, "method_not_allowed")
    assert "GET" in refused.headers["allow"]


def test_a_wrong_field_is_explained(shop: Program) -> None:
    refused = shop.call("POST", "/v1/assistants", json={"name": 1, "nmae": "x"})
    errors = problem(refused, 422, "invalid")["errors"]
    assert {error["where"] for error in errors} == {"body.name", "body.nmae"}
    assert {error["right"] for error in errors} >= {"a string"}


def test_broken_json_says_where(shop: Program) -> None:
    assert "character 9" in problem(post(shop, b'{"name": }'), 400, "malformed_body")["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "knowledge": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"name": "\\u0000"}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a", "knowledge": NaN}',
        b'{"name": "a", "knowledge": 1e999}',
    ],
)
def test_json_that_cannot_be_kept_is_refused(shop: Program, body: bytes) -> None:
    before = len(shop.call("GET", "/v1/assistants").json()["data"])
    problem(post(shop, body), 400, "malformed_body")
    assert len(shop.call("GET", "/v1/assistants").json()["data"]) == before


def test_a_body_of_another_type_is_refused(shop: Program) -> None:
    refused = shop.call("POST", "/v1/assistants", content=b"name=x")
    problem(refused, 415, "unsupported_media_type")


def test_an_oversized_body_is_refused_announced_or_not(shop: Program) -> None:
    body = json.dumps({"name": "x" * 3_100_000}).encode()
    problem(post(shop, body), 413, "too_large")

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    headers = {"content-type": "application/json"}
    refused = shop.call("POST", "/v1/assistants", content=chunks(), headers=headers)
    problem(refused, 413, "too_large")


@pytest.mark.parametrize("size", [70_000, 130_000, 200_000, 999_000])
def test_a_strangers_large_body_under_a_key_is_refused_however_it_arrives(
    desk: Desk, size: int
) -> None:
    body = json.dumps({"assistant_id": UNKNOWN, "text": "a" * size}).encode()
    for n in range(20):  # in how many pieces it is read is chance
        headers = {"content-type": "application/json", "idempotency-key": f"large {size} {n}"}
        path = f"{desk.url}/v1/handoffs/{UNKNOWN}/messages"
        refused = plain_http.post(path, content=body, headers=headers, timeout=10)
        assert refused.status_code in (401, 413), refused.text


@pytest.mark.parametrize(
    "wrong", ["x", "1", UNKNOWN.upper(), UNKNOWN, "%00", "..%2f..", UNKNOWN + "0"]
)
def test_ids_that_are_not_ours_are_not_found(shop: Program, wrong: str) -> None:
    for path in ("conversations", "assistants", "handoffs", "turns", "knowledge-bases", "jobs"):
        problem(shop.call("GET", f"/v1/{path}/{wrong}"), 404, "not_found")


def test_a_malformed_id_in_a_body_is_not_found(shop: Program) -> None:
    for wrong in ("x", UNKNOWN):
        refused = shop.call("POST", "/v1/conversations", json={"assistant_id": wrong})
        problem(refused, 404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": ""}, 422, "invalid"),
        ({"text": " \n\t "}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"text": "a", "content": []}, 422, "invalid"),
        ({"content": [{"type": "unheard"}]}, 422, "invalid"),
        ({"text": "x" * 100_000}, 413, "too_large"),
        ({"text": 7}, 422, "invalid"),
        ({"text": "a", "client_message_id": ""}, 422, "invalid"),
    ],
)
def test_messages_that_say_nothing_are_refused(
    shop: Program, body: object, status: int, code: str
) -> None:
    conversation_id = shop.conversation()
    path = f"/v1/conversations/{conversation_id}/messages"
    problem(shop.call("POST", path, json=body), status, code)
    assert shop.call("GET", path).json()["data"] == []


def test_wrong_pages_and_event_ids_are_refused(shop: Program) -> None:
    for query in ("limit=0", "limit=201", "limit=x", "cursor=%21", "cursor=YWJj", "cursor=é"):
        problem(shop.call("GET", f"/v1/assistants?{query}"), 422, "invalid")
    problem(shop.call("GET", "/v1/assistants?cursor=%00"), 400, "malformed_body")
    events = f"/v1/conversations/{shop.conversation()}/events"
    problem(shop.call("GET", events, headers={"Last-Event-ID": "x"}), 422, "invalid")


def test_the_document_of_every_operation_is_served(desk: Desk) -> None:
    document = plain_http.get(desk.url + "/openapi.json", timeout=30).json()
    operations = [o for path in document["paths"].values() for o in path.values()]
    assert len({o["operationId"] for o in operations}) == len(operations) > 40
    for operation in operations:
        assert operation.get("tags"), operation["operationId"]
        assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert document["paths"]["/v1/handoffs"]["get"]["x-scope"] == "handoffs"
    for place in re.findall(r'"\$ref": "(.+?)"', json.dumps(document)):
        found = document
        for name in place.removeprefix("#/").split("/"):
            found = found[name]  # a reference that leads nowhere fails here
    assert plain_http.get(desk.url + "/docs", timeout=30).status_code == 404
