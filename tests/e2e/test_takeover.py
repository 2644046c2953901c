"""Turns whose process dies, sleeps or loses its database: each is answered once, by somebody.

Two servers share one data folder; the model is a loopback that answers when a test opens its gate.
"""

import copy
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from websockets.exceptions import ConnectionClosed

from tenants.database.postgres import EmbeddedPostgres
from tests import plain_http
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant, until
from tests.openai_loopback import Loopback, Reply, openai_loopback

QUESTION = "What is the warranty of the Aurora desk lamp?"
ANSWER = Reply(["The warranty of the Aurora desk lamp is 3 years. [1] ", "Its price ", "is 49.90 EUR. [1]"])  # fmt: skip
LEASE_SECONDS = 3
TAKEN_OVER_SECONDS = 20  # what is promised; the lease and a sweep are 5, the machine may be busy
SETTINGS = {
    "FRONTDESK_MODEL": "deepseek:deepseek-chat",
    "DEEPSEEK_API_KEY": "x",
    "FRONTDESK_MODEL_TIMEOUT_SECONDS": "100",
    "FRONTDESK_LEASE_SECONDS": str(LEASE_SECONDS),
    "FRONTDESK_REQUESTS_PER_SECOND": "10000",
    "FRONTDESK_TURNS_PER_SECOND": "10000",
    "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "10000",
}
Frame = dict[str, Any]


@pytest.fixture(scope="module")
def model() -> Iterator[Loopback]:
    with openai_loopback(ANSWER) as loopback:
        yield loopback
        loopback.gate.set()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, model: Loopback) -> Iterator[ServerProcess]:
    settings = SETTINGS | {"DEEPSEEK_API_BASE": model.base_url}
    server = ServerProcess(tmp_path_factory.mktemp("takeover") / "data", settings).start()
    yield server
    model.gate.set()
    assert server.stop() == 0


@pytest.fixture(scope="module")
def second(first: ServerProcess, model: Loopback) -> Iterator[ServerProcess]:
    server = ServerProcess(first.data, first.environment).start()
    yield server
    model.gate.set()
    assert server.stop() == 0


@pytest.fixture(scope="module")
def shop(first: ServerProcess) -> Tenant:
    return Tenant(first, "Northwind Lamps", SHOP)


@pytest.fixture(autouse=True)
def gate(model: Loopback) -> Iterator[None]:
    """An open gate and nothing asked yet, before and after each test."""
    model.requests.clear()
    yield
    model.gate.set()


def at(tenant: Tenant, server: ServerProcess) -> Tenant:
    """The same tenant's program, talking to another server."""
    moved = copy.copy(tenant)
    moved.server = server
    return moved


def say(tenant: Tenant, conversation: str, text: str = QUESTION, **more: Any) -> dict[str, Any]:
    """Leave a message without waiting for its answer."""
    path = f"/v1/conversations/{conversation}/messages?wait=false"
    sent = tenant.call("POST", path, json={"text": text} | more)
    assert sent.status_code in (200, 202), sent.text
    return sent.json()


@contextmanager
def streaming(tenant: Tenant, conversation: str, after: int = 0) -> Generator[Iterator[Frame]]:
    """The conversation's frames as they come; the end of the block hangs up."""
    path = f"{tenant.server.url}/v1/conversations/{conversation}/events"
    headers = {"Authorization": f"Bearer {tenant.key}", "Last-Event-ID": str(after)}
    with plain_http.stream("GET", path, headers=headers, timeout=40) as response:
        assert response.status_code == 200
        yield _frames(response.iter_lines())


def _frames(lines: Iterator[str]) -> Iterator[Frame]:
    frame: Frame = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "data":
            frame["data"] = json.loads(value)
        elif name in ("event", "id"):
            frame[name] = value
        elif not line and frame:
            if "event" in frame:
                yield frame
            frame = {}


def take_until(frames: Iterator[Frame], event: str, n: int = 1) -> list[Frame]:
    """Frames up to and with the n-th of a kind."""
    taken: list[Frame] = []
    while sum(frame["event"] == event for frame in taken) < n:
        taken.append(next(frames))
    return taken


def answered_once(tenant: Tenant, conversation: str) -> list[Frame]:
    """The log of a conversation of one turn, checked: no gap, one reply, one end."""
    with streaming(tenant, conversation) as frames:
        log = [f for f in take_until(frames, "turn_ended") if "id" in f]
    assert [int(f["id"]) for f in log] == list(range(1, len(log) + 1))
    kinds = Counter(f["event"] for f in log)
    assert kinds == {"contact_message": 1, "turn_started": 1, "message": 1, "turn_ended": 1}
    assert log[-1]["data"]["status"] == "completed"
    transcript = tenant.call("GET", f"/v1/conversations/{conversation}/messages").json()["data"]
    assert [m["author"] for m in transcript] == ["contact", "assistant"]
    assert "3 years" in transcript[1]["text"]
    return log


def everything(data: Path, conversation: str) -> list[Any]:
    """Every row there is of one conversation, checkpoints included."""
    with EmbeddedPostgres(data) as server:
        url = make_conninfo(server.superuser_url, dbname="frontdesk")
        with psycopg.connect(url) as conn:
            return [
                conn.execute(statement, (conversation,)).fetchall()
                for statement in (
                    "select * from checkpoints where thread_id = %s order by checkpoint_id",
                    "select * from checkpoint_blobs where thread_id = %s order by channel, version",
                    "select * from checkpoint_writes where thread_id = %s order by checkpoint_id, task_id, idx",
                    "select * from messages where conversation_id = %s order by seq",
                    "select * from events where conversation_id = %s order by event_id",
                    "select * from turns where conversation_id = %s order by seq",
                    "select * from turn_queue where conversation_id = %s",
                    "select s.* from turn_steps s join turns using (turn_id) where conversation_id = %s order by s.turn_id, s.step",
                    "select count(*) from usage_ledger u join turns using (turn_id) where conversation_id = %s",
                )
            ]


def wait_for_line(server: ServerProcess, words: str, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not any(words in line for line in server.output):
        assert time.monotonic() < deadline, f"no line with {words!r}"
        time.sleep(0.05)


def test_a_turn_of_a_killed_server_is_answered_after_its_restart(
    first: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    conversation = shop.converse("ada")
    model.gate.clear()
    say(shop, conversation)
    model.wait_for(1, seconds=20)
    first.kill()
    model.gate.set()
    first.start()
    started = time.monotonic()
    answered_once(shop, conversation)
    assert time.monotonic() - started < TAKEN_OVER_SECONDS


def test_a_turn_of_a_killed_server_is_taken_over_by_another(
    first: ServerProcess, second: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    conversation = shop.converse("bo")
    model.gate.clear()
    say(shop, conversation)
    model.wait_for(1, seconds=20)
    first.kill()
    killed = time.monotonic()
    model.gate.set()
    answered_once(at(shop, second), conversation)
    assert time.monotonic() - killed < TAKEN_OVER_SECONDS
    assert len(model.requests) == 2
    first.start()


def test_a_server_that_slept_through_its_lease_writes_nothing(
    first: ServerProcess, second: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    conversation = shop.converse("cy")
    model.gate.clear()
    say(shop, conversation)
    model.wait_for(1, seconds=20)
    os.kill(first.pid, signal.SIGSTOP)
    try:
        model.wait_for(2, seconds=TAKEN_OVER_SECONDS)
        model.gate.set()
        answered_once(at(shop, second), conversation)
        before = everything(first.data, conversation)
    finally:
        os.kill(first.pid, signal.SIGCONT)
    wait_for_line(first, "lease_lost", seconds=20)
    assert everything(first.data, conversation) == before
    answered_once(shop, conversation)


def test_a_turn_survives_the_death_of_the_database(
    first: ServerProcess, second: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    conversation = shop.converse("di")
    with shop.socket(conversation) as socket:
        model.gate.clear()
        turn_id = say(shop, conversation)["turn_id"]
        model.wait_for(1, seconds=20)
        postmaster = int((first.data / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        killed = time.monotonic()
        model.gate.set()
        while True:
            turn = shop.call("GET", f"/v1/turns/{turn_id}")
            assert turn.status_code in (200, 503), turn.text
            if turn.status_code == 200 and turn.json()["status"] == "completed":
                break
            assert time.monotonic() - killed < 30, turn.text
            time.sleep(0.1)
        with suppress(ConnectionClosed):  # told, or cut off to come again: never left in silence
            until(socket, "turn_ended")
    answered_once(shop, conversation)
    answered_once(at(shop, second), conversation)


def test_two_conversations_of_a_tenant_run_side_by_side(shop: Tenant, model: Loopback) -> None:
    model.gate.clear()
    both = [shop.converse("ed"), shop.converse("flo")]
    for conversation in both:
        say(shop, conversation)
    model.wait_for(2, seconds=20)  # the second is asked before the first has its answer
    model.gate.set()
    for conversation in both:
        answered_once(shop, conversation)


def test_who_hangs_up_in_the_middle_comes_back_to_everything_once(
    shop: Tenant, model: Loopback
) -> None:
    model.replies[:] = [Reply(ANSWER.words, held_after=2)]
    model.gate.clear()
    conversation = shop.converse("gus")
    with streaming(shop, conversation) as frames:
        say(shop, conversation)
        seen = take_until(frames, "message_delta")
    assert [int(f["id"]) for f in seen if "id" in f] == [1, 2]
    model.gate.set()
    log = answered_once(shop, conversation)
    with streaming(shop, conversation, after=2) as frames:
        rest = [f for f in take_until(frames, "turn_ended") if "id" in f]
    assert rest == log[2:]
    assert rest[0]["data"]["text"].startswith(seen[-1]["data"]["text"])
    model.replies[:] = [ANSWER]


def test_the_deltas_of_a_streamed_turn_are_the_stored_reply(shop: Tenant, model: Loopback) -> None:
    conversation = shop.converse("ida")
    with plain_http.stream(
        "POST",
        f"{shop.server.url}/v1/conversations/{conversation}/messages",
        headers={"Authorization": f"Bearer {shop.key}", "Accept": "text/event-stream"},
        json={"text": QUESTION},
        timeout=30,
    ) as response:
        frames = list(_frames(response.iter_lines()))
    deltas = "".join(f["data"]["text"] for f in frames if f["event"] == "message_delta")
    stored = shop.call("GET", f"/v1/conversations/{conversation}/messages").json()["data"][-1]
    assert deltas == stored["text"] != ""
    assert [int(f["id"]) for f in frames if "id" in f] == [1, 2, 3, 4]


def test_two_hundred_messages_under_fifty_ids_are_fifty(
    second: ServerProcess, shop: Tenant
) -> None:
    path = f"/v1/assistants/{shop.assistant_id}"  # a person would end the turns
    assert shop.call("PATCH", path, json={"handoff": {"enabled": False}}).status_code == 200
    conversation = shop.converse("hal")
    senders = 10

    def send(sender: int) -> list[tuple[str, str]]:
        """Five messages in order, each four times, by either server."""
        sent: list[tuple[str, str]] = []
        for n in range(20):
            name = f"{sender}-{n // 4}"
            tenant = at(shop, second) if n % 2 else shop
            accepted = say(tenant, conversation, client_message_id=name)
            sent.append((name, accepted["turn_id"]))
        return sent

    with ThreadPoolExecutor(senders) as pool:
        sent = [pair for pairs in pool.map(send, range(senders)) for pair in pairs]
    turns_of = {name: {turn for other, turn in sent if other == name} for name, _ in sent}
    assert len(turns_of) == 50 and all(len(turns) == 1 for turns in turns_of.values())

    turn_ids = {turn for _, turn in sent}
    with streaming(shop, conversation) as frames:
        log = [f for f in take_until(frames, "turn_ended", len(turn_ids)) if "id" in f]
    assert [int(f["id"]) for f in log] == list(range(1, len(log) + 1))
    told = [f["data"]["client_message_id"] for f in log if f["event"] == "contact_message"]
    assert sorted(told) == sorted(turns_of)
    for sender in range(senders):
        own = [name for name in told if name.startswith(f"{sender}-")]
        assert own == [f"{sender}-{n}" for n in range(5)]
    started = [f["data"]["turn_id"] for f in log if f["event"] == "turn_started"]
    ended = [f["data"]["turn_id"] for f in log if f["event"] == "turn_ended"]
    replied = [f["data"]["turn_id"] for f in log if f["event"] == "message"]
    assert started == ended == replied and set(ended) == turn_ids
    transcript = shop.call("GET", f"/v1/conversations/{conversation}/messages?limit=200").json()
    authors = Counter(m["author"] for m in transcript["data"])
    assert authors == {"contact": 50, "assistant": len(turn_ids)}
