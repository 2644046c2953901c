"""The main job on real input: `python benchmarks/first_job.py [--data FOLDER]`.

Starts a fresh server, loads an FAQ of many tenants through the public API, asks real customer turns
in their tenants (turns that no knowledge answers go to tenants drawn with a fixed seed) and prints
how fast it went in, how often the first passage is the right one, who was handed to a person, and
how long a turn took.
"""

import argparse
import asyncio
import gzip
import json
import random
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk import Api, Server, Turn, milliseconds, open_client

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "dstc-faq"
SEED = 20261121
WRITERS = 8  # tenants that are loaded side by side
Row = dict[str, Any]


@dataclass
class Tenant:
    """A tenant as the API made it, with the entry behind each document."""

    api: Api
    knowledge_base_id: str
    assistant_id: str
    entries: dict[str, str] = field(default_factory=dict[str, str])  # document id → our id


@dataclass(frozen=True)
class Asked:
    """One customer turn, what the search alone found for it and what the assistant did."""

    row: Row
    found: list[str]
    cited: list[str]
    turn: Turn

    @property
    def handed_over(self) -> bool:
        return self.turn.handoff is not None


def read(path: Path) -> list[Row]:
    """Every row of a packed JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


async def load(platform: Api, corpus: list[Row]) -> tuple[dict[str, Tenant], float]:
    """All tenants with their entries, and the seconds it took."""
    by_tenant: defaultdict[str, list[Row]] = defaultdict(list)
    for row in corpus:
        by_tenant[row["tenant"]].append(row)
    tenants: dict[str, Tenant] = {}
    seen: set[str] = set()
    free = asyncio.Semaphore(WRITERS)

    async def move_in(name: str, rows: list[Row]) -> None:
        async with free:
            plain = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")
            new = {"name": rows[0].get("entity") or name, "slug": f"{plain}-{len(seen)}"}
            seen.add(name)
            made = await platform.post("/v1/tenants", new)
            api = Api(platform.client, made["api_key"])
            tenant = Tenant(api, made["knowledge_base_id"], made["assistant_id"])
            for row in rows:
                stored = await api.post(
                    f"/v1/knowledge-bases/{tenant.knowledge_base_id}/documents",
                    {"question": row["title"], "answer": row["text"], "external_id": row["id"]},
                )
                tenant.entries[stored["document_id"]] = row["id"]
            tenants[name] = tenant

    began = time.perf_counter()
    await asyncio.gather(*(move_in(name, rows) for name, rows in by_tenant.items()))
    return tenants, time.perf_counter() - began


async def ask(tenant: Tenant, row: Row) -> Asked:
    """One turn in a conversation of its own, and the search for the same words."""
    found = await tenant.api.post(
        f"/v1/knowledge-bases/{tenant.knowledge_base_id}/search",
        {"query": row["query"], "limit": 10},
    )
    conversation = await tenant.api.post("/v1/conversations", {"assistant_id": tenant.assistant_id})
    turn = await tenant.api.turn(conversation["conversation_id"], row["query"])
    return Asked(
        row,
        _entries(tenant, found["data"]),
        _entries(tenant, turn.citations),
        turn,
    )


def _entries(tenant: Tenant, passages: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(tenant.entries[p["document_id"]] for p in passages))


async def ask_all(tenants: dict[str, Tenant], rows: list[Row], concurrency: int) -> list[Asked]:
    """Every turn, in order, `concurrency` at a time."""
    draw = random.Random(SEED)
    names = sorted(tenants)
    homes = [row["tenant"] or draw.choice(names) for row in rows]
    free = asyncio.Semaphore(concurrency)

    async def one(name: str, row: Row) -> Asked:
        async with free:
            return await ask(tenants[name], row)

    return list(await asyncio.gather(*(one(n, r) for n, r in zip(homes, rows, strict=True))))


def percent(values: list[bool]) -> str:
    """The share that is true."""
    return f"{100 * sum(values) / len(values):.1f} %" if values else "-"


def print_table(entries: int, load_seconds: float, asked: list[Asked], server: Server) -> None:
    """The result as a Markdown table."""
    known = [a for a in asked if a.row["answerable"]]
    unknown = [a for a in asked if not a.row["answerable"]]
    answered = [a for a in known if not a.handed_over]
    first_found = [bool(a.found) and a.found[0] in a.row["gold"] for a in known]
    five_found = [bool(set(a.found[:5]) & set(a.row["gold"])) for a in known]

    def cited(turns: list[Asked]) -> list[bool]:
        return [bool(a.cited) and a.cited[0] in a.row["gold"] for a in turns]

    spoken = [a for a in asked if a.turn.text]
    lines = {
        "entries loaded (one request each)": f"{entries:,} in {load_seconds:.0f} s, "
        f"{entries / load_seconds:.0f} per second",
        f"first passage found is right ({len(known)} turns that the knowledge answers)":
            f"{percent(first_found)} (among the first five: {percent(five_found)})",
        "first citation is right, of all these turns": percent(cited(known)),
        f"first citation is right, of the {len(answered)} answered": percent(cited(answered)),
        "handed over, knowledge answers": percent([a.handed_over for a in known]),
        f"handed over, knowledge does not answer ({len(unknown)} turns)":
            percent([a.handed_over for a in unknown]),
        "whole turn, p50 / p95 ms": milliseconds([a.turn.total_seconds for a in asked]),
        "first event, p50 / p95 ms": milliseconds([a.turn.first_event_seconds for a in asked]),
        "first words, p50 / p95 ms": milliseconds([a.turn.first_text_seconds for a in spoken]),
        "server's memory afterwards": f"{server.memory_mb:.0f} MB",
    }  # fmt: skip
    print("\n| | |\n| --- | --- |")
    for name, value in lines.items():
        print(f"| {name} | {value} |")


async def run(server: Server, data: Path, concurrency: int) -> list[Asked]:
    """Load, ask, print."""
    corpus, rows = read(data / "corpus.jsonl.gz"), read(data / "queries.jsonl.gz")
    async with open_client(server.url) as client:
        tenants, seconds = await load(Api(client, server.platform_key), corpus)
        print(f"loaded {len(corpus):,} entries of {len(tenants)} tenants in {seconds:.0f} s")
        asked = await ask_all(tenants, rows, concurrency)
    print_table(len(corpus), seconds, asked, server)
    return asked


def _shown(asked: Asked) -> dict[str, Any]:
    intents = (asked.turn.message or {}).get("intents") or []
    return {
        "id": asked.row["id"],
        "query": asked.row["query"],
        "answerable": asked.row["answerable"],
        "gold": asked.row["gold"],
        "ranked": asked.found,
        "cited": asked.cited,
        "handoff": asked.turn.handoff,
        "intents": intents,
        "text": asked.turn.text,
        "total_ms": round(1000 * asked.turn.total_seconds, 1),
    }


def main() -> None:
    """Parse, start the server, run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="corpus and queries (%(default)s)")
    parser.add_argument("--concurrency", type=int, default=1, help="turns at a time")
    parser.add_argument("--out", type=Path, help="write every turn to this file")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="first-job-", ignore_cleanup_errors=True) as folder,
        Server(_reachable(Path(folder)) / "data") as server,
    ):
        print(f"server ready after {server.start_seconds:.1f} s, {server.memory_mb:.0f} MB")
        turns = asyncio.run(run(server, asked.data, asked.concurrency))
    if asked.out is not None:
        asked.out.write_text("".join(json.dumps(_shown(t)) + "\n" for t in turns), "utf8")


def _reachable(folder: Path) -> Path:
    """PostgreSQL runs as another user where we are root: it must be able to pass through."""
    folder.chmod(0o711)
    return folder


if __name__ == "__main__":
    main()
