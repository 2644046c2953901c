"""A conversation over a WebSocket: both ways, and every bad frame answered in words."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.server.conftest import Desk, Program
from tests.server.test_access import session


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Sockets")
    shop.teach("Do you ship to Norway?", "Yes, parcels to Norway take five working days.")
    return shop


def open_socket(
    shop: Program,
    conversation_id: str,
    *,
    token: str | None = None,
    offered: Sequence[str] = (),
    **headers: str,
) -> ClientConnection:
    url = shop.url.replace("http", "ws") + f"/v1/conversations/{conversation_id}/ws"
    protocols: Any = ["frontdesk.v1", *offered] + ([f"token.{token}"] if token else [])
    if token is None:
        headers = {"Authorization": f"Bearer {shop.api_key}"} | headers
    return connect(url, additional_headers=headers, subprotocols=protocols, open_timeout=10)


def until(socket: ClientConnection, kind: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] != kind:
        frames.append(json.loads(socket.recv(timeout=20)))
    return frames


def test_a_turn_over_a_socket(shop: Program) -> None:
    with open_socket(shop, shop.conversation()) as socket:
        assert socket.subprotocol == "frontdesk.v1"
        socket.send(json.dumps({"type": "message", "text": "Do you ship to Norway?"}))
        frames = until(socket, "turn_ended")
    said = "".join(f["text"] for f in frames if f["type"] == "message_delta")
    message = next(f for f in frames if f["type"] == "message")
    assert said == message["text"] and "five working days" in said
    assert [f["id"] for f in frames if "id" in f] == [1, 2, 3, 4]


def test_a_contact_s_token_travels_as_a_subprotocol(shop: Program) -> None:
    ada = session(shop)
    body = {"assistant_id": shop.assistant_id, "contact": {"contact_id": ada["contact_id"]}}
    conversation_id = shop.call("POST", "/v1/conversations", json=body).json()["conversation_id"]
    with open_socket(shop, conversation_id, token=ada["token"]) as socket:
        socket.send(json.dumps({"type": "ping"}))
        assert until(socket, "pong")
    bo = session(shop)
    with pytest.raises(InvalidStatus) as refused:
        open_socket(shop, conversation_id, token=bo["token"])
    assert refused.value.response.status_code == 404


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "malformed_body"),
        ("[]", "invalid"),
        ("{}", "invalid"),
        ('{"type": "dance"}', "invalid"),
        ('{"type": "message"}', "invalid"),
        ('{"type": "message", "text": ""}', "invalid"),
        ('{"type": "message", "text": "a", "txet": 1}', "invalid"),
        ('{"type": "message", "text": "\\u0000"}', "malformed_body"),
        ('{"type": "message", "text": "\\ud800"}', "malformed_body"),
        ('{"type": "resume", "last_event_id": "x"}', "invalid"),
        ("[" * 10_000 + "]" * 10_000, "malformed_body"),
        (json.dumps({"type": "message", "text": "x" * 100_000}), "too_large"),
        (json.dumps({"type": "message", "text": "x" * 60_000}), "too_large"),
    ],
)
def test_a_bad_frame_is_answered_and_the_talk_goes_on(shop: Program, frame: str, code: str) -> None:
    conversation_id = shop.conversation()
    with open_socket(shop, conversation_id) as socket:
        socket.send(frame)
        problem = until(socket, "problem")[-1]
        assert problem["code"] == code and problem["detail"]
        socket.send(json.dumps({"type": "ping"}))
        assert until(socket, "pong")
    path = f"/v1/conversations/{conversation_id}/messages"
    assert shop.call("GET", path).json()["data"] == []


def test_text_that_is_no_utf_8_is_explained_before_the_close(shop: Program) -> None:
    with open_socket(shop, shop.conversation()) as socket:
        with socket.protocol_mutex:
            socket.protocol.send_text(b'{"type": "message", "text": "\xff\xfe"}')
            socket.send_data()
        problem = until(socket, "problem")[-1]
        assert problem["code"] == "malformed_body"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1007


def test_what_was_missed_comes_on_resume(shop: Program) -> None:
    conversation_id = shop.conversation()
    shop.say(conversation_id, "Do you ship to Norway?")
    with open_socket(shop, conversation_id) as socket:
        socket.send(json.dumps({"type": "resume", "last_event_id": 2}))
        resumed, *missed = until(socket, "turn_ended")
    assert resumed == {"last_event_id": 2, "type": "resumed"}
    assert [f["id"] for f in missed] == [3, 4]


def test_a_repeated_message_is_told_its_first_turn(shop: Program) -> None:
    conversation_id = shop.conversation()
    body = {"type": "message", "text": "Do you ship to Norway?", "client_message_id": "m"}
    with open_socket(shop, conversation_id) as socket:
        socket.send(json.dumps(body))
        turn_id = until(socket, "turn_ended")[-1]["turn_id"]
        socket.send(json.dumps(body))
        assert until(socket, "duplicate")[-1]["turn_id"] == turn_id


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer fd_wrong"}, 401),
        ({"Origin": "https://evil.example"}, 403),
    ],
)
def test_a_stranger_is_refused_before_the_upgrade(
    shop: Program, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_socket(shop, shop.conversation(), **headers)
    response = refused.value.response
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_unknown_conversations_are_not_found(desk: Desk, shop: Program) -> None:
    other = desk.tenant("Elsewhere")
    for conversation_id in ("x", "0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d", other.conversation()):
        with pytest.raises(InvalidStatus) as refused:
            open_socket(shop, conversation_id)
        assert refused.value.response.status_code == 404


def test_a_browser_says_among_its_subprotocols_what_it_has_seen(shop: Program) -> None:
    conversation_id = shop.conversation()
    shop.say(conversation_id, "Do you ship to Norway?")
    with open_socket(shop, conversation_id, offered=["after.1"]) as socket:
        assert [f["id"] for f in until(socket, "turn_ended")] == [2, 3, 4]
    with open_socket(shop, conversation_id, offered=["after.999"]) as socket:
        shop.say(conversation_id, "And to Sweden?")
        assert until(socket, "turn_ended")[0]["id"] == 5
    with pytest.raises(InvalidStatus) as refused:
        open_socket(shop, conversation_id, offered=["after.x"])
    assert refused.value.response.status_code == 422
