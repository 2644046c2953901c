"""An import whose server is killed in the middle: nothing is seen of it, then all of it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import plain_http
from tests.e2e.server_process import ServerProcess

ENTRIES = 1_000
SLICE = 256  # vectors are kept after each
TAKEN_OVER_SECONDS = 90  # the design says 45: the machine may be busy


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "data").start()
    yield process
    process.stop()


class Shop:
    """A tenant's program, wherever the server is at the moment."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._key = server.platform_key
        made = self.call("POST", "/v1/tenants", json={"name": "Shop"})
        self._key, self.base = made["api_key"], f"/v1/knowledge-bases/{made['knowledge_base_id']}"

    def call(self, method: str, path: str, **sent: Any) -> Any:
        headers = {"authorization": f"Bearer {self._key}"} | sent.pop("headers", {})
        answer = plain_http.request(
            method, self._server.url + path, headers=headers, timeout=60, **sent
        )
        assert answer.is_success, answer.text
        return answer.json()

    def start_import(self, word: str) -> str:
        rows = [f"How is {word} {n} of hall {n * 7919 % 997} cleaned?,With brush {n}." for n in range(ENTRIES)]  # fmt: skip
        content = "\n".join(["question,answer", *rows])
        accepted = self.call(
            "POST",
            f"{self.base}/imports",
            content=content.encode(),
            headers={"content-type": "text/csv"},
        )
        return accepted["job_id"]

    def job_once(
        self, job_id: str, holds: Callable[[dict[str, Any]], bool], *, seconds: float
    ) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while not holds(job := self.call("GET", f"/v1/jobs/{job_id}")):
            assert time.monotonic() < deadline, job
            assert job["status"] in ("queued", "running"), job
            time.sleep(0.1)
        return job

    def passages(self) -> int:
        return self.call("GET", self.base)["passages"]


def test_an_import_goes_on_after_its_server_was_killed(server: ServerProcess) -> None:
    shop = Shop(server)
    job_id = shop.start_import("lamp")
    before = shop.job_once(job_id, lambda job: job["done"] >= 2 * SLICE, seconds=120)
    server.kill()
    server.start()
    assert shop.passages() == 0
    taken = shop.job_once(job_id, lambda job: job["done"] > before["done"], seconds=TAKEN_OVER_SECONDS)  # fmt: skip
    assert taken["phase"] in ("embedding", "writing", "")
    ended = shop.job_once(job_id, lambda job: job["status"] == "succeeded", seconds=180)
    assert ended["result"]["documents"] == ENTRIES == shop.passages()
    assert len(shop.call("GET", f"{shop.base}/versions")["data"]) == 1

    cancelled = shop.start_import("chair")
    shop.job_once(cancelled, lambda job: job["done"] >= SLICE, seconds=120)
    shop.call("POST", f"/v1/jobs/{cancelled}/cancel")
    shop.job_once(cancelled, lambda job: job["status"] == "cancelled", seconds=10)
    assert shop.passages() == ENTRIES
