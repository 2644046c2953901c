"""The longest message of any kind keeps nobody else waiting: one process reads them all."""

import random
import re
import threading
import time
from collections.abc import Iterator

import pytest

from tests import plain_http
from tests.e2e.server_process import ServerProcess

LONGEST = 7_990  # characters, of the 8,000 that a message may have
MOST_SECONDS = 3.0  # on a busy machine; a row of numbers took five on a free one
_DRAW = random.Random(7)


def _unknown_words() -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return " ".join("".join(_DRAW.choices(letters, k=6)) for _ in range(1_200))


MESSAGES = {
    "words that nobody knows": _unknown_words(),
    "numbers": "1234567890 " * 800,
    "dates and times": "on 2026-11-29 at 10:30, " * 400,
    "things without blanks": "a.b-c/d_e+" * 900,
    "a list": "bikes, helmets, trailers, locks, lights, " * 200,
    "beginnings of corrections": "no, i meant " * 700,
    "questions": "Do you repair bikes? And what does a helmet cost? " * 200,
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """With the demo's tools: what they are asked is read once more for each of them."""
    data = tmp_path_factory.mktemp("long") / "data"
    process = ServerProcess(data, {"FRONTDESK_DEMO": "1"}).start()
    yield process
    assert process.stop() == 0


@pytest.fixture(scope="module")
def key(demo: ServerProcess) -> str:
    """The first demo tenant's."""
    found = re.search(r"API key\s+(fd_\S+)", "".join(demo.output))
    assert found is not None
    return found[1]


class _Beat:
    """Asks a server how it is, over and over, and keeps the longest time to its answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.longest_seconds = 0.0

    def __enter__(self) -> "_Beat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        with plain_http.Client(base_url=self._url, timeout=120) as client:
            while not self._over.wait(0.02):
                began = time.monotonic()
                assert client.get("/healthz").status_code == 200
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)


@pytest.mark.e2e
@pytest.mark.parametrize("kind", list(MESSAGES))
def test_nobody_waits_for_a_long_message(demo: ServerProcess, key: str, kind: str) -> None:
    with plain_http.Client(
        base_url=demo.url, headers={"Authorization": f"Bearer {key}"}, timeout=120
    ) as client:
        assistant = client.get("/v1/assistants").json()["data"][0]["assistant_id"]
        made = client.post("/v1/conversations", json={"assistant_id": assistant}).json()
        path = f"/v1/conversations/{made['conversation_id']}/messages?wait=true"
        with _Beat(demo.url) as beat:
            answer = client.post(path, json={"text": MESSAGES[kind][:LONGEST]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] in ("completed", "waiting_for_operator")
    assert beat.longest_seconds < MOST_SECONDS
