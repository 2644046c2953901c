"""The ways to serve the echo graph that `served_turns.py` compares."""

import asyncio
import math
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast
from uuid import uuid4

from desk import Refused, Server, own_cpu_seconds, python_cpu_seconds
from echo_graph import graph
from echo_model import TOKENS
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from wire import Wire, post

from graphs.context import TurnContext
from tenants.database.postgres import EmbeddedPostgres

HERE = Path(__file__).parent
ECHO_SERVER = (sys.executable, str(HERE / "echo_server.py"), "serve")
FRONTDESK = "Frontdesk"
FRONTDESK_TWICE = "Frontdesk, two processes"
THIN_EXIT = "thin server, checkpoints at the end"
THIN_TWICE = "thin server, checkpoints at the end, two processes"
TEXT = "Where is my order 12345?"


class Talker(Protocol):
    """One contact: opens conversations, has turns in them one after the other."""

    async def open(self) -> str: ...

    async def turn(self, talk: str) -> float:
        """Seconds to the first word of a turn that was read to its end."""
        ...

    def close(self) -> None: ...


@dataclass
class Way:
    """One way to have a turn."""

    name: str
    talker: Callable[[], Awaitable[Talker]]
    cpu: Callable[[], tuple[float, float]]  # seconds of the serving process, and with PostgreSQL
    grows: bool = True  # a long conversation is measured as well
    most_seconds: float = math.inf  # no turn begins later: a slow way has fewer a round


@dataclass
class WireTalker:
    """Over HTTP."""

    wire: Wire
    key: str = ""
    assistant_id: str = ""
    words: bytes = b"event: message_delta"
    said: bytes = b"word"  # stands once in every word that is streamed
    count: int = TOKENS

    async def open(self) -> str:
        if not self.assistant_id:
            return str(uuid4())
        body = {"assistant_id": self.assistant_id}
        made = await self.wire.ask(post("/v1/conversations", body, key=self.key))
        if made.status != 201:
            raise Refused(made.body.decode())
        return made.json()["conversation_id"]

    async def turn(self, talk: str) -> float:
        asked = post(
            f"/v1/conversations/{talk}/messages",
            {"text": TEXT},
            key=self.key,
            accept="text/event-stream",
        )
        heard = await self.wire.ask(asked, words=self.words)
        streamed = [part for part in heard.body.split(b"\n\n") if self.words in part]
        if heard.status != 200 or b"".join(streamed).count(self.said) != self.count:
            raise Refused(heard.body.decode()[-500:])
        return heard.first_text_seconds

    def close(self) -> None:
        self.wire.close()


def desk(stack: ExitStack, data: Path) -> Way:
    """The product with the echo graph."""
    server = stack.enter_context(Server(data, {}, ECHO_SERVER))
    key, assistant_id = asyncio.run(_tenant(server, server.platform_key))

    async def talker() -> Talker:
        return WireTalker(await Wire.open(server.url), key, assistant_id)

    return Way(FRONTDESK, talker, lambda: (own_cpu_seconds(server.pid), server.cpu_seconds))


def desk_twice(stack: ExitStack, data: Path) -> Way:
    """The product in as many processes as there are cores, behind its one port."""
    server = stack.enter_context(Server(data, {"FRONTDESK_PROCESSES": "2"}, ECHO_SERVER))
    key, assistant_id = asyncio.run(_tenant(server, server.platform_key))

    async def talker() -> Talker:
        return WireTalker(await Wire.open(server.url), key, assistant_id)

    return Way(
        FRONTDESK_TWICE,
        talker,
        lambda: (python_cpu_seconds(server.pid), server.cpu_seconds),
    )


async def _tenant(server: Server, platform_key: str) -> tuple[str, str]:
    wire = await Wire.open(server.url)
    made = await wire.ask(post("/v1/tenants", {"name": "Echo"}, key=platform_key))
    wire.close()
    return made.json()["api_key"], made.json()["assistant_id"]


def thin(stack: ExitStack, data: Path) -> list[Way]:
    """The thin server without a database, and with each durability."""
    postgres = stack.enter_context(EmbeddedPostgres(data))
    url = postgres.urls.owner
    return [
        _served(stack, "thin server, nothing kept", "thin_server:app", {}, grows=False),
        _served(stack, THIN_EXIT, "thin_server:app", {"THIN_DATABASE_URL": url}),
        _served(
            stack,
            "thin server, checkpoints at every step",
            "thin_server:app",
            {"THIN_DATABASE_URL": url, "THIN_DURABILITY": "async"},
        ),
    ]


def thin_twice(stack: ExitStack, data: Path) -> Way:
    """The thin server with checkpoints at the end, in as many processes as there are cores."""
    url = stack.enter_context(EmbeddedPostgres(data)).urls.owner
    with PostgresSaver.from_conn_string(url) as saver:
        saver.setup()  # two that make the tables at once fail
    return _served(stack, THIN_TWICE, "thin_server:app", {"THIN_DATABASE_URL": url}, processes=2)


def bare(stack: ExitStack) -> Way:
    """FastAPI and the sender, nothing else."""
    return _served(stack, "bare stream of events", "bare_sse:app", {}, grows=False, count=1)


def _served(
    stack: ExitStack,
    name: str,
    app: str,
    environment: dict[str, str],
    *,
    grows: bool = True,
    count: int = TOKENS,
    processes: int = 1,
) -> Way:
    port = free_port()
    path = {"PYTHONPATH": str(HERE.parent)}
    asked = ["--port", str(port), "--log-level", "warning", "--workers", str(processes)]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", app, *asked],
        cwd=HERE,
        env=os.environ | path | environment,
    )
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)
    until_open(port, process)

    async def talker() -> Talker:
        return WireTalker(await Wire.open(f"http://127.0.0.1:{port}"), count=count)

    def cpu() -> tuple[float, float]:
        # its PostgreSQL is not its child, and not counted; several processes are children of one
        served = python_cpu_seconds(process.pid)
        return served, served

    return Way(name, talker, cpu, grows)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_open(port: int, process: "subprocess.Popen[bytes]", seconds: float = 90) -> None:
    """Return when somebody listens there; ends the run where the process ended or time is up."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


@dataclass
class GraphTalker:
    """In this process."""

    pool: "AsyncConnectionPool[Any] | None"

    async def open(self) -> str:
        return str(uuid4())

    async def turn(self, talk: str) -> float:
        running, extra = _GRAPH, {}
        if self.pool is not None:
            saver = AsyncPostgresSaver(cast(Any, self.pool))
            running, extra = _GRAPH.copy(update={"checkpointer": saver}), {"durability": "exit"}
        given: Any = {"messages": [HumanMessage(TEXT, id=str(uuid4()))], "turn_id": str(uuid4())}
        config = RunnableConfig(configurable={"thread_id": talk})
        began, first = time.perf_counter(), 0.0
        parts = cast(Any, running).astream(
            given, config, context=TurnContext(), stream_mode="custom", **extra
        )
        async for part in parts:
            if part["kind"] == "piece" and not first:
                first = time.perf_counter() - began
        return first

    def close(self) -> None:
        """Nothing is held."""


_GRAPH = graph()


def in_process(stack: ExitStack, data: Path) -> list[Way]:
    """The graph called by this process, which is the sender as well."""
    url = stack.enter_context(EmbeddedPostgres(data)).urls.owner
    pools: list[AsyncConnectionPool[Any]] = []

    async def alone() -> Talker:
        return GraphTalker(None)

    async def with_saver() -> Talker:
        if not pools:  # opened in the loop that uses it
            settings = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
            pool = AsyncConnectionPool(url, min_size=4, max_size=16, open=False, kwargs=settings)
            await pool.open()
            pools.append(pool)
        return GraphTalker(pools[0])

    def cpu() -> tuple[float, float]:
        return time.process_time(), time.process_time()

    return [
        Way("graph alone, no server", alone, cpu, grows=False),
        Way("graph and saver, no server", with_saver, cpu),
    ]
