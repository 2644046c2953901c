"""A server is asked to go while it has turns, streams and callers: all of them end in time.

Another server on the same data folder goes on with what was not finished.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from tests import plain_http
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant
from tests.e2e.test_takeover import ANSWER, QUESTION, SETTINGS, at, say, streaming, take_until
from tests.openai_loopback import Loopback, openai_loopback

TURNS = 8
DRAIN_SECONDS = 2  # of the server here; what is promised holds for its own eight
HINT_SECONDS = 1.0
BUSY_SECONDS = 20.0  # by which a crowded machine may be late; a turn here never ends by itself


@pytest.fixture
def model() -> Iterator[Loopback]:
    with openai_loopback(ANSWER) as loopback:
        yield loopback
        loopback.gate.set()


class Reader(threading.Thread):
    """Reads a conversation until it is told to come back, and notes when that was."""

    def __init__(self, shop: Tenant, conversation: str) -> None:
        super().__init__(daemon=True)
        self._shop, self._conversation = shop, conversation
        self.began = threading.Event()
        self.told_at = 0.0

    def run(self) -> None:
        with streaming(self._shop, self._conversation) as frames:
            take_until(frames, "turn_started")
            self.began.set()
            take_until(frames, "reconnect")
            self.told_at = time.monotonic()


class Caller(threading.Thread):
    """Sends a message and waits for its answer, as a plain program does."""

    def __init__(self, shop: Tenant, conversation: str) -> None:
        super().__init__(daemon=True)
        self._shop, self._conversation = shop, conversation
        self.answer: httpx2.Response | None = None

    def run(self) -> None:
        self.answer = self._shop.call(
            "POST", f"/v1/conversations/{self._conversation}/messages", json={"text": QUESTION}
        )


class Ready(threading.Thread):
    """Asks a server that was told to go whether it is ready, until it does not listen any more."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.told: set[int] = set()

    def run(self) -> None:
        with suppress(httpx2.HTTPError, OSError):
            while True:
                self.told.add(plain_http.get(f"{self._url}/readyz", timeout=10).status_code)


def test_a_server_with_turns_streams_and_callers_goes_in_time(
    tmp_path_factory: pytest.TempPathFactory, model: Loopback
) -> None:
    folder: Path = tmp_path_factory.mktemp("drain")
    settings = SETTINGS | {
        "DEEPSEEK_API_BASE": model.base_url,
        "FRONTDESK_DRAIN_SECONDS": str(DRAIN_SECONDS),
        "FRONTDESK_LEASE_SECONDS": "60",  # what the other has before that was given back
    }
    leaving = ServerProcess(folder / "data", settings).start()
    staying = ServerProcess(leaving.data, leaving.environment).start()
    try:
        shop = Tenant(leaving, "Northwind Lamps", SHOP)
        model.gate.clear()  # no turn ends before it opens
        talks = [shop.converse(f"c{n}") for n in range(TURNS)]
        readers = [Reader(shop, talk) for talk in talks]
        caller = Caller(shop, talks[0])
        caller.start()
        for talk in talks[1:]:
            say(shop, talk)
        for reader in readers:
            reader.start()
        assert all(reader.began.wait(60) for reader in readers)
        model.wait_for(TURNS, seconds=60)
        asked_at = time.monotonic()
        os.kill(leaving.pid, signal.SIGTERM)
        ready = Ready(leaving.url)
        ready.start()
        status = leaving.wait()
        took = time.monotonic() - asked_at
        for thread in (*readers, caller, ready):
            thread.join(60)
        assert status == 0 and took < DRAIN_SECONDS + BUSY_SECONDS
        assert ready.told <= {503}, "whoever asks is told, from the signal on"
        late = [reader.told_at - asked_at for reader in readers]
        assert min(late) > 0 and max(late) < HINT_SECONDS + BUSY_SECONDS
        assert caller.answer is not None and caller.answer.status_code == 202
        assert caller.answer.json()["status"] in ("queued", "running")
        model.gate.set()
        for talk in talks:
            with streaming(at(shop, staying), talk) as frames:
                log = [frame for frame in take_until(frames, "turn_ended") if "id" in frame]
            kinds = [frame["event"] for frame in log]
            assert kinds == ["contact_message", "turn_started", "message", "turn_ended"]
    finally:
        model.gate.set()
        staying.stop()
