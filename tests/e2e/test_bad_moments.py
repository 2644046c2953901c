"""The right calls at the wrong moment: all at once, again, too late, too slowly."""

import socket
import time
from collections import Counter
from typing import Any

import httpx2
import pytest

from tests.e2e.refusing import at_once, codes, counts, refused, transcript, waiting
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant


@pytest.fixture(scope="module")
def shop(attacked: ServerProcess) -> Tenant:
    return Tenant(attacked, "Northwind Lamps", SHOP)


def test_of_twenty_claims_one_wins(shop: Tenant) -> None:
    operators = [
        shop.call("POST", "/v1/operators", json={"email": f"{n}@x.de", "name": "O"}).json()
        for n in range(10)
    ]
    _, handoff = waiting(shop)
    path = f"/v1/handoffs/{handoff}"

    def claim(n: int) -> httpx2.Response:
        body = {"operator_id": operators[n % 10]["operator_id"]}
        return shop.call("POST", f"{path}/claim", json=body)

    found = codes(at_once(20, claim))
    assert found == {200: 2, "handoff_taken": 18}  # the winner may claim again
    winner = shop.call("GET", path).json()["claimed_by"]["id"]
    for call in ("claim", "messages", "resolve"):
        body = {"claim": {}, "messages": {"text": "x"}, "resolve": {"reply": "x"}}[call]
        refused(shop.call("POST", f"{path}/{call}", json=body), (409, "handoff_taken"))
    assert shop.call("GET", path).json()["claimed_by"]["id"] == winner


def test_of_twenty_resolves_amid_messages_one_counts(shop: Tenant) -> None:
    conversation, handoff = waiting(shop)
    path = f"/v1/handoffs/{handoff}/resolve"

    def call(n: int) -> httpx2.Response:
        if n % 2:
            body = {"text": "hello, are you there?", "client_message_id": f"m{n}"}
            return shop.call("POST", f"/v1/conversations/{conversation}/messages", json=body)
        return shop.call("POST", path, json={"reply": "I am here."})

    assert codes(at_once(40, call)) == {200: 21, "handoff_closed": 19}
    said = Counter(m["author"] for m in transcript(shop, conversation))
    assert said["operator"] == 1 and said["contact"] == 21
    refused(shop.call("POST", path, json={"reply": "again"}), (409, "handoff_closed"))
    closed = shop.call("POST", f"/v1/handoffs/{handoff}/claim")
    refused(closed, (409, "handoff_closed"))


def test_an_interrupt_is_answered_once_and_by_its_own_id(shop: Tenant) -> None:
    conversation, handoff = waiting(shop)
    other, _ = waiting(shop)
    interrupt = shop.call("GET", f"/v1/handoffs/{handoff}").json()["interrupt_id"]

    def resume(where: str, interrupt_id: str, value: Any) -> httpx2.Response:
        path = f"/v1/conversations/{where}/interrupts/{interrupt_id}/resume"
        return shop.call("POST", path, json={"value": value})

    for where, interrupt_id in ((conversation, "nope"), (other, interrupt), ("x", interrupt)):
        refused(resume(where, interrupt_id, "x"), (404, "not_found"))
    for value in (None, 5, [], "", {"nope": 1}, {"reply": 5}, {"add_to_knowledge": {}}):
        refused(resume(conversation, interrupt, value), (422, "invalid"))
    assert shop.call("GET", f"/v1/handoffs/{handoff}").json()["status"] == "waiting"
    found = codes(at_once(20, lambda _: resume(conversation, interrupt, "Here I am.")))
    assert found[200] == 1 and found["interrupt_spent"] + found["handoff_closed"] == 19
    refused(resume(conversation, interrupt, "again"), (409, "interrupt_spent"))


def test_what_nobody_can_learn_is_refused_before_it_is_said(shop: Tenant) -> None:
    made = shop.call("POST", "/v1/assistants", json={"name": "Blank"}).json()
    blank = Tenant.__new__(Tenant)
    blank.server, blank.key, blank.assistant_id = shop.server, shop.key, made["assistant_id"]
    conversation, handoff = waiting(blank)
    taught = {"reply": "We do.", "add_to_knowledge": True}
    refused(shop.call("POST", f"/v1/handoffs/{handoff}/resolve", json=taught), (422, "invalid"))
    assert shop.call("GET", f"/v1/handoffs/{handoff}").json()["status"] == "waiting"
    assert len(transcript(shop, conversation)) == 2


def test_a_key_is_one_request(shop: Tenant) -> None:
    def create(body: Any, key: str) -> httpx2.Response:
        headers = {"Idempotency-Key": key}
        return shop.call("POST", "/v1/assistants", json=body, headers=headers)

    before = counts(shop)["assistants"]
    answers = at_once(20, lambda _: create({"name": "Once"}, "one"))
    assert set(codes(answers)) <= {201, "idempotency_in_flight"}
    assert len({a.json()["assistant_id"] for a in answers if a.status_code == 201}) == 1
    assert counts(shop)["assistants"] == before + 1
    refused(create({"name": "Other"}, "one"), (422, "idempotency_reused"))
    refused(create({"nmae": "x"}, "two"), (422, "invalid"))
    assert create({"name": "x"}, "two").status_code == 201  # a refusal used nothing up
    for key in ("", "x" * 201):
        refused(create({"name": "x"}, key), (422, "invalid"))


def test_a_messages_key_is_one_message(shop: Tenant) -> None:
    conversation = shop.converse("keys")
    path = f"/v1/conversations/{conversation}/messages"

    def say(text: str, key: str) -> httpx2.Response:
        return shop.call("POST", path, json={"text": text}, headers={"Idempotency-Key": key})

    answers = at_once(10, lambda _: say("hello there", "k"))
    assert len({a.json()["turn_id"] for a in answers}) == 1
    refused(say("something else", "k"), (422, "idempotency_reused"))
    for end in "ab":
        assert say(f"hello {end}", "x" * 199 + end).status_code == 200
    said = [m["text"] for m in transcript(shop, conversation) if m["author"] == "contact"]
    assert said == ["hello there", "hello a", "hello b"]


def test_slow_bodies_hold_no_connection_of_the_database(
    attacked: ServerProcess, shop: Tenant
) -> None:
    host, port = attacked.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/assistants HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {shop.key}\r\n"
        "content-type: application/json\r\ncontent-length: 99\r\nidempotency-key: slow-"
    )
    lines = [socket.create_connection((host, int(port))) for _ in range(20)]
    for n, line in enumerate(lines):
        line.sendall(f'{head}{n}\r\n\r\n{{"name"'.encode())
    started = time.monotonic()
    assert shop.call("GET", "/v1/assistants").status_code == 200
    assert time.monotonic() - started < 5
    for line in lines:
        line.close()
