"""The whole story over HTTP and WebSocket against a real server, with a second tenant beside it."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.sync.client import ClientConnection, connect

from tests import plain_http
from tests.e2e.server_process import ServerProcess

SHOP = {
    "company": "Northwind Lamps",
    "products": [
        {
            "name": "Aurora desk lamp",
            "price": "49.90 EUR",
            "warranty": "3 years",
            "colour": "brass",
        },
        {
            "name": "Polar floor lamp",
            "price": "129.00 EUR",
            "warranty": "5 years",
            "height": "160 cm",
        },
    ],
    "shipping": {"countries": "Germany, Austria and Norway", "time": "2 to 4 working days"},
    "returns": "You can return an unused lamp within 30 days; we refund within 5 days.",
}
UNKNOWN = "Do you repair antique chandeliers?"
TAUGHT = "Yes, our workshop in Bergen repairs antique chandeliers. Write to ola@example.com."


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "data").start()
    yield process
    assert process.stop() == 0


class Tenant:
    """One tenant's program: creates conversations, asks, plays the operator."""

    def __init__(self, server: ServerProcess, name: str, knowledge: Any) -> None:
        self.server = server
        made = plain_http.post(
            f"{server.url}/v1/tenants",
            json={"name": name},
            headers={"Authorization": f"Bearer {server.platform_key}"},
            timeout=30,
        )
        assert made.status_code == 201, made.text
        self.key = made.json()["api_key"]
        created = self.call("POST", "/v1/assistants", json={"name": "Mia", "knowledge": knowledge})
        assert created.status_code == 201, created.text
        self.assistant_id = created.json()["assistant_id"]

    def call(self, method: str, path: str, **kwargs: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.key}"} | kwargs.pop("headers", {})
        return plain_http.request(
            method, self.server.url + path, headers=headers, timeout=60, **kwargs
        )

    def converse(self, contact: str) -> str:
        body = {
            "assistant_id": self.assistant_id,
            "contact": {"name": contact, "identities": [{"channel": "api", "address": contact}]},
        }
        made = self.call("POST", "/v1/conversations", json=body)
        assert made.status_code == 201, made.text
        return made.json()["conversation_id"]

    def ask(self, conversation_id: str, text: str, client_message_id: str | None = None) -> Any:
        body = {"text": text} | (
            {"client_message_id": client_message_id} if client_message_id else {}
        )
        answered = self.call("POST", f"/v1/conversations/{conversation_id}/messages", json=body)
        assert answered.status_code == 200, answered.text
        return answered.json()

    def socket(self, conversation_id: str) -> ClientConnection:
        return connect(
            self.server.url.replace("http", "ws") + f"/v1/conversations/{conversation_id}/ws",
            additional_headers={"Authorization": f"Bearer {self.key}"},
            subprotocols=["frontdesk.v1"],  # pyright: ignore[reportArgumentType]
            open_timeout=10,
        )


def until(socket: ClientConnection, event_type: str) -> list[dict[str, Any]]:
    """Frames up to and with the first of a type."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] != event_type:
        frames.append(json.loads(socket.recv(timeout=20)))
    return frames


def event_log(tenant: Tenant, conversation_id: str, until_type: str) -> list[tuple[int, str]]:
    """The conversation's durable events from the start, read over SSE."""
    seen: list[tuple[int, str]] = []
    with plain_http.stream(
        "GET",
        f"{tenant.server.url}/v1/conversations/{conversation_id}/events",
        headers={"Authorization": f"Bearer {tenant.key}", "Last-Event-ID": "0"},
        timeout=20,
    ) as stream:
        event_id, event_type = 0, ""
        for line in stream.iter_lines():
            if line.startswith("id: "):
                event_id = int(line[4:])
            elif line.startswith("event: "):
                event_type = line[7:]
            elif not line and event_id:
                seen.append((event_id, event_type))
                if event_type == until_type:
                    return seen
                event_id = 0
    return seen


def test_the_whole_story(server: ServerProcess) -> None:
    shop = Tenant(server, "Northwind Lamps", SHOP)
    clinic = Tenant(server, "Harbour Clinic", {"hours": "We open Monday to Friday, 8 to 18 h."})

    # asked over the WebSocket: deltas arrive, and together they are the stored reply
    conversation = shop.converse("ada")
    with shop.socket(conversation) as socket:
        frame = {"type": "message", "text": "What is the warranty of the Aurora desk lamp?"}
        socket.send(json.dumps(frame | {"client_message_id": "m-1"}))
        frames = until(socket, "turn_ended")
        message = next(f for f in frames if f["type"] == "message")
        deltas = "".join(f["text"] for f in frames if f["type"] == "message_delta")
        assert "3 years" in message["text"] and deltas == message["text"]
        assert message["citations"] and message["citations"][0]["quote"]
        assert frames[-1]["status"] == "completed"

    # the same message again over HTTP: the same turn, not a second one
    again = shop.ask(conversation, "What is the warranty of the Aurora desk lamp?", "m-1")
    assert again["turn_id"] == message["turn_id"]

    # what it does not know goes to a person, and meanwhile the assistant is silent
    waiting = shop.ask(conversation, UNKNOWN)
    assert waiting["status"] == "waiting_for_operator"
    assert waiting["handoff"]["reason"] == "not_in_knowledge"
    quiet = shop.ask(conversation, "Are you there?")
    assert quiet["status"] == "waiting_for_operator" and quiet["message"] is None
    handoff_id = waiting["handoff"]["handoff_id"]
    listed = shop.call("GET", "/v1/handoffs?status=waiting").json()["data"]
    assert [h["handoff_id"] for h in listed] == [handoff_id]

    # the other tenant sees none of it, exactly as if it did not exist
    missing = clinic.call("GET", "/v1/handoffs/01900000-0000-7000-8000-000000000000")
    for path in (f"/v1/handoffs/{handoff_id}", f"/v1/conversations/{conversation}"):
        foreign = clinic.call("GET", path)
        assert foreign.status_code == 404
    foreign = clinic.call("GET", f"/v1/handoffs/{handoff_id}")
    drop = ("instance",)
    assert {k: v for k, v in foreign.json().items() if k not in drop} == {
        k: v for k, v in missing.json().items() if k not in drop
    }
    assert clinic.call("GET", "/v1/handoffs").json()["data"] == []
    assert clinic.call("POST", f"/v1/handoffs/{handoff_id}/claim").status_code == 404

    # the operator claims, talks, resolves and teaches
    with shop.socket(conversation) as socket:
        assert shop.call("POST", f"/v1/handoffs/{handoff_id}/claim").status_code == 200
        until(socket, "operator_joined")
        said = shop.call(
            "POST", f"/v1/handoffs/{handoff_id}/messages", json={"text": "One moment."}
        )
        assert said.status_code in (200, 201)
        assert until(socket, "operator_message")[-1]["text"] == "One moment."
        resolved = shop.call(
            "POST",
            f"/v1/handoffs/{handoff_id}/resolve",
            json={"reply": TAUGHT, "add_to_knowledge": True, "return_to_assistant": True},
        )
        assert resolved.status_code == 200, resolved.text
        until(socket, "turn_ended")
    spent = shop.call("POST", f"/v1/handoffs/{handoff_id}/resolve", json={"reply": "again"})
    assert spent.status_code == 409 and spent.json()["code"] == "handoff_closed"

    # the assistant speaks again, and the next contact gets the operator's knowledge, cited
    back = shop.ask(conversation, "How many days do I have to return an unused lamp?")
    assert back["status"] == "completed" and "30 days" in back["message"]["text"]
    taught = shop.ask(shop.converse("bo"), "Do you repair antique chandeliers?")
    assert taught["status"] == "completed" and "Bergen" in taught["message"]["text"]
    assert "ola@example.com" not in taught["message"]["text"], "personal data was taken out"
    assert taught["citations"]
    # …and the other tenant does not
    assert clinic.ask(clinic.converse("cy"), UNKNOWN)["status"] == "waiting_for_operator"

    log = event_log(shop, conversation, "turn_ended")
    assert [event_id for event_id, _ in log] == list(range(1, len(log) + 1))


def test_a_handoff_survives_a_kill_of_everything(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data").start()
    shop = Tenant(server, "Northwind Lamps", SHOP)
    conversation = shop.converse("ada")
    waiting = shop.ask(conversation, UNKNOWN)
    assert waiting["status"] == "waiting_for_operator"
    handoff_id = waiting["handoff"]["handoff_id"]
    postmaster = int((tmp_path / "data" / "pg" / "postmaster.pid").read_text().split()[0])
    server.kill()
    os.kill(postmaster, signal.SIGKILL)

    server.start()
    resolved = shop.call(
        "POST",
        f"/v1/handoffs/{handoff_id}/resolve",
        json={"reply": TAUGHT, "add_to_knowledge": True},
    )
    assert resolved.status_code == 200, resolved.text
    history = shop.call("GET", f"/v1/conversations/{conversation}/messages").json()["data"]
    assert [m["author"] for m in history if m["author"] == "operator"] == ["operator"]
    again = shop.ask(conversation, "What does the Polar floor lamp cost?")
    assert again["status"] == "completed" and "129" in again["message"]["text"]
    taught = shop.ask(shop.converse("bo"), UNKNOWN)
    assert taught["status"] == "completed" and "Bergen" in taught["message"]["text"]
    assert server.stop() == 0
