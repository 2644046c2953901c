"""Other servers of graphs, beside which `served_turns.py --peers DIR` measures ours.

Each stands in an environment of its own in DIR, and needs Python 3.12:

    uv venv --python 3.12 /tmp/peers/aegra
    uv pip install --python /tmp/peers/aegra/bin/python aegra-cli aegra-api
    uv venv --python 3.12 /tmp/peers/langgraph
    uv pip install --python /tmp/peers/langgraph/bin/python "langgraph-cli[inmem]"
    uv venv --python 3.12 /tmp/peers/toolkit
    git clone https://github.com/JoshuaC215/agent-service-toolkit /tmp/peers/toolkit/checkout
    uv pip install --python /tmp/peers/toolkit/bin/python -r /tmp/peers/toolkit/checkout/pyproject.toml

Aegra is run in its production mode: as it comes, with checkpoints at the end of a turn alone (as ours
are), and with its workers over Redis (`redis-server`). Each that keeps state in PostgreSQL has one of
its own, with the settings of ours, over the same kind of socket; `langgraph dev` keeps it in memory.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

from desk import Refused, cpu_seconds, python_cpu_seconds
from echo_model import TOKENS
from echo_ways import TEXT, Talker, Way, free_port, until_open
from wire import Wire, post

from tenants.database.postgres import EmbeddedPostgres

HERE = Path(__file__).parent
GRAPH_FILES = ("echo_model.py", "echo_elsewhere.py", "echo_toolkit.py")
ROUND_SECONDS = 20  # one turn after the other the slowest has one a second
STOP_SECONDS = 30
QUIET = {
    "LANGSMITH_TRACING": "false",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LOG_LEVEL": "WARNING",
}


@dataclass
class PeerTalker:
    """One contact of a server that speaks LangGraph's HTTP API."""

    wire: Wire
    word: bytes = b'"word'  # stands once in every word that is streamed, in none that is not

    async def open(self) -> str:
        made = await self.wire.ask(post("/threads", {}))
        if made.status >= 300:
            raise Refused(made.body.decode())
        return made.json()["thread_id"]

    async def turn(self, talk: str) -> float:
        said = {"messages": [{"type": "human", "content": TEXT}]}
        body = {"assistant_id": "echo", "input": said, "stream_mode": ["messages-tuple"]}
        return await self._read(f"/threads/{talk}/runs/stream", body)

    async def _read(self, path: str, body: object) -> float:
        asked = post(path, body, accept="text/event-stream")
        heard = await self.wire.ask(asked, words=self.word)
        if heard.status != 200 or heard.body.count(self.word) != TOKENS:
            raise Refused(heard.body.decode()[-500:])
        return heard.first_text_seconds

    def close(self) -> None:
        self.wire.close()


@dataclass
class ToolkitTalker(PeerTalker):
    """One contact of agent-service-toolkit, which has an API of its own."""

    word: bytes = b'"token", "content": "word'

    async def open(self) -> str:
        return str(uuid4())

    async def turn(self, talk: str) -> float:
        body = {"message": TEXT, "thread_id": talk, "stream_tokens": True}
        return await self._read("/echo/stream", body)


def peers(stack: ExitStack, environments: Path, folder: Path) -> tuple[list[Way], list[str]]:
    """A way for each server that is installed, and words for each that is left out."""
    ways: list[Way] = []
    left_out: list[str] = []
    for name, needed, start in (
        ("Aegra", ("aegra/bin/aegra",), _aegra),
        ("Aegra, checkpoints at the end", ("aegra/bin/aegra",), _aegra_end),
        ("Aegra with Redis", ("aegra/bin/aegra", "redis-server"), _aegra_redis),
        ("agent-service-toolkit", ("toolkit/bin/python", "toolkit/checkout/src"), _toolkit),
        ("langgraph dev", ("langgraph/bin/langgraph",), _langgraph_dev),
    ):
        lacks = [one for one in needed if not _is_there(environments, one)]
        if lacks:
            left_out.append(f"{name} is left out: no {' and no '.join(lacks)} in {environments}")
            continue
        home = folder / name.replace(",", "").replace(" ", "-")
        home.mkdir(parents=True)
        for file in GRAPH_FILES:
            shutil.copy(HERE / file, home)
        (home / "graphs.json").write_text(
            json.dumps({"dependencies": ["."], "graphs": {"echo": "./echo_elsewhere.py:graph"}})
        )
        ways.append(start(stack, name, environments.absolute(), home))
    return ways, left_out


def _is_there(environments: Path, needed: str) -> bool:
    return (environments / needed).exists() if "/" in needed else bool(shutil.which(needed))


def _aegra(
    stack: ExitStack,
    name: str,
    environments: Path,
    home: Path,
    more: Mapping[str, str] | None = None,
    beside: Sequence[int] = (),
) -> Way:
    postgres = stack.enter_context(EmbeddedPostgres(home))
    own = {"DATABASE_URL": postgres.urls.owner, "ENV_MODE": "PRODUCTION"}
    command = [str(environments / "aegra/bin/aegra"), "serve", "--host", "127.0.0.1"]
    return _served(
        stack, name, home,
        [*command, "--config", "graphs.json"],
        own | dict(more or {}),
        beside=[*beside, *([postgres.pid] if postgres.pid else [])],
    )  # fmt: skip


def _aegra_end(stack: ExitStack, name: str, environments: Path, home: Path) -> Way:
    return _aegra(stack, name, environments, home, {"AEGRA_CHECKPOINT_DURABILITY": "exit"})


def _aegra_redis(stack: ExitStack, name: str, environments: Path, home: Path) -> Way:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    redis = _start(stack, home, [*command, "--appendonly", "no"], {}, port)
    own = {"REDIS_BROKER_ENABLED": "true", "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    return _aegra(stack, name, environments, home, own, beside=[redis])


def _toolkit(stack: ExitStack, name: str, environments: Path, home: Path) -> Way:
    postgres = stack.enter_context(EmbeddedPostgres(home))
    at = urlsplit(postgres.urls.owner)
    port = free_port()
    own = {
        "USE_FAKE_MODEL": "true",
        "DATABASE_TYPE": "postgres",
        "POSTGRES_USER": at.username or "",
        "POSTGRES_PASSWORD": at.password or "",
        "POSTGRES_HOST": quote(parse_qs(at.query)["host"][0], safe=""),
        "POSTGRES_PORT": "5432",  # of the socket's name
        "POSTGRES_DB": at.path[1:],
        "POSTGRES_MIN_CONNECTIONS_PER_POOL": "5",  # 1 and 1 by default: turns would wait in line
        "POSTGRES_MAX_CONNECTIONS_PER_POOL": "20",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    toolkit = environments / "toolkit"
    command = [str(toolkit / "bin/python"), "echo_toolkit.py", str(toolkit / "checkout/src")]
    beside = [postgres.pid] if postgres.pid else []
    return _served(stack, name, home, command, own, ToolkitTalker, beside=beside, port=port)


def _langgraph_dev(stack: ExitStack, name: str, environments: Path, home: Path) -> Way:
    command = [str(environments / "langgraph/bin/langgraph"), "dev", "--host", "127.0.0.1"]
    asked = ["--config", "graphs.json", "--no-browser", "--no-reload"]
    return _served(stack, name, home, [*command, *asked], {})


def _served(
    stack: ExitStack,
    name: str,
    home: Path,
    command: Sequence[str],
    environment: Mapping[str, str],
    contact: Callable[[Wire], Talker] = PeerTalker,
    *,
    beside: Sequence[int] = (),
    port: int = 0,
) -> Way:
    """A way over HTTP; `beside` are the processes of its databases, counted as its PostgreSQL."""
    asked = [] if port else ["--port", str(port := free_port())]
    server = _start(stack, home, [*command, *asked], environment, port)

    async def talker() -> Talker:
        return contact(await Wire.open(f"http://127.0.0.1:{port}"))

    def cpu() -> tuple[float, float]:
        served = python_cpu_seconds(server)
        return served, served + sum(map(cpu_seconds, beside))

    # nothing is forgotten there, which makes a long conversation another thing than ours
    return Way(name, talker, cpu, grows=False, most_seconds=ROUND_SECONDS)


def _start(
    stack: ExitStack, home: Path, command: Sequence[str], environment: Mapping[str, str], port: int
) -> int:
    """The id of a process that listens at that port; with all that it starts it ends with the stack."""
    log = stack.enter_context((home / f"{Path(command[0]).name}.log").open("wb"))
    process = subprocess.Popen(
        command, cwd=home, env=os.environ | QUIET | dict(environment),
        stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    stack.callback(_stop, process)
    try:
        until_open(port, process)
    except SystemExit:
        print(Path(log.name).read_text("utf8", "replace")[-3_000:])
        raise
    return process.pid


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process with what it started, which outlives it otherwise."""
    ends_at = time.monotonic() + STOP_SECONDS
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        while time.monotonic() < ends_at:
            process.poll()
            os.killpg(process.pid, 0)
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
