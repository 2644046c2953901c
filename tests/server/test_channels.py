"""A channel of the tenant's own, end to end over loopback: words in, replies out, states back."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tenants.database.postgres import EmbeddedPostgres
from tenants.ids import new_id
from tests.databases import Database, fresh_database
from tests.receiver import Reply
from tests.server.conftest import Program, problem
from tests.server.effects import Effects, channel, effects, inbound, until
from tools.webhook_signing import new_secret, verified

OPEN = "When are you open?"


@pytest.fixture(scope="module")
def own_database(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    name = f"channels_{tmp_path_factory.getbasetemp().name}".replace("-", "_")
    with fresh_database(postgres, name) as made:
        yield made


@pytest.fixture(scope="module")
def world(own_database: Database) -> Iterator[Effects]:
    with effects(own_database) as made:
        yield made


@pytest.fixture(scope="module")
def shop(world: Effects) -> Program:
    made = world.desk.tenant("Kiosk")
    made.teach(OPEN, "We are open from nine to five.")
    return made


@pytest.fixture(scope="module")
def clinic(world: Effects) -> Program:
    return world.desk.tenant("Clinic")


def said(text: str, address: str = "+49123", external: str = "", **more: Any) -> bytes:
    data = {"external_message_id": external or str(new_id()), "address": address, "text": text}
    return json.dumps({"type": "message", "data": data | more}).encode()


def state(state: str, **which: str) -> bytes:
    return json.dumps({"type": "status", "data": {"state": state} | which}).encode()


def transcript(shop: Program, conversation_id: str) -> list[dict[str, Any]]:
    return shop.call("GET", f"/v1/conversations/{conversation_id}/messages").json()["data"]


def reply_of(shop: Program, conversation_id: str, delivery_state: str) -> dict[str, Any]:
    """The conversation's last reply once it has come so far."""

    def look() -> dict[str, Any] | None:
        out = [m for m in transcript(shop, conversation_id) if m["direction"] == "out"]
        return out[-1] if out and out[-1]["delivery_state"] == delivery_state else None

    return until(look, f"no reply became {delivery_state}")


def test_a_message_comes_in_and_its_reply_leaves_signed_and_is_followed_to_read(
    world: Effects, shop: Program, clinic: Program
) -> None:
    path = world.path()
    world.receiver.answer = lambda one, _: Reply(
        body=json.dumps({"external_message_id": f"kiosk-{one.id[-8:]}"}).encode()
    )
    made = channel(shop, world.receiver.url + path)
    taken = inbound(shop, made, said(OPEN, name="Ada Marlow"))
    assert taken.status_code == 202, taken.text
    conversation = taken.json()["conversation_id"]
    [came] = world.receiver.wait_for(1, path)
    assert verified([made["secret"]], came.headers, came.body, now_seconds=time.time()) == came.id
    sent = reply_of(shop, conversation, "sent")
    assert came.json["data"] == {
        "message_id": sent["message_id"],
        "conversation_id": conversation,
        "address": "+49123",
        "author": "assistant",
        "text": sent["text"],
        "content": sent["content"],
    }
    assert "nine to five" in sent["text"] and sent["channel"] == "custom"
    assert sent["external_message_id"].startswith("kiosk-")
    by_theirs = {"external_message_id": sent["external_message_id"]}
    for told, now in (("delivered", "delivered"), ("sent", "delivered"), ("read", "read"),
                      ("delivered", "read"), ("failed", "read")):  # fmt: skip
        answer = inbound(shop, made, state(told, **by_theirs))
        assert answer.json() == {"message_id": sent["message_id"], "delivery_state": now}
    by_ours = inbound(shop, made, state("delivered", message_id=sent["message_id"]))
    assert by_ours.json()["delivery_state"] == "read"
    first = transcript(shop, conversation)[0]
    assert (first["direction"], first["author"]) == ("in", "contact")
    contacts = shop.call("GET", "/v1/contacts").json()["data"]
    assert any("Ada Marlow" in json.dumps(one) for one in contacts)
    assert clinic.call("GET", "/v1/deliveries").json()["data"] == []


def test_the_same_inbound_id_is_the_same_message_however_often_and_at_once(
    world: Effects, shop: Program
) -> None:
    path = world.path()
    made, other = (channel(shop, world.receiver.url + path) for _ in range(2))
    body = said(OPEN, "+1", "m-1")
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: inbound(shop, made, body), range(16)))
    assert {one.status_code for one in answers} == {202}
    assert sorted(one.json()["duplicate"] for one in answers) == [False] + [True] * 15
    assert len({(one.json()["message_id"], one.json()["turn_id"]) for one in answers}) == 1
    conversation = answers[0].json()["conversation_id"]
    reply_of(shop, conversation, "sent")
    assert [m["direction"] for m in transcript(shop, conversation)] == ["in", "out"]
    elsewhere = inbound(shop, other, body)
    assert not elsewhere.json()["duplicate"], "an id is the channel's own"
    assert elsewhere.json()["conversation_id"] != conversation
    again = inbound(shop, made, said(OPEN, "+1")).json()
    assert again["conversation_id"] == conversation, "the same address goes on"
    assert len(world.receiver.wait_for(3, path)) == 3


def test_replies_of_a_conversation_leave_one_after_the_other(world: Effects, shop: Program) -> None:
    path, refused = world.path(), []
    made = channel(shop, world.receiver.url + path)

    def answer(one: Any, _: int) -> Reply:
        if one.path == path and len(refused) < 3:
            refused.append(one.id)
            return Reply(503)
        return Reply(seconds=0.05)

    world.receiver.answer = answer
    conversation = inbound(shop, made, said("I want to talk to a human, please.")).json()[
        "conversation_id"
    ]
    handoff = until(
        lambda: shop.call("GET", "/v1/handoffs?status=waiting").json()["data"], "no handoff"
    )[0]["handoff_id"]
    for number in range(4):
        written = shop.call(
            "POST", f"/v1/handoffs/{handoff}/messages", json={"text": f"No {number}"}
        )
        assert written.status_code == 201
    reply_of(shop, conversation, "sent")
    out = [m["message_id"] for m in transcript(shop, conversation) if m["direction"] == "out"]
    came = [one.json["data"]["message_id"] for one in world.receiver.at(path)]
    assert list(dict.fromkeys(came)) == out
    assert came[:3] == [out[0]] * 3, "what comes after waits for it"
    assert len(set(refused)) == 1
    shop.call("POST", f"/v1/handoffs/{handoff}/resolve", json={})


def test_a_reply_that_is_refused_has_failed_and_goes_again_when_driven(
    world: Effects, shop: Program
) -> None:
    path, good = world.path(), False
    world.receiver.answer = lambda one, _: Reply(200 if good else 422, b"no such address")
    made = channel(shop, world.receiver.url + path)
    conversation = inbound(shop, made, said(OPEN, "+2")).json()["conversation_id"]
    failed = reply_of(shop, conversation, "failed")
    [dead] = shop.call("GET", f"/v1/channels/{made['channel_id']}/deliveries").json()["data"]
    assert (dead["state"], dead["attempts"]) == ("dead", 1), "what cannot pass is tried once"
    assert dead["tries"][0]["reply"] == "no such address"
    assert dead["message_id"] == failed["message_id"]
    good = True
    assert shop.call("POST", f"/v1/channels/{made['channel_id']}/redrive").json() == {"driven": 1}
    assert reply_of(shop, conversation, "sent")["message_id"] == failed["message_id"]
    assert len({one.id for one in world.receiver.at(path)}) == 1


def test_who_does_not_sign_is_nobody_and_learns_nothing(
    world: Effects, shop: Program, clinic: Program
) -> None:
    made = channel(shop, world.receiver.url + world.path())
    theirs = channel(clinic, world.receiver.url + world.path())
    absent = made | {"channel_id": str(new_id())}
    body = said(OPEN)
    answers = [
        inbound(shop, made, body, secret=new_secret()),
        inbound(shop, made, body, secret=theirs["secret"]),
        inbound(shop, made, body, at=time.time() - 3_600),
        inbound(shop, absent, body),
    ]
    told = [problem(one, 401, "unauthenticated")["detail"] for one in answers]
    assert len(set(told)) == 1
    path = f"/v1/channels/{made['channel_id']}/inbound"
    problem(shop.call("POST", path, json={"type": "message"}), 401, "unauthenticated")
    problem(inbound(shop, made, b"{"), 400, "malformed_body")
    problem(inbound(shop, made, b'{"type": "nope", "data": {}}'), 422, "invalid")
    problem(inbound(shop, made, said("x", "a b")), 422, "invalid")
    problem(inbound(shop, made, said("x", name="x" * 300_000)), 413, "too_large")
    problem(inbound(shop, made, state("read", message_id=str(new_id()))), 404, "not_found")
    problem(inbound(shop, made, state("queued", message_id=str(new_id()))), 422, "invalid")
    problem(inbound(shop, made, state("read")), 422, "invalid")


def test_a_disabled_channel_takes_nothing_and_a_deleted_one_is_nobodys(
    world: Effects, shop: Program, clinic: Program
) -> None:
    made = channel(shop, world.receiver.url + world.path())
    place = f"/v1/channels/{made['channel_id']}"
    problem(clinic.call("GET", place), 404, "not_found")
    assert shop.call("PATCH", place, json={"enabled": False}).json()["enabled"] is False
    problem(inbound(shop, made, said(OPEN)), 403, "denied")
    rotated = shop.call("POST", f"{place}/rotate-secret", json={"overlap_hours": 0}).json()
    shop.call("PATCH", place, json={"enabled": True, "name": "Desk"})
    problem(inbound(shop, made, said(OPEN)), 401, "unauthenticated")
    assert inbound(shop, made, said(OPEN, "+5"), secret=rotated["secret"]).status_code == 202
    assert shop.call("DELETE", place).status_code == 204
    problem(inbound(shop, made, said(OPEN), secret=rotated["secret"]), 401, "unauthenticated")
