"""Whoever sent a message of a burst gets the one answer, however they asked and wherever.

Two servers share one data folder; the model is a loopback that answers when a test opens its gate.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import plain_http
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant, until
from tests.e2e.test_takeover import QUESTION, SETTINGS, at, say
from tests.openai_loopback import Loopback, Reply, openai_loopback

PRICE = "What is the price of the Aurora desk lamp?"
ANSWER = Reply(["The warranty of the Aurora desk lamp is 3 years. [1] ", "Its price is 49.90 EUR. [1]"])  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Iterator[Loopback]:
    with openai_loopback(ANSWER) as loopback:
        yield loopback
        loopback.gate.set()


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, model: Loopback
) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    settings = SETTINGS | {"DEEPSEEK_API_BASE": model.base_url}
    first = ServerProcess(tmp_path_factory.mktemp("bursts") / "data", settings).start()
    second = ServerProcess(first.data, first.environment).start()
    yield first, second
    model.gate.set()
    assert second.stop() == first.stop() == 0


@pytest.fixture(scope="module")
def shop(servers: tuple[ServerProcess, ServerProcess]) -> Tenant:
    return Tenant(servers[0], "Northwind Lamps", SHOP)


@pytest.fixture(autouse=True)
def gate(model: Loopback) -> Iterator[None]:
    """A closed gate and nothing asked yet."""
    model.requests.clear()
    model.gate.clear()
    yield
    model.gate.set()


def whole_stream(tenant: Tenant, conversation: str, text: str) -> list[dict[str, Any]]:
    """The data of a streamed turn's events, each with its type."""
    path = f"{tenant.server.url}/v1/conversations/{conversation}/messages"
    headers = {"Authorization": f"Bearer {tenant.key}", "Accept": "text/event-stream"}
    frames: list[dict[str, Any]] = []
    with plain_http.stream(
        "POST", path, headers=headers, json={"text": text}, timeout=60
    ) as response:
        kind = ""
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                frames.append({"event": kind} | json.loads(value))
    return frames


def told(tenant: Tenant, conversation: str, messages: int) -> None:
    """Wait until the conversation has so many messages."""
    deadline = time.monotonic() + 20
    while len(transcript(tenant, conversation)) < messages:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def transcript(tenant: Tenant, conversation: str) -> list[dict[str, Any]]:
    found = tenant.call("GET", f"/v1/conversations/{conversation}/messages").json()
    return found["data"]


def test_json_stream_and_socket_get_the_one_answer_of_their_burst(
    servers: tuple[ServerProcess, ServerProcess], shop: Tenant, model: Loopback
) -> None:
    conversation, elsewhere = shop.converse("ada"), at(shop, servers[1])
    with elsewhere.socket(conversation) as socket, ThreadPoolExecutor(2) as pool:
        whole = pool.submit(shop.ask, conversation, QUESTION, "m-1")
        model.wait_for(1, seconds=20)
        streamed = pool.submit(whole_stream, elsewhere, conversation, PRICE)
        told(shop, conversation, 2)
        socket.send(json.dumps({"type": "message", "text": "Thank you!"}))
        told(shop, conversation, 3)
        again = pool.submit(elsewhere.ask, conversation, QUESTION, "m-1")
        model.gate.set()
        frames = until(socket, "turn_ended")
        answered, stream = whole.result(60), streamed.result(60)
        repeated = again.result(60)
    assert repeated == answered and answered["status"] == "completed"
    message = answered["message"]
    assert "3 years" in message["text"] and "49.90" in message["text"]
    for seen in (stream, frames):
        kinds = [frame.get("event") or frame["type"] for frame in seen]
        assert (kinds.count("message"), kinds.count("turn_ended")) == (1, 1)
        [said] = [frame for frame in seen if frame.get("message_id") == message["message_id"]]
        assert said["text"] == message["text"]
        deltas = [f for f in seen if "message_delta" in (f.get("event"), f.get("type"))]
        assert "".join(frame["text"] for frame in deltas) in (message["text"], "")
    authors = [one["author"] for one in transcript(shop, conversation)]
    assert authors == ["contact", "contact", "contact", "assistant"]
    turn = shop.call("GET", f"/v1/turns/{answered['turn_id']}").json()
    assert turn["usage"]["thrown_away"]["input_tokens"] > 0


def test_a_burst_is_answered_whole_when_the_server_that_ran_it_is_killed(
    servers: tuple[ServerProcess, ServerProcess], shop: Tenant, model: Loopback
) -> None:
    first, second = servers
    conversation, elsewhere = shop.converse("bo"), at(shop, second)
    turn_id = say(shop, conversation)["turn_id"]
    model.wait_for(1, seconds=20)
    assert say(elsewhere, conversation, PRICE)["turn_id"] == turn_id
    first.kill()
    assert say(elsewhere, conversation, "Thank you!")["turn_id"] == turn_id
    model.gate.set()
    deadline = time.monotonic() + 30
    while (turn := elsewhere.call("GET", f"/v1/turns/{turn_id}").json())["message"] is None:
        assert time.monotonic() < deadline, turn
        time.sleep(0.1)
    assert "3 years" in turn["message"]["text"] and "49.90" in turn["message"]["text"]
    authors = [one["author"] for one in transcript(elsewhere, conversation)]
    assert authors == ["contact", "contact", "contact", "assistant"]
    first.start()


def test_a_channel_s_debounce_outlives_the_server_that_took_the_message(
    servers: tuple[ServerProcess, ServerProcess], shop: Tenant, model: Loopback
) -> None:
    path, second = f"/v1/assistants/{shop.assistant_id}", at(shop, servers[1])
    waits = {"bursts": {"debounce_seconds": {"api": 3}}}
    assert second.call("PATCH", path, json=waits).status_code == 200
    time.sleep(1.1)  # a revision is seen everywhere within a second
    conversation = shop.converse("cy")
    began = time.monotonic()
    turn_id = say(shop, conversation)["turn_id"]
    assert say(shop, conversation, PRICE)["turn_id"] == turn_id
    servers[0].kill()
    model.gate.set()
    while (turn := second.call("GET", f"/v1/turns/{turn_id}").json())["message"] is None:
        assert time.monotonic() - began < 30, turn
        assert turn["status"] in ("queued", "running")
        time.sleep(0.1)
    assert time.monotonic() - began >= 3
    assert len(transcript(second, conversation)) == 3
    servers[0].start()
