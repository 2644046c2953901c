"""What a crowd costs its neighbour: `python benchmarks/fairness.py [--seconds S] [--rounds N]`.

One tenant asks once every half second; another asks fifty times as often. Rounds with and without
the crowd alternate in one run, on one server with its usual limits and on one without a limit of turns a second,
with the extractive model and with one that thinks. The crowd is a process
of its own. Printed: from the quiet tenant's request to its
first event and to its first words, and what became of the crowd's requests; beside it two floors, four
times a second in the same rounds: a request at which the server does nothing (`/healthz`), and the
same request to a server of its own that can do nothing else.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import crowd
import httpx2
from desk import Api, Refused, Server, Turn, milliseconds, open_client, percentile
from echo_ways import free_port, until_open
from thinking_model import thinking_model

QUIET_EVERY_SECONDS = 0.5
TIMES = 50
QUESTION = "Do you ship to Switzerland?"
ANSWER = "Yes, parcels to Switzerland take 3 to 5 days."
CROWD_CONVERSATIONS = 200


@dataclass
class Seen:
    """The quiet tenant's turns of one kind of round."""

    first_event: list[float] = field(default_factory=list[float])
    first_words: list[float] = field(default_factory=list[float])
    nothing: list[float] = field(default_factory=list[float])  # seconds of a request for nothing
    elsewhere: list[float] = field(default_factory=list[float])  # of one to a bare server
    failed: int = 0


@dataclass
class House:
    """Two tenants of one server."""

    server: Server
    quiet: tuple[str, str]  # key, assistant
    crowd: tuple[str, str]
    bare_url: str  # of a server that does nothing

    async def talks(self, client: httpx2.AsyncClient, of: tuple[str, str], n: int) -> list[str]:
        """So many fresh conversations."""
        key, assistant_id = of
        api = Api(client, key)
        made = [
            await api.post("/v1/conversations", {"assistant_id": assistant_id}) for _ in range(n)
        ]
        return [one["conversation_id"] for one in made]


async def seed(server: Server, bare_url: str) -> House:
    """Both know the same one thing."""
    tenants: list[tuple[str, str]] = []
    async with open_client(server.url) as client:
        for name in ("Quiet", "Crowd"):
            made = await Api(client, server.platform_key).post("/v1/tenants", {"name": name})
            path = f"/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
            api = Api(client, made["api_key"])
            await api.ask_the_model(made["assistant_id"])
            await api.post(path, {"question": QUESTION, "answer": ANSWER})
            tenants.append((made["api_key"], made["assistant_id"]))
    return House(server, tenants[0], tenants[1], bare_url)


async def ask_quietly(house: House, talks: list[str], seen: Seen) -> None:
    """One streamed turn every half second, each in a conversation of its own."""
    async with open_client(house.server.url) as client:
        api = Api(client, house.quiet[0])

        async def one(talk: str) -> None:
            try:
                turn = await api.turn(talk, QUESTION)
            except Refused:
                turn = Turn()
            if turn.status != "completed":
                seen.failed += 1
            seen.first_event.append(turn.first_event_seconds)
            seen.first_words.append(turn.first_text_seconds)

        asking_nothing = asyncio.create_task(_ask_nothing(house, seen))
        try:
            await _at_a_rate(1 / QUIET_EVERY_SECONDS, [one(talk) for talk in talks])
        finally:
            asking_nothing.cancel()


async def _ask_nothing(house: House, seen: Seen) -> None:
    """The floors: what the loop and the machine, and what the machine alone makes a request wait."""
    async with open_client(house.server.url) as client, open_client(house.bare_url) as bare:
        while True:
            for asked, seconds in ((client, seen.nothing), (bare, seen.elsewhere)):
                began = time.perf_counter()
                await asked.get("/healthz")
                seconds.append(time.perf_counter() - began)
            await asyncio.sleep(QUIET_EVERY_SECONDS / 2)


@contextmanager
def bare_server() -> Generator[str]:
    """The address of a process that answers and does nothing else."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bare_sse:app", "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "error"], cwd=Path(__file__).parent)
    try:
        until_open(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


async def quiet_talks(house: House, number: int) -> list[str]:
    """Made before the crowd comes, which would make that slow as well."""
    async with open_client(house.server.url) as client:
        return await house.talks(client, house.quiet, number)


async def crowd_in(house: House, talks: list[str], seconds: float) -> dict[str, Any]:
    """Fifty times as many, from a process of its own, whatever the answers are."""
    rate = TIMES / QUIET_EVERY_SECONDS
    process = crowd.start(house.server.url, house.crowd[0], rate, seconds, talks)
    said, _ = await asyncio.to_thread(process.communicate)
    return json.loads(said)


async def _at_a_rate(per_second: float, asking: list[Coroutine[Any, Any, None]]) -> None:
    tasks: list[asyncio.Task[None]] = []
    for one in asking:
        tasks.append(asyncio.create_task(one))
        await asyncio.sleep(1 / per_second)
    await asyncio.gather(*tasks)


async def compare(name: str, house: House, seconds: float, rounds: int) -> None:
    """Alternate, and print a line."""
    alone, beside, came = Seen(), Seen(), Counter[int]()
    async with open_client(house.server.url) as client:
        talks = await house.talks(client, house.crowd, CROWD_CONVERSATIONS)
    number = int(seconds / QUIET_EVERY_SECONDS)
    await ask_quietly(house, await quiet_talks(house, 6), Seen())
    for _ in range(rounds):
        await ask_quietly(house, await quiet_talks(house, number), alone)
        talked = await quiet_talks(house, number)
        crowding = asyncio.create_task(crowd_in(house, talks, seconds + 3))
        await asyncio.sleep(2)
        await ask_quietly(house, talked, beside)
        for status, times in (await crowding)["statuses"].items():
            came[int(status)] += times
        await asyncio.sleep(3)  # its last turns end
    ratio = percentile(beside.first_event, 0.95) / percentile(alone.first_event, 0.95)
    words = percentile(beside.first_words, 0.95) / percentile(alone.first_words, 0.95)
    machine = percentile(beside.elsewhere, 0.95) / percentile(alone.elsewhere, 0.95)
    floor = percentile(beside.nothing, 0.95) / percentile(alone.nothing, 0.95)
    print(
        f"| {name} | {milliseconds(alone.first_event)} | {milliseconds(beside.first_event)} | "
        f"{ratio:.2f} | {milliseconds(alone.nothing)} | {milliseconds(beside.nothing)} | "
        f"{floor:.2f} | {milliseconds(alone.elsewhere)} | {milliseconds(beside.elsewhere)} | "
        f"{machine:.2f} | {milliseconds(alone.first_words)} | {milliseconds(beside.first_words)} | "
        f"{words:.2f} | {came[202]:,} / {came[429]:,} / {came[503]:,} / {sum(came.values()):,} | "
        f"{alone.failed + beside.failed} |",
        flush=True,
    )


async def run(asked: argparse.Namespace, folder: Path) -> None:
    """Every kind of server, one after the other."""
    print(
        "| | first event alone ms, p50 / p95 | with the crowd | p95 to alone | nothing alone ms "
        "| with the crowd | p95 to alone | a bare server alone ms | with the crowd | p95 to alone | first words alone ms "
        "| with the crowd | p95 to alone | of the crowd accepted / 429 / 503 / sent | failed |"
    )
    print("| --- " * 15 + "|")
    usual = {"FRONTDESK_REQUESTS_PER_SECOND": "100000", "FRONTDESK_WAITING_TURNS_PER_TENANT": "100"}
    limited = usual | {"FRONTDESK_TURNS_PER_SECOND": "10"}
    with thinking_model(1.0) as base_url, bare_server() as bare_url:
        thinks = {
            "FRONTDESK_MODEL": "deepseek:deepseek-chat",
            "DEEPSEEK_API_KEY": "none",
            "DEEPSEEK_API_BASE": base_url,
        }
        ways = (
            ("extractive, usual limits", limited),
            ("extractive, no limit of turns", usual),
            ("a model that thinks, usual limits", limited | thinks),
            ("a model that thinks, no limit of turns", usual | thinks),
        )
        for n, (name, settings) in enumerate(ways):
            with ExitStack() as stack:
                server = stack.enter_context(Server(folder / str(n), settings))
                await compare(name, await seed(server, bare_url), asked.seconds, asked.rounds)


def main() -> None:
    """Ask the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fairness-") as folder:
        Path(folder).chmod(0o711)
        asyncio.run(run(asked, Path(folder)))


if __name__ == "__main__":
    main()
