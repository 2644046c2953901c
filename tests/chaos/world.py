"""Three servers over one data folder, their model, one tenant; whoever is killed comes back."""

import signal
import subprocess
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx2

from tests import plain_http
from tests.chaos.journal import Journal, Refused, Restart
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP
from tests.openai_loopback import Reply, openai_loopback

SERVERS = 3
IN_FLIGHT = "idempotency_in_flight"
NOTHING: Mapping[str, str] = MappingProxyType({})
LEASE_SECONDS = 3
DEADLINE_SECONDS = 55  # of a turn; longer than any absence of the database here
BACK_SECONDS = 300  # a killed server has to be back by then; the machine may be busy
ANSWER = Reply(
    ["The warranty of the Aurora desk lamp is 3 years. [1] ", "Its price ", "is 49.90 EUR. [1]"],
    waits_seconds=0.15,
)


@dataclass
class World:
    """The servers that live now, and where the tenant is called."""

    data: Path
    points: Path
    servers: list[ServerProcess]
    journal: Journal
    key: str = ""
    assistant_id: str = ""
    alive: dict[int, ServerProcess] = field(default_factory=dict[int, ServerProcess])
    _ending: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _returning: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def url(self, n: int) -> str:
        """A server that lives, as far as we know; another one for every number."""
        while True:
            with self._lock:
                urls = [server.url for server in self.alive.values()]
            if urls:
                return urls[n % len(urls)]
            time.sleep(0.05)

    def call(self, n: int, method: str, path: str, **more: Any) -> httpx2.Response:
        """One request of the tenant's program to one of the servers."""
        headers = {"Authorization": f"Bearer {self.key}"} | more.pop("headers", {})
        timeout = more.pop("timeout", 20)
        answer = plain_http.request(
            method, self.url(n) + path, headers=headers, timeout=timeout, **more
        )
        if answer.status_code >= 500:
            self.journal.refused.append(Refused(path, answer.status_code, answer.text[:300]))
        return answer

    def insist(self, n: int, method: str, path: str, **more: Any) -> httpx2.Response:
        """The first answer that is no failure of a server's, whoever gives it; while somebody else
        seems to be at the same request, it is asked again.
        """
        while True:
            try:
                answer = self.call(n, method, path, **more)
            except (httpx2.HTTPError, OSError):
                time.sleep(0.1)
            else:
                if answer.status_code < 500 and IN_FLIGHT not in answer.text:
                    return answer
                time.sleep(0.2)
            n += 1

    def kill(self, pid: int) -> None:
        """`kill -9`, and a new start beside everything else."""
        server = self._take(pid)
        server.kill()
        self._return(server)

    def restart(self, pid: int) -> Restart:
        """SIGTERM, as a rolling update does, and a new start beside everything else."""
        server = self._take(pid)
        began = time.monotonic()
        try:
            status = server.stop()
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
            server.kill()
        gone = Restart(pid, status, time.monotonic() - began)
        self._return(server)
        return gone

    def _take(self, pid: int) -> ServerProcess:
        with self._lock:
            return self.alive.pop(pid)

    def _return(self, server: ServerProcess) -> None:
        back = threading.Thread(target=self.bring_back, args=(server,), daemon=True)
        back.start()
        self._returning.append(back)

    def wait_for_another(self, *, at_least: int) -> None:
        """Return when so many servers live. Raises: TimeoutError."""
        deadline = time.monotonic() + BACK_SECONDS
        while len(self.alive) < at_least:
            if time.monotonic() > deadline:
                raise TimeoutError("a killed server did not come back")
            time.sleep(0.05)

    def wait_for_database(self) -> None:
        """Return when a server says that it is ready. Raises: TimeoutError."""
        deadline = time.monotonic() + BACK_SECONDS
        while True:
            try:
                if self.call(0, "GET", "/readyz").status_code == 200:
                    return
            except (httpx2.HTTPError, OSError):
                pass
            if time.monotonic() > deadline:
                raise TimeoutError("the database did not come back")
            time.sleep(0.1)

    def settle(self) -> None:
        """Wait for everybody who was killed."""
        for back in self._returning:
            back.join(BACK_SECONDS)
        self.wait_for_another(at_least=len(self.servers))

    def end(self) -> None:
        """Stop everybody, those too who are on their way back."""
        self._ending.set()
        for back in self._returning:
            back.join(BACK_SECONDS)
        for server in self.servers:
            try:
                server.end()
            except subprocess.TimeoutExpired:
                server.abandon()

    def bring_back(self, server: ServerProcess) -> None:
        """Start a server, again where it did not become ready."""
        while not self._ending.is_set():
            try:
                server.start()
            except TimeoutError as error:  # the database may have been killed at its start
                server.abandon()
                self.journal.note("start failed", {"output": str(error)[-4_000:]})
            else:
                with self._lock:
                    self.alive[server.pid] = server
                return


@contextmanager
def open_world(
    folder: Path, journal: Journal, *, replicas: int = SERVERS, more: Mapping[str, str] = NOTHING
) -> Generator[World]:
    """Everything started, and ended by its own process ids."""
    points = folder / "points"
    points.mkdir(parents=True)
    with openai_loopback(ANSWER) as model:
        settings = {
            "FRONTDESK_MODEL": "deepseek:deepseek-chat",
            "DEEPSEEK_API_KEY": "x",
            "DEEPSEEK_API_BASE": model.base_url,
            "FRONTDESK_LEASE_SECONDS": str(LEASE_SECONDS),
            "FRONTDESK_TURN_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
            "FRONTDESK_REQUESTS_PER_SECOND": "100000",
            "FRONTDESK_TURNS_PER_SECOND": "100000",
            "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "100000",
            "FRONTDESK_HOLD_POINTS": str(points),
            **more,
        }
        data = folder / "data"
        servers = [ServerProcess(data, settings) for _ in range(replicas)]
        world = World(data, points, servers, journal)
        try:
            for server in servers:
                world.bring_back(server)
            _open_shop(world)
            yield world
        finally:
            world.end()


def _open_shop(world: World) -> None:
    made = plain_http.post(
        f"{world.url(0)}/v1/tenants",
        json={"name": "Northwind Lamps"},
        headers={"Authorization": f"Bearer {world.servers[0].platform_key}"},
        timeout=BACK_SECONDS,
    )
    world.key = made.json()["api_key"]
    created = world.insist(0, "POST", "/v1/assistants", json={"name": "Mia", "knowledge": SHOP})
    world.assistant_id = created.json()["assistant_id"]
