"""A server that dies between sending and recording: another sends it again under the same id."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenants.database.hold_points import HELD
from tenants.ids import new_id
from tests import plain_http
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant
from tests.receiver import Receiver, Reply, receiver
from tools.webhook_signing import signed_headers

QUESTION = "What is the warranty of the Aurora desk lamp?"
WAITS_SECONDS = 90


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("points")


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, points: Path, hooks: Receiver
) -> Iterator[dict[int, ServerProcess]]:
    settings = {
        "FRONTDESK_HOLD_POINTS": str(points),
        "FRONTDESK_EGRESS_ALLOW": hooks.allowed,
        "FRONTDESK_DELIVERY_TIMEOUT_SECONDS": "1",
        "FRONTDESK_DELIVERY_RETRY_SECONDS": "0.1",
        "FRONTDESK_LEASE_SECONDS": "3",
    }
    first = ServerProcess(tmp_path_factory.mktemp("effects") / "data", settings).start()
    second = ServerProcess(first.data, settings).start()
    alive = {one.pid: one for one in (first, second)}
    yield alive
    for one in alive.values():
        assert one.stop() == 0


def killed_at_the_point(servers: dict[int, ServerProcess], points: Path) -> str:
    """The delivery that the server held which was then killed; a new one takes its place."""
    deadline = time.monotonic() + WAITS_SECONDS
    while not (held := list(points.glob(f"after_send.*.{HELD}"))) or not held[0].read_text():
        assert time.monotonic() < deadline, "nobody came by"
        time.sleep(0.02)
    told = json.loads(held[0].read_text())
    died = servers.pop(told["pid"])
    died.kill()
    held[0].unlink()
    again = ServerProcess(died.data, died.environment).start()
    servers[again.pid] = again
    return told["held"]


def call(servers: dict[int, ServerProcess], shop: Tenant, method: str, path: str, **kw: Any) -> Any:
    """The JSON that any server that lives answers with."""
    shop.server = next(iter(servers.values()))
    answer = shop.call(method, path, **kw)
    assert answer.is_success, answer.text
    return answer.json()


def test_what_was_sent_by_a_server_that_died_is_sent_again_as_the_same(
    servers: dict[int, ServerProcess], points: Path, hooks: Receiver
) -> None:
    shop = Tenant(next(iter(servers.values())), "Northwind Lamps", SHOP)
    endpoint = {"url": f"{hooks.url}/hook", "events": ["turn_ended"]}
    call(servers, shop, "POST", "/v1/webhook-endpoints", json=endpoint)
    conversation = shop.converse("survives")
    (points / "after_send").touch()
    shop.ask(conversation, QUESTION)
    delivery_id = killed_at_the_point(servers, points)
    first, second = hooks.wait_for(2, "/hook")
    assert first.id == second.id == delivery_id
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body
    told = wait_until_sent(servers, shop, delivery_id)
    assert len(hooks.at("/hook")) == 2 and told["attempts"] == 1
    ended = call(servers, shop, "GET", f"/v1/deliveries?conversation_id={conversation}")["data"]
    assert len(ended) == 1, "one effect, however often it was sent"


def test_a_reply_whose_sender_died_is_sent_again_before_the_next_one(
    servers: dict[int, ServerProcess], points: Path, hooks: Receiver
) -> None:
    server = next(iter(servers.values()))
    shop = Tenant(server, "Northwind Lamps", SHOP)
    kiosk = {"name": "Kiosk", "assistant_id": shop.assistant_id, "url": f"{hooks.url}/kiosk"}
    made = call(servers, shop, "POST", "/v1/channels", json=kiosk)
    hooks.answer = lambda one, _: Reply(
        body=json.dumps({"external_message_id": one.json["data"]["message_id"][-12:]}).encode()
    )
    (points / "after_send").touch()
    conversation = said(servers, made, QUESTION)
    delivery_id = killed_at_the_point(servers, points)
    said(servers, made, "And what does the Polar floor lamp cost?")
    came = hooks.wait_for(3, "/kiosk")
    assert [one.id for one in came[:2]] == [delivery_id] * 2 and came[2].id != delivery_id
    for one in {one.id for one in came}:
        wait_until_sent(servers, shop, one)
    messages = call(servers, shop, "GET", f"/v1/conversations/{conversation}/messages")["data"]
    out = [one for one in messages if one["direction"] == "out"]
    assert [one["delivery_state"] for one in out] == ["sent", "sent"]
    assert [one["message_id"] for one in out] == [
        came[0].json["data"]["message_id"], came[2].json["data"]["message_id"],
    ]  # fmt: skip
    assert len(hooks.at("/kiosk")) == 3


def said(servers: dict[int, ServerProcess], channel: dict[str, Any], text: str) -> str:
    """The conversation of a contact's message on the channel."""
    data = {"external_message_id": str(new_id()), "address": "+491", "text": text}
    body = json.dumps({"type": "message", "data": data}).encode()
    headers = signed_headers(
        [channel["secret"]], str(new_id()), at_seconds=int(time.time()), body=body
    )
    taken = plain_http.post(
        f"{next(iter(servers.values())).url}/v1/channels/{channel['channel_id']}/inbound",
        content=body,
        headers=headers | {"content-type": "application/json"},
        timeout=60,
    )
    assert taken.status_code == 202, taken.text
    return taken.json()["conversation_id"]


def wait_until_sent(
    servers: dict[int, ServerProcess], shop: Tenant, delivery_id: str
) -> dict[str, Any]:
    deadline = time.monotonic() + WAITS_SECONDS
    while (told := call(servers, shop, "GET", f"/v1/deliveries/{delivery_id}"))["state"] != "sent":
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    return told
