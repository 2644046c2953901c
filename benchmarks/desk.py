"""What the benchmarks share: a server process of our own, its API, its events, and percentiles."""

import json
import math
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx2

START_SECONDS = 180
UNLIMITED = {
    "FRONTDESK_DEMO": "0",
    "FRONTDESK_REQUESTS_PER_SECOND": "100000",
    "FRONTDESK_TURNS_PER_SECOND": "100000",
    "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "100000",
    "FRONTDESK_WAITING_TURNS_PER_TENANT": "100000",
    "FRONTDESK_LOG_LEVEL": "WARNING",
}


class Refused(Exception):
    """The server did not do what the benchmark needs; the text is its own."""


class Server:
    """`frontdesk serve` on a free port over one data folder; ended by its own process id."""

    def __init__(
        self,
        data: Path,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (str(Path(sys.executable).with_name("frontdesk")), "serve"),
    ) -> None:
        self.data = data
        self._command = command
        self.url = ""
        self.start_seconds = 0.0
        self._environment = os.environ | UNLIMITED | dict(environment or {})
        self._process: subprocess.Popen[str] | None = None
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        began = time.monotonic()
        self._process = subprocess.Popen(
            [*self._command, "--port", "0", "--data", str(self.data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._environment,
        )
        said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, said), daemon=True).start()
        try:
            self.url = said.get(timeout=START_SECONDS)
        except queue.Empty:
            self.url = ""
        if not self.url:
            self.__exit__()
            raise SystemExit("the server did not become ready:\n" + "".join(self._lines[-40:]))
        self.start_seconds = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()

    def _read(self, process: "subprocess.Popen[str]", said: "queue.Queue[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.append(line)
            ready = re.match(r"ready (http://\S+)", line)
            if ready:
                said.put(ready[1])
        said.put("")  # it ended

    @property
    def platform_key(self) -> str:
        """The key that the first start left in the data folder."""
        return (self.data / "platform.key").read_text().strip()

    @property
    def memory_mb(self) -> float:
        """Resident memory of the server process alone, without PostgreSQL."""
        assert self._process is not None
        return memory_mb(self._process.pid)

    @property
    def pid(self) -> int:
        """The server process."""
        assert self._process is not None
        return self._process.pid

    @property
    def cpu_seconds(self) -> float:
        """What the server and the PostgreSQL it runs have computed so far."""
        assert self._process is not None
        return cpu_seconds(self._process.pid)


def own_cpu_seconds(pid: int) -> float:
    """What a process alone has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:13]) / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """What a process and all its children, PostgreSQL among them, have computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    spent = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                spent += cpu_seconds(int(child))
    return spent


def python_cpu_seconds(pid: int) -> float:
    """What a process and its Python children (not PostgreSQL) have computed so far."""
    return own_cpu_seconds(pid) + sum(map(python_cpu_seconds, _python_children(pid)))


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its Python children (not PostgreSQL), megabytes."""
    return _rss(pid) + sum(map(memory_mb, _python_children(pid)))


def _python_children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                if Path(os.readlink(f"/proc/{child}/exe")).name.startswith("python"):
                    found.append(int(child))
    return found


def _rss(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0


@dataclass
class Api:
    """The public API as one caller; failures end the benchmark with the problem's words."""

    client: httpx2.AsyncClient
    key: str

    async def post(self, path: str, body: object) -> dict[str, Any]:
        """The answer of a POST."""
        return self._checked(await self.client.post(path, json=body, headers=self._headers))

    async def get(self, path: str) -> dict[str, Any]:
        """The answer of a GET."""
        return self._checked(await self.client.get(path, headers=self._headers))

    async def ask_the_model(self, assistant_id: str) -> None:
        """The model writes every answer, also where a pair asks just this."""
        path, change = f"/v1/assistants/{assistant_id}", {"curated": {"enabled": False}}
        self._checked(await self.client.patch(path, json=change, headers=self._headers))

    async def turn(self, conversation_id: str, text: str) -> "Turn":
        """One message and its whole stream of events."""
        path = f"/v1/conversations/{conversation_id}/messages"
        headers = self._headers | {"Accept": "text/event-stream"}
        began = time.perf_counter()
        turn = Turn()
        body = {"text": text}
        async with self.client.stream("POST", path, json=body, headers=headers) as answer:
            if answer.status_code != 200:
                await answer.aread()
                self._checked(answer)
            async for kind, data in events(answer.aiter_lines()):
                turn.take(kind, data, time.perf_counter() - began)
        turn.total_seconds = time.perf_counter() - began
        return turn

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def _checked(self, answer: httpx2.Response) -> dict[str, Any]:
        if answer.status_code >= 300:
            raise Refused(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
        return answer.json()


@dataclass
class Turn:
    """One turn as its stream told it; times in seconds since the request was begun."""

    first_event_seconds: float = math.nan
    first_text_seconds: float = math.nan
    total_seconds: float = math.nan
    text: str = ""
    message: dict[str, Any] | None = None
    handoff: dict[str, Any] | None = None
    status: str = ""
    turn_id: str = ""

    def take(self, kind: str, data: dict[str, Any], at: float) -> None:
        """One event."""
        if math.isnan(self.first_event_seconds):
            self.first_event_seconds = at
        if kind == "message_delta":
            if not self.text:
                self.first_text_seconds = at
            self.text += data.get("text", "")
        elif kind == "message":
            self.message = data
        elif kind == "handoff_requested":
            self.handoff = data
        elif kind == "turn_ended":
            self.status = data.get("status", "")
            self.turn_id = data.get("turn_id", "")

    @property
    def citations(self) -> list[dict[str, Any]]:
        """The passages the answer leans on, first one first."""
        return (self.message or {}).get("citations") or []


async def events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """(type, data) of each server-sent event."""
    kind, data = "", ""
    async for line in lines:
        if line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            data += line[5:].strip()
        elif not line and (kind or data):
            yield kind, json.loads(data or "{}")
            kind, data = "", ""


def open_client(url: str, *, connections: int = 32) -> httpx2.AsyncClient:
    """A client with time-outs long enough for a busy machine."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx2.AsyncClient(base_url=url, timeout=httpx2.Timeout(120), limits=limits)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(v for v in values if not math.isnan(v))
    if not ordered:
        return math.nan
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def milliseconds(values: Sequence[float]) -> str:
    """`p50 / p95` of seconds, in ms."""
    return f"{1000 * percentile(values, 0.5):.1f} / {1000 * percentile(values, 0.95):.1f}"
