"""The ways to have a turn that `answered_turns.py` compares."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import httpx2
from desk import Api, Refused, open_client
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig

from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.embedding.embeddings import open_embeddings
from graphs.keeping.checkpoints import PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.support import GRAPH_VERSION, build_machine
from tenants.database.connection import make_pool
from tenants.database.postgres import EmbeddedPostgres
from tenants.finding.embedding_models import OnlyModel
from tenants.ids import new_id

ROOT = Path(__file__).resolve().parents[1]
Ask = Callable[[str, str], Awaitable[None]]  # conversation, question
Open = Callable[[], Awaitable[str]]


@dataclass
class Way:
    """One way to have a turn, with what was measured: (p50 s, p95 s, turns/s) by concurrency."""

    name: str
    open: Open
    ask: Ask
    slowness: int = 1  # a slow way has so many times fewer turns a round
    rounds: dict[int, list[tuple[float, float, float]]] = field(
        default_factory=dict[int, list[tuple[float, float, float]]]
    )

    def figures(self, concurrency: int) -> tuple[float, float, float]:
        """Medians over the rounds."""
        p50, p95, rate = zip(*self.rounds[concurrency], strict=True)
        return median(p50), median(p95), median(rate)


@dataclass(frozen=True)
class House:
    """The seeded tenant."""

    tenant_id: str
    api_key: str
    knowledge_base_id: str
    assistant_id: str
    questions: list[str]


def served(client: httpx2.AsyncClient, house: House) -> Way:
    """The product over HTTP."""
    api = Api(client, house.api_key)

    async def open_conversation() -> str:
        made = await api.post("/v1/conversations", {"assistant_id": house.assistant_id})
        return made["conversation_id"]

    async def ask(conversation_id: str, question: str) -> None:
        turn = await api.turn(conversation_id, question)
        if turn.status != "completed":
            raise Refused(f"the turn ended {turn.status!r}: {question} → {turn.handoff}")

    return Way("served", open_conversation, ask)


async def in_process(stack: AsyncExitStack, data: Path, house: House) -> Way:
    """The same graph without a server; only state is kept."""
    postgres = stack.enter_context(EmbeddedPostgres(data))
    embedder = open_embeddings("local:minilm")
    stack.callback(embedder.close)
    pool = make_pool(postgres.urls.app, min_size=2, max_size=8, timeout_seconds=10)
    await stack.enter_async_context(pool)
    machine = build_machine(
        knowledge=PostgresKnowledge(pool, OnlyModel(embedder)),
        desk=PostgresDesk(pool, OnlyModel(embedder)),
        models=Models(default="extractive", timeout_seconds=30),
        savers=PostgresSavers(pool),
    )
    tenant_id = UUID(house.tenant_id)

    async def open_conversation() -> str:
        return str(new_id())

    async def ask(conversation_id: str, question: str) -> None:
        turn_id = str(new_id())
        context = TurnContext(
            tenant_id=house.tenant_id,
            conversation_id=conversation_id,
            turn_id=turn_id,
            assistant_id=house.assistant_id,
            brand="Benchmark",
            knowledge=((house.knowledge_base_id, -1),),
        )
        saver = machine.savers.saver(tenant_id, None)
        graph = machine.graphs[GRAPH_VERSION].copy(update={"checkpointer": saver})
        given: Any = {"messages": [HumanMessage(question, id=str(new_id()))], "turn_id": turn_id}
        stream = graph.astream(
            given,
            RunnableConfig(configurable={"thread_id": conversation_id}),
            context=context,
            stream_mode=["custom", "values"],
            subgraphs=True,
            version="v2",
            durability="exit",
        )
        async for _ in stream:
            pass

    return Way("in process", open_conversation, ask)


def bare(stack: ExitStack, clients: AsyncExitStack) -> Way:
    """FastAPI and this client, nothing else."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "bare_sse:app", "--log-level", "warning"]
    _start(stack, [*command, "--port", str(port)], cwd=Path(__file__).parent)
    client = open_client(f"http://127.0.0.1:{port}")
    clients.push_async_callback(client.aclose)
    api = Api(client, "none")

    async def open_conversation() -> str:
        return str(new_id())

    async def ask(conversation_id: str, question: str) -> None:
        await api.turn(conversation_id, question)

    return Way("bare", open_conversation, ask)


def langgraph_dev(stack: ExitStack, data: Path, house: House) -> tuple[Way, str]:
    """The same graph on LangGraph's development server, through its own client."""
    from langgraph_sdk import get_client

    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("langgraph")), "dev", "--no-browser"]
    environment = {
        "FRONTDESK_DATA": str(data),
        "FRONTDESK_STUDIO_TENANT": house.tenant_id,
        "LANGSMITH_TRACING": "false",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LOG_LEVEL": "WARNING",
    }
    _start(
        stack,
        [*command, "--no-reload", "--port", str(port), "--n-jobs-per-worker", "8"],
        cwd=ROOT,
        environment=environment,
    )
    client = get_client(url=url)

    async def open_conversation() -> str:
        return (await client.threads.create())["thread_id"]

    async def ask(conversation_id: str, question: str) -> None:
        said: Any = {"messages": [{"role": "user", "content": question}]}
        modes: Any = ["custom", "values"]
        async for part in client.runs.stream(
            conversation_id, "support", input=said, stream_mode=modes
        ):
            if part.event == "error":
                raise Refused(f"langgraph dev: {part.data}")

    return Way("langgraph dev", open_conversation, ask, slowness=8), url


def _start(
    stack: ExitStack, command: list[str], *, cwd: Path, environment: dict[str, str] | None = None
) -> None:
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=os.environ | (environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_up(url: str, path: str = "/docs", seconds: float = 90) -> None:
    """Return when something answers there."""
    async with httpx2.AsyncClient() as client:
        for _ in range(int(seconds * 10)):
            try:
                await client.get(url + path)
                return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
    raise SystemExit(f"nothing answers at {url}")
