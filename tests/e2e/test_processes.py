"""Two processes of one command behind one port: they are one server to whoever looks at them."""

import os
import re
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from server.access.sign_in_throttle import MOST_FAILURES
from tests import plain_http
from tests.e2e.server_process import ServerProcess, within
from tests.e2e.test_story import SHOP, Tenant
from tests.e2e.test_takeover import (
    ANSWER,
    LEASE_SECONDS,
    SETTINGS,
    Frame,
    answered_once,
    say,
    streaming,
    take_until,
)
from tests.openai_loopback import Loopback, Reply, openai_loopback

HELD = Reply(ANSWER.words, held_after=2)
FIVE_IN_500_SECONDS = {"FRONTDESK_SESSIONS_PER_SECOND": "0.01"}
BOTH = {"1", "2"}


@pytest.fixture(scope="module")
def model() -> Iterator[Loopback]:
    with openai_loopback(HELD) as loopback:
        yield loopback
        loopback.gate.set()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, model: Loopback) -> Iterator[ServerProcess]:
    told = {"DEEPSEEK_API_BASE": model.base_url, "FRONTDESK_PROCESSES": "2"}
    settings = SETTINGS | FIVE_IN_500_SECONDS | told
    running = ServerProcess(tmp_path_factory.mktemp("processes") / "data", settings).start()
    yield running
    model.gate.set()
    running.end()


@pytest.fixture(scope="module")
def shop(server: ServerProcess) -> Tenant:
    return Tenant(server, "Northwind Lamps", SHOP)


@pytest.fixture(autouse=True)
def gate(model: Loopback) -> Iterator[None]:
    yield
    model.gate.set()


def figures(server: ServerProcess, name: str) -> dict[str, float]:
    """What each process counts, by its number."""
    headers = {"Authorization": f"Bearer {server.platform_key}"}
    shown = plain_http.get(f"{server.url}/metrics", headers=headers, timeout=30).text
    counts: defaultdict[str, float] = defaultdict(float)
    for number, value in re.findall(
        rf'^frontdesk_{name}{{.*?process="(\d+)".*?}} (\S+)$', shown, re.M
    ):
        counts[number] += float(value)
    return dict(counts)


def children(pid: int) -> set[int]:
    """The servers that a parent holds."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {
        int(child)
        for child in told
        if b"server.one_process" in Path(f"/proc/{child}/cmdline").read_bytes()
    }


def words(frames: list[Frame]) -> str:
    return "".join(f["data"]["text"] for f in frames if f["event"] == "message_delta")


def test_readers_of_every_process_hear_a_turn_as_it_is_said(
    server: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    conversation = shop.converse("ada")
    model.gate.clear()
    with ExitStack() as stack:
        readers = [stack.enter_context(streaming(shop, conversation))]
        while any(figures(server, "open_streams").get(number, 0) < 2 for number in BOTH):
            assert len(readers) < 60, "all connections went to one process"
            readers.append(stack.enter_context(streaming(shop, conversation)))
        say(shop, conversation)
        heard = [take_until(frames, "message_delta") for frames in readers]
        assert all(words(frames) for frames in heard)  # the message itself is not written yet
        late = [stack.enter_context(streaming(shop, conversation)) for _ in range(6)]
        heard += [take_until(frames, "message_delta") for frames in late]
        model.gate.set()
        for before, frames in zip(heard, readers + late, strict=True):
            before += take_until(frames, "turn_ended")
    messages = {f["data"]["text"] for frames in heard for f in frames if f["event"] == "message"}
    assert len(messages) == 1 and "3 years" in messages.pop()
    assert {tuple(f["id"] for f in frames if "id" in f) for frames in heard} == {
        ("1", "2", "3", "4")
    }
    answered_once(shop, conversation)


def test_a_limit_counts_in_all_processes_together(server: ServerProcess, shop: Tenant) -> None:
    asked = {"assistant_id": shop.assistant_id}
    headers = {"Origin": server.url, "X-Forwarded-For": "203.0.113.7"}
    opened = [
        shop.call("POST", "/v1/widget/sessions", json=asked, headers=headers).status_code
        for _ in range(12)
    ]
    assert Counter(opened) == {201: 1, 429: 11}
    requests = figures(server, "requests_total")
    assert requests.keys() == BOTH and min(requests.values()) > 0


def test_wrong_passwords_count_in_all_processes_together(server: ServerProcess) -> None:
    wrong = {"tenant": "nobody", "email": "nobody@nowhere.example", "password": "wrong wrong wrong"}
    headers = {"Origin": server.url, "X-Forwarded-For": "203.0.113.8"}
    tried = [
        plain_http.post(f"{server.url}/v1/session", json=wrong, headers=headers, timeout=30)
        for _ in range(MOST_FAILURES + 10)
    ]
    assert Counter(one.status_code for one in tried) == {401: MOST_FAILURES, 429: 10}


def test_servers_that_die_are_started_again_and_their_turns_go_on(
    server: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    conversation = shop.converse("bo")
    model.gate.clear()
    before = children(server.pid)
    assert len(before) == 2
    with streaming(shop, conversation) as frames:
        say(shop, conversation)
        take_until(frames, "message_delta")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert within(60, lambda: len(children(server.pid)) == 2 and is_ready(server))
    assert not before & children(server.pid)
    model.gate.set()
    answered_once(shop, conversation)
    assert within(30, lambda: figures(server, "open_streams").keys() == BOTH)


def is_ready(server: ServerProcess) -> bool:
    try:
        return plain_http.get(f"{server.url}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def test_servers_go_with_their_parent_however_it_goes(
    server: ServerProcess, shop: Tenant, model: Loopback
) -> None:
    left = children(server.pid)
    server.kill()
    assert within(
        LEASE_SECONDS + 15, lambda: not any(Path(f"/proc/{pid}").exists() for pid in left)
    )
    server.start()
    left = children(server.pid)
    conversation = shop.converse("cy")
    say(shop, conversation)
    answered_once(shop, conversation)
    assert server.stop() == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)


def test_more_processes_than_its_postgresql_has_connections_for_are_refused_in_words(
    tmp_path: Path,
) -> None:
    crowd = ServerProcess(tmp_path / "data", {"FRONTDESK_PROCESSES": "64"})
    with pytest.raises(TimeoutError, match="64 processes want 1024 connections"):
        crowd.start()
