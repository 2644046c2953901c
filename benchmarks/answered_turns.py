"""What serving costs: `python benchmarks/answered_turns.py [--turns N] [--rounds N] [--langgraph-dev]`.

One turn over 1,000 passages with the extractive model, three ways in the same run: over HTTP with
its stream of events (`served`), the same graph by `graph.astream` with the Postgres saver in this
process (`in process`), and an endpoint that only streams events (`bare`). The ways alternate in
rounds; medians of the rounds are printed with their ratios, and the server's memory.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from desk import Api, Server, open_client, percentile
from passages import passages
from ways import House, Way, bare, in_process, langgraph_dev, served, until_up

TURNS_A_CONVERSATION = 10
WARM_UP = 10


async def seed(server: Server) -> House:
    """A tenant with 1,000 passages, through the public API."""
    known = list(passages())
    async with open_client(server.url) as client:
        made = await Api(client, server.platform_key).post("/v1/tenants", {"name": "Benchmark"})
        api = Api(client, made["api_key"])
        path = f"/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
        for start in range(0, len(known), 200):
            chunks = [text for _, text in known[start : start + 200]]
            await api.post(path, {"title": "Products", "chunks": chunks})
    questions = [question for question, _ in known]
    random.Random(1).shuffle(questions)
    return House(
        made["tenant_id"],
        made["api_key"],
        made["knowledge_base_id"],
        made["assistant_id"],
        questions,
    )


async def measure(way: Way, questions: Sequence[str], concurrency: int, turns: int) -> None:
    """One round: `turns` turns by `concurrency` contacts, each in conversations of their own."""
    each = max(1, turns // concurrency)
    conversations = [
        [await way.open() for _ in range(-(-each // TURNS_A_CONVERSATION))]
        for _ in range(concurrency)
    ]
    taken: list[float] = []

    async def contact(number: int) -> None:
        for turn in range(each):
            conversation = conversations[number][turn // TURNS_A_CONVERSATION]
            began = time.perf_counter()
            await way.ask(conversation, questions[(number * each + turn) % len(questions)])
            taken.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(contact(number) for number in range(concurrency)))
    seconds = time.perf_counter() - began
    figures = (percentile(taken, 0.5), percentile(taken, 0.95), len(taken) / seconds)
    way.rounds.setdefault(concurrency, []).append(figures)


def print_table(ways: list[Way], levels: Sequence[int]) -> None:
    """Markdown: times in ms, ratios to `in process`."""
    floor = next(way for way in ways if way.name == "in process")
    print("\n| concurrency | way | p50 ms | p95 ms | turns/s | p50 to in process | turns/s to it |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for concurrency in levels:
        base50, _, base_rate = floor.figures(concurrency)
        for way in ways:
            p50, p95, rate = way.figures(concurrency)
            print(
                f"| {concurrency} | {way.name} | {1000 * p50:.1f} | {1000 * p95:.1f} "
                f"| {rate:.1f} | {p50 / base50:.2f} | {rate / base_rate:.2f} |"
            )


async def run(server: Server, data: Path, house: House, asked: argparse.Namespace) -> None:
    """Memory first, then the rounds."""
    levels = (1, 8)
    with ExitStack() as processes:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(open_client(server.url))
            await asyncio.sleep(3)
            idle = server.memory_mb
            ways = [served(client, house)]
            await measure(ways[0], house.questions, 1, 100)
            print(f"server's memory: {idle:.0f} MB idle, {server.memory_mb:.0f} MB after 100 turns")
            ways[0].rounds.clear()
            ways.append(await in_process(stack, data, house))
            ways.append(bare(processes, stack))
            if asked.langgraph_dev:
                way, url = langgraph_dev(processes, data, house)
                await until_up(url, "/ok")
                ways.append(way)
            await asyncio.sleep(3)
            for way in ways:
                await measure(way, house.questions, 1, WARM_UP)
                way.rounds.clear()
            for _ in range(asked.rounds):
                for concurrency in levels:
                    for way in ways:
                        turns = asked.turns // way.slowness
                        await measure(way, house.questions, concurrency, turns)
            print_table(ways, levels)
            print(f"\nserver's memory at the end: {server.memory_mb:.0f} MB")


def main() -> None:
    """Seed with one server process, measure the next one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=160, help="turns of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--langgraph-dev", action="store_true", help="also the studio extra's server"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="served-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user where we are root
        data = Path(folder) / "data"
        with Server(data) as server:
            house = asyncio.run(seed(server))
        with Server(data) as server:
            asyncio.run(run(server, data, house, asked))


if __name__ == "__main__":
    main()
