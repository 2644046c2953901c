"""What becomes of bursts: `python benchmarks/bursts.py [--bursts N] [--seconds S]`.

Scripted bursts of two to five messages, sent over HTTP to one server and to two over one database,
with a model that thinks before its first word. Printed for each: how many bursts got one reply,
whether anything was left unanswered, how long the reply took after the last message, and the
tokens of runs that were given up. Then what closing a turn costs, the one statement before its
first word.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from desk import Api, Server, milliseconds, open_client
from thinking_model import thinking_model

from tenants.actors import Actor
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.postgres import EmbeddedPostgres
from tenants.ids import new_id
from tenants.people import contacts
from tenants.running import leases, turns
from tenants.transcripts import bursts, conversations
from tenants.transcripts.blocks import text_block

AT_ONCE = 12
CLOSINGS = 300
KNOWN = {
    "Do you ship to Switzerland?": "Yes, parcels to Switzerland take 3 to 5 days.",
    "What are your opening hours?": "We are open Monday to Friday from 9:00 to 18:00.",
    "Can I return worn shoes?": "Worn shoes can be returned within 30 days.",
    "How much does gift wrapping cost?": "Gift wrapping costs 3.50 EUR.",
    "Do you repair umbrellas?": "Our workshop repairs umbrellas on Tuesdays.",
}
Script = list[tuple[float, str, int]]  # pause before, text, number of the server


@dataclass
class Way:
    """One number of servers, with what was seen."""

    name: str
    replies: list[int] = field(default_factory=list[int])
    unanswered: int = 0
    seconds: list[float] = field(default_factory=list[float])
    tokens: int = 0
    thrown_away: int = 0

    def take(self, answers: Sequence[dict[str, Any]], asked: Sequence[str], seconds: float) -> None:
        """One burst: its turns, and how long the last of them took after the last message."""
        said = " ".join((answer["message"] or {}).get("text", "") for answer in answers)
        self.replies.append(sum(answer["message"] is not None for answer in answers))
        self.unanswered += sum(KNOWN[text] not in said for text in asked)
        self.seconds.append(seconds)
        for answer in answers:
            self.tokens += _tokens(answer["usage"])
            self.thrown_away += _tokens(answer["usage"].get("thrown_away", {}))

    def row(self) -> str:
        """A line of the table."""
        one = sum(n == 1 for n in self.replies)
        share = 100 * self.thrown_away / self.tokens if self.tokens else 0.0
        return (
            f"| {self.name} | {len(self.replies)} | {one} ({100 * one / len(self.replies):.1f} %) "
            f"| {self.unanswered} | {milliseconds(self.seconds)} | {self.thrown_away:,} of "
            f"{self.tokens:,} ({share:.0f} %) |"
        )


def _tokens(usage: dict[str, Any]) -> int:
    return usage.get("input_tokens", 0) + usage.get("output_tokens", 0)


def scripts(number: int, servers: int, longest: float) -> list[Script]:
    """The same bursts every time; pauses from none to most of the time to the first word."""
    draw = random.Random(11)
    found: list[Script] = []
    for _ in range(number):
        lines = draw.sample(list(KNOWN), draw.randint(2, 4))
        lines += ["Thank you!"] if draw.random() < 0.4 else []
        pause = draw.choice((0.0, 0.2 * longest, longest))
        found.append(
            [
                (draw.uniform(0, pause) if at else 0.0, text, draw.randrange(servers))
                for at, text in enumerate(lines)
            ]
        )
    return found


async def seed(api: Api, knowledge_base_id: str, assistant_id: str) -> None:
    """What the model can answer."""
    await api.ask_the_model(assistant_id)
    path = f"/v1/knowledge-bases/{knowledge_base_id}/documents"
    for question, answer in KNOWN.items():
        await api.post(path, {"question": question, "answer": answer})


async def burst(apis: Sequence[Api], assistant_id: str, script: Script, way: Way) -> None:
    """Send one burst and wait for every turn that came of it."""
    made = await apis[0].post("/v1/conversations", {"assistant_id": assistant_id})
    path = f"/v1/conversations/{made['conversation_id']}/messages"
    sent: list[asyncio.Task[dict[str, Any]]] = []
    for pause, text, server in script:
        await asyncio.sleep(pause)
        accepted = await apis[server].post(f"{path}?wait=false", {"text": text})
        sent.append(asyncio.create_task(_ended(apis[server], accepted["turn_id"])))
    last = time.perf_counter()
    answers = {answer["turn_id"]: answer for answer in await asyncio.gather(*sent)}
    asked = [text for _, text, _ in script if text in KNOWN]
    way.take(list(answers.values()), asked, time.perf_counter() - last)


async def _ended(api: Api, turn_id: str) -> dict[str, Any]:
    while True:
        turn = await api.get(f"/v1/turns/{turn_id}")
        if turn["status"] not in ("queued", "running"):
            return turn
        await asyncio.sleep(0.05)


async def measure(
    servers: Sequence[Server], key: str, assistant_id: str, all_scripts: list[Script]
) -> Way:
    """All bursts, some at once."""
    way = Way(f"{len(servers)} server{'s' * (len(servers) > 1)}")
    clients: list[httpx2.AsyncClient] = [open_client(server.url) for server in servers]
    places = asyncio.Semaphore(AT_ONCE)
    apis = [Api(client, key) for client in clients]

    async def one(script: Script) -> None:
        async with places:
            await burst(apis, assistant_id, script, way)

    await asyncio.gather(*(one(script) for script in all_scripts))
    for client in clients:
        await client.aclose()
    return way


async def closing(pool: Pool, tenant_id: UUID, assistant_id: UUID) -> tuple[list[float], ...]:
    """Seconds of a transaction that closes a turn, and of one that asks for nothing, in turn."""
    closed: list[float] = []
    empty: list[float] = []
    async with tenant_transaction(pool, tenant_id) as conn:
        contact = await contacts.create(conn, {"name": "Ada"})
    author = Actor("contact", str(contact.contact_id))
    for _ in range(CLOSINGS):
        async with tenant_transaction(pool, tenant_id) as conn:
            talk = await conversations.create(conn, assistant_id, contact.contact_id)
            accepted = await turns.accept(
                conn, talk.conversation_id, blocks=[text_block("Hi")], author=author
            )
            lease = await leases.claim(conn, accepted.turn_id, owner=new_id(), lease_seconds=600)
        assert lease is not None
        began = time.perf_counter()
        async with tenant_transaction(pool, tenant_id) as conn:
            await bursts.close(conn, lease, heard=1)
        between = time.perf_counter()
        async with tenant_transaction(pool, tenant_id) as conn:
            await conn.execute("select 1")
        empty.append(time.perf_counter() - between)
        closed.append(between - began)
    return closed, empty


async def run(asked: argparse.Namespace, data: Path) -> None:
    """The table, and the line under it."""
    with thinking_model(asked.seconds) as base_url, ExitStack() as stack:
        settings = {
            "FRONTDESK_MODEL": "deepseek:deepseek-chat",
            "DEEPSEEK_API_KEY": "none",
            "DEEPSEEK_API_BASE": base_url,
        }
        servers = [stack.enter_context(Server(data, settings)) for _ in range(2)]
        async with open_client(servers[0].url) as client:
            made = await Api(client, servers[0].platform_key).post("/v1/tenants", {"name": "Desk"})
            api = Api(client, made["api_key"])
            await seed(api, made["knowledge_base_id"], made["assistant_id"])
        for server in servers:  # models and vocabularies are read on the way of the first turn
            await measure([server], made["api_key"], made["assistant_id"], scripts(1, 1, 0))
        print("| | bursts | one reply | unanswered | reply after ms, p50 / p95 | thrown away |")
        print("| --- | --- | --- | --- | --- | --- |")
        for number in (1, 2):
            found = scripts(asked.bursts, number, 0.7 * asked.seconds)
            some = servers[:number]
            way = await measure(some, made["api_key"], made["assistant_id"], found)
            print(way.row(), flush=True)
        postgres = stack.enter_context(EmbeddedPostgres(data))
        async with make_pool(postgres.urls.app, min_size=1, max_size=2, timeout_seconds=10) as pool:
            ids = UUID(made["tenant_id"]), UUID(made["assistant_id"])
            closed, empty = await closing(pool, *ids)
        print(
            f"\nclosing a turn: {milliseconds(closed)} ms; `select 1` so: {milliseconds(empty)} ms"
        )


def main() -> None:
    """Ask the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bursts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1.0, help="to the model's first word")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bursts-") as folder:
        Path(folder).chmod(0o711)
        asyncio.run(run(asked, Path(folder) / "data"))


if __name__ == "__main__":
    main()
