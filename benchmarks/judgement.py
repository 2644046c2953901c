"""How long a turn thinks: `python benchmarks/judgement.py [--turns N] [--passages N] [--curated]`.

A real PostgreSQL and the local embedding model over 1,000 passages; every turn asks one new question
in a conversation of its own, no language model. What each node took is the graph's own count (the
same that `/v1/turns/{turn_id}/steps` shows). Two floors are measured in the same run, between the
turns: one query embedded, and `select 1`. With `--curated` the passages are pairs of question and
answer, each turn asks one of these questions, and none is asked twice: no vector is known before.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from desk import percentile
from passages import passages

from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.embedding.embeddings import ModelEmbedder, open_embeddings
from graphs.keeping.checkpoint_schema import install_schema
from graphs.keeping.checkpoints import PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.run import IncomingMessage, TurnRequest, run_turn
from graphs.support import Machine, build_machine
from graphs.words.words_port import PostgresWords
from tenants import tenants
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.migrate import migrate
from tenants.database.postgres import EmbeddedPostgres
from tenants.finding.embedding_models import OnlyModel
from tenants.finding.vector_indexes import tend
from tenants.ids import new_id
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import NewDocument, add_documents

WARM_UP = 20
GOALS_MS = (40, 90)  # all nodes together, p50 and p95
CURATED_GOALS_MS = (40, 50)
ALL, WHOLE, EMBEDDING, SELECT = "all nodes", "whole turn", "one query embedded", "select 1"
Taken = dict[str, list[float]]  # seconds by what took them


async def think(
    machine: Machine, context: TurnContext, question: str, taken: Taken, *, curated: bool
) -> None:
    """One turn in a new conversation; what its nodes took is kept."""
    turn_id = str(new_id())
    request = TurnRequest(
        replace(context, conversation_id=str(new_id()), turn_id=turn_id),
        messages=[IncomingMessage(str(new_id()), question)],
    )
    began = time.perf_counter()
    end = await run_turn(machine, request, fence=None, publish=_unheard)
    if curated and not all(intent.get("curated") for intent in end.intents):
        raise SystemExit(f"no pair answered {question!r}")
    taken.setdefault(WHOLE, []).append(time.perf_counter() - began)
    for step in end.steps:
        taken.setdefault(step.node, []).append(step.duration_ms / 1_000)
    taken.setdefault(ALL, []).append(sum(step.duration_ms for step in end.steps) / 1_000)


def _unheard(_kind: str, _data: dict[str, Any]) -> None:
    """Nobody listens to the live frames here."""


async def timed(name: str, work: Callable[[], Awaitable[object]], taken: Taken) -> None:
    """Do it once and keep what it took."""
    began = time.perf_counter()
    await work()
    taken.setdefault(name, []).append(time.perf_counter() - began)


async def measure(
    pool: Pool, owner_url: str, embedder: ModelEmbedder, given: argparse.Namespace
) -> Taken:
    """Fill, warm up, ask; a floor of each kind after every turn."""
    known, turns, curated = list(passages(given.passages)), given.turns, given.curated
    context = await _moved_in(pool, owner_url, embedder, known, curated=curated)
    words = PostgresWords(pool)
    await words.get_ready()  # as a server does when it starts
    machine = build_machine(
        knowledge=PostgresKnowledge(pool, OnlyModel(embedder)),
        desk=PostgresDesk(pool, OnlyModel(embedder)),
        models=Models(default="extractive", timeout_seconds=30),
        savers=PostgresSavers(pool),
        words=words,
    )
    questions = [question for question, _ in known]
    random.Random(1).shuffle(questions)
    taken: Taken = {}
    for number in range(WARM_UP + turns):
        if number == WARM_UP:
            taken.clear()
        asked = questions[number % len(questions)]
        await think(
            machine, context, f"Hello! {asked}" if curated else asked, taken, curated=curated
        )
        other = f"Is there a {questions[-1 - number % len(questions)][11:]}"
        await timed(EMBEDDING, lambda words=other: embedder.embed_query(words), taken)
        async with tenant_transaction(pool, new_id()) as conn:
            await timed(SELECT, lambda at=conn: at.execute("select 1"), taken)
    return taken


async def _moved_in(
    pool: Pool,
    owner_url: str,
    embedder: ModelEmbedder,
    known: Sequence[tuple[str, str]],
    *,
    curated: bool,
) -> TurnContext:
    tenant_id = new_id()
    async with tenant_transaction(pool, tenant_id) as conn:
        await tenants.create(conn, "Benchmark", f"t-{tenant_id.hex}")
        base_id = await knowledge_bases.create(
            conn, "Products", embedding_model=embedder.model_id, dimension=embedder.dimension
        )
    if curated:
        filled = [NewDocument("qa", question=asked, answer=text) for asked, text in known]
    else:
        filled = [NewDocument("chunks", title="Products", chunks=[text for _, text in known])]
    await add_documents(pool, tenant_id, base_id, filled, embedder=embedder, actor=SYSTEM)
    await tend(pool, owner_url)  # as a server does once a minute
    return TurnContext(tenant_id=str(tenant_id), brand="Benchmark", knowledge=((str(base_id), 1),))


def print_table(taken: Taken, goals_ms: tuple[int, int]) -> bool:
    """Markdown, the nodes in their order; whether the goals were met."""
    floors = (ALL, WHOLE, EMBEDDING, SELECT)
    whole = sum(taken[ALL])
    print("\n| what | p50 ms | p95 ms | share of all nodes |")
    print("| --- | --- | --- | --- |")
    for name in [*(n for n in taken if n not in floors), *floors]:
        share = f"{100 * sum(taken[name]) / whole:.1f} %" if name not in floors[1:] else ""
        p50, p95 = (1_000 * percentile(taken[name], at) for at in (0.5, 0.95))
        print(f"| {name} | {p50:.2f} | {p95:.2f} | {share} |")
    p50, p95 = (1_000 * percentile(taken[ALL], at) for at in (0.5, 0.95))
    met = p50 <= goals_ms[0] and p95 <= goals_ms[1]
    said = "met" if met else "missed"
    print(f"\ngoal of {goals_ms[0]} / {goals_ms[1]} ms: {said} with {p50:.1f} / {p95:.1f}")
    return met


async def run(asked: argparse.Namespace, folder: Path) -> bool:
    """Open everything, measure, print."""
    async with AsyncExitStack() as stack:
        server = stack.enter_context(EmbeddedPostgres(folder / "data"))
        migrate(server.urls.owner, app_url=server.urls.app, also=[install_schema])
        embedder = open_embeddings("local:minilm")
        stack.callback(embedder.close)
        pool = make_pool(server.urls.app, min_size=2, max_size=8, timeout_seconds=10)
        await stack.enter_async_context(pool)
        taken = await measure(pool, server.urls.owner, embedder, asked)
        return print_table(taken, CURATED_GOALS_MS if asked.curated else GOALS_MS)


def main() -> None:
    """A throw-away database; status 1 where the goals are missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--passages", type=int, default=1_000)
    parser.add_argument("--curated", action="store_true", help="ask what pairs ask")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="judgement-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user where we are root
        raise SystemExit(not asyncio.run(run(asked, Path(folder))))


if __name__ == "__main__":
    main()
