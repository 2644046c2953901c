"""Knowledge going in through the public API: `python benchmarks/ingest.py [--share N] [--plot FILE]`.

First the model alone on the same passages, in this process: the floor. Then a fresh server takes
passages of 150 tokens and an FAQ of 12,039 entries as imports, while one client searches ten times
a second and the server's memory is sampled. Last, the steps of both, one after the other.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desk import Api, Server, milliseconds, open_client
from ingest_steps import Steps, measure
from ingest_texts import DATA, entries, passages
from matplotlib.figure import Figure

from graphs.embedding.embeddings import open_embeddings
from tenants.knowledge.ingestion import NewDocument

PASSAGES = 1_300
PASSAGES_A_DOCUMENT = 20
STEP_PASSAGES = 400
CORES = 2
IDLE_SEARCHES = 100
QUESTIONS = ("Is there a car park?", "How do I send it back?", "Can I pay by card?")
MARKED = frozenset(("succeeded", "failed", "cancelled"))


@dataclass
class Watched:
    """What was seen while an import ran: searches in seconds, memory by second."""

    name: str
    passages: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    searches: list[float] = field(default_factory=list[float])
    memory: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    @property
    def rate(self) -> float:
        return self.passages / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Of a passage, in the server and PostgreSQL, searches and sampling included."""
        return 1000 * self.cpu_seconds / self.passages


async def floor(name: str, texts: Sequence[str]) -> Watched:
    """The model alone, nothing else of ours running."""
    model = open_embeddings("local:minilm")
    try:
        await model.embed_documents(texts[:32])
        began, computed = time.perf_counter(), time.process_time()
        await model.embed_documents(texts)
        return Watched(
            f"the model alone, {name}",
            len(texts),
            time.perf_counter() - began,
            time.process_time() - computed,
        )
    finally:
        await model.aclose()


async def run_import(server: Server, api: Api, name: str, documents: Sequence[object]) -> Watched:
    """One import into a knowledge base of its own, from the request to the job's end."""
    made = await api.post("/v1/knowledge-bases", {"name": name})
    path = f"/v1/knowledge-bases/{made['knowledge_base_id']}"
    watched = Watched(name)
    began, computed = time.perf_counter(), server.cpu_seconds
    job = await api.post(f"{path}/imports", {"documents": documents})
    beside = [
        asyncio.create_task(_search(api, path, watched)),
        asyncio.create_task(_sample(server, watched, began)),
    ]
    while True:
        now = await api.get(f"/v1/jobs/{job['job_id']}")
        if now["status"] in MARKED:
            break
        await asyncio.sleep(0.2)
    watched.seconds = time.perf_counter() - began
    watched.cpu_seconds = server.cpu_seconds - computed
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    if now["status"] != "succeeded":
        raise SystemExit(f"{name}: {now['status']} {json.dumps(now['errors'])[:500]}")
    watched.passages = now["result"]["passages"]
    return watched


async def _search(api: Api, path: str, watched: Watched) -> None:
    turn = 0
    while True:
        began = time.perf_counter()
        question = {"query": QUESTIONS[turn % len(QUESTIONS)], "limit": 8}
        await api.post(f"{path}/search", question)
        watched.searches.append(time.perf_counter() - began)
        turn += 1
        await asyncio.sleep(0.1)


async def _sample(server: Server, watched: Watched, began: float) -> None:
    while True:
        watched.memory.append((time.perf_counter() - began, server.memory_mb))
        await asyncio.sleep(0.5)


async def serve_and_import(
    texts: Sequence[str], faq: Sequence[dict[str, str]]
) -> tuple[list[Watched], list[float]]:
    """Both imports into one fresh server, and searches when it has nothing else to do."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        async with open_client(server.url) as client:
            platform = Api(client, server.platform_key)
            made = await platform.post("/v1/tenants", {"name": "Shop", "slug": "shop"})
            api = Api(client, made["api_key"])
            long = await run_import(server, api, "150 tokens", _documents(texts))
            short = await run_import(server, api, "FAQ", faq)
            idle: list[float] = []
            path = f"/v1/knowledge-bases/{made['knowledge_base_id']}"
            for _ in range(IDLE_SEARCHES):
                began = time.perf_counter()
                await api.post(f"{path}/search", {"query": QUESTIONS[0], "limit": 8})
                idle.append(time.perf_counter() - began)
            return [long, short], idle


def _documents(texts: Sequence[str]) -> list[dict[str, object]]:
    return [
        {"title": f"Guide {start}", "chunks": texts[start : start + PASSAGES_A_DOCUMENT]}
        for start in range(0, len(texts), PASSAGES_A_DOCUMENT)
    ]


def _chunked(texts: Sequence[str]) -> list[NewDocument]:
    return [
        NewDocument("chunks", f"Guide {start}", chunks=texts[start : start + PASSAGES_A_DOCUMENT])
        for start in range(0, len(texts), PASSAGES_A_DOCUMENT)
    ]


def _asked(faq: Sequence[dict[str, str]]) -> list[NewDocument]:
    return [NewDocument("qa", question=e["question"], answer=e["answer"]) for e in faq]


def told(alone: Sequence[Watched], imports: Sequence[Watched], idle: Sequence[float]) -> str:
    """The table of what the API did, beside the model alone on the same texts."""
    lines = [
        "| | passages | seconds | passages/s | CPU ms a passage | two free cores would make "
        "| search meanwhile p50 / p95 ms | server MB at first / median / most |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in (*alone, *imports):
        memory = [mb for _, mb in one.memory]
        middle = sorted(memory)[len(memory) // 2] if memory else 0
        shown = f"{memory[0]:.0f} / {middle:.0f} / {max(memory):.0f}" if memory else ""
        lines.append(
            f"| {one.name} | {one.passages:,} | {one.seconds:.1f} | {one.rate:.1f} "
            f"| {one.cpu_ms:.1f} | {CORES * 1000 / one.cpu_ms:.0f} "
            f"| {milliseconds(one.searches) if one.searches else ''} | {shown} |"
        )
    lines.append(f"| nothing going in | | | | | | {milliseconds(idle)} | |")
    return "\n".join(lines)


def broken_down(steps: dict[str, Steps]) -> str:
    """The table of the steps, in shares of the whole."""
    names = ("cutting", "model", "looking up and keeping", "comparing", "writing")
    lines = [
        f"| | {' | '.join(names)} | passages/s of all steps |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, one in steps.items():
        parts = (one.cutting, one.model, one.embedding - one.model, one.comparing, one.writing)
        shares = " | ".join(f"{100 * part / one.total:.1f} %" for part in parts)
        lines.append(f"| {name} | {shares} | {one.passages / one.total:.1f} |")
    return "\n".join(lines)


def draw(imports: Sequence[Watched], path: Path) -> None:
    """The server's memory while both imports ran."""
    figure = Figure(figsize=(7, 3))
    panel = figure.subplots()
    for one in imports:
        panel.plot(*zip(*one.memory, strict=True), label=f"{one.name}: {one.passages:,} passages")
    panel.set(xlabel="seconds", ylabel="server, MB", ylim=(0, None))
    panel.grid(color="#dddddd")
    panel.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


async def main() -> None:
    """Measure, print, draw."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--data", type=Path, default=DATA)
    read.add_argument("--share", type=int, default=1, help="one N-th of the texts")
    read.add_argument("--plot", type=Path, help="an SVG of the memory")
    given = read.parse_args()
    texts = passages(given.data, PASSAGES // given.share)
    faq = entries(given.data)
    faq = faq[: len(faq) // given.share]
    alone = [
        await floor("150 tokens", texts[:STEP_PASSAGES]),
        await floor("FAQ", [f"{e['question']}\n{e['answer']}" for e in faq[: 5 * STEP_PASSAGES]]),
    ]
    imports, idle = await serve_and_import(texts, faq)
    print(f"load average {os.getloadavg()[0]:.1f}\n")
    print(told(alone, imports, idle), "\n")
    steps = {
        "150 tokens": await measure(_chunked(texts[:STEP_PASSAGES])),
        "FAQ": await measure(_asked(faq[: 5 * STEP_PASSAGES])),
    }
    print(broken_down(steps))
    if given.plot:
        draw(imports, given.plot)


if __name__ == "__main__":
    asyncio.run(main())
