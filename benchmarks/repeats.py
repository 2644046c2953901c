"""What repeats come to: `python benchmarks/repeats.py [--keys N] [--repeats N] [--at-once N]`.

Every key is sent many times, all of them together in a drawn order: contacts are made under an
`Idempotency-Key`, messages are sent under one as well. A repeat that comes while the first is still
at work is told so (409) and comes again. Printed: how many effects there were, and whether every
repeat got the first answer.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from desk import Api, Server, milliseconds, open_client

AGAIN_SECONDS = 0.05
MOST_TRIES = 400
_LATER = (409, 429, 503)  # at work still, or too much at once
QUESTION = "Do you ship to Switzerland?"


@dataclass
class Told:
    """What one kind of request was answered with."""

    answers: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    statuses: Counter[int] = field(default_factory=Counter[int])
    took: list[float] = field(default_factory=list[float])
    seconds: float = 0

    @property
    def ids(self) -> set[str]:
        """Every effect that any answer has named."""
        return {one for told in self.answers.values() for one in told}


async def ask(
    client: httpx2.AsyncClient, path: str, api_key: str, key: str, body: dict[str, Any], told: Told
) -> dict[str, Any]:
    """The answer under a key, asked for again while the first is at work."""
    headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": key}
    for _ in range(MOST_TRIES):
        began = time.perf_counter()
        answer = await client.post(path, json=body, headers=headers)
        told.took.append(time.perf_counter() - began)
        told.statuses[answer.status_code] += 1
        if answer.is_success:
            return answer.json()
        if answer.status_code not in _LATER:
            raise SystemExit(f"{path}: {answer.text}")
        await asyncio.sleep(AGAIN_SECONDS)
    raise SystemExit(f"{path}: the first request under {key} never ended")


async def all_at_once(
    keys: list[str], repeats: int, at_once: int, one: Callable[[str], Awaitable[str]]
) -> Told:
    """Every key so many times, in a drawn order, so many under way together."""
    order = [key for key in keys for _ in range(repeats)]
    random.Random(len(order)).shuffle(order)
    told, places = Told({key: set() for key in keys}), asyncio.Semaphore(at_once)

    async def place(key: str) -> None:
        async with places:
            told.answers[key].add(await one(key))

    began = time.perf_counter()
    await asyncio.gather(*(place(key) for key in order))
    told.seconds = time.perf_counter() - began
    return told


def line(what: str, asked: int, counted: int, told: Told, seen: Told) -> str:
    """A row of the table."""
    alike = sum(len(ids) == 1 for ids in told.answers.values())
    return (
        f"| {what} | {asked:,} | {len(told.answers)} | {counted} | {alike} | "
        f"{seen.statuses[409]:,} | {asked / told.seconds:.0f} | "
        f"{milliseconds(seen.took)} |"
    )


async def everything(client: httpx2.AsyncClient, key: str, path: str, id_name: str) -> int:
    """How many different things a paged list holds."""
    found: set[str] = set()
    cursor = ""
    while True:
        headers = {"Authorization": f"Bearer {key}"}
        page = (await client.get(f"{path}?limit=200{cursor}", headers=headers)).json()
        found |= {one[id_name] for one in page["data"]}
        if page["next_cursor"] is None:
            return len(found)
        cursor = f"&cursor={page['next_cursor']}"


async def measure(server: Server, keys: int, repeats: int, at_once: int) -> None:
    """Print the table."""
    names = [f"repeat-{number}" for number in range(keys)]
    async with open_client(server.url, connections=64) as client:
        made = await Api(client, server.platform_key).post("/v1/tenants", {"name": "Repeats"})
        key, seen = made["api_key"], Told()
        before = await everything(client, key, "/v1/contacts", "contact_id")

        async def contact(name: str) -> str:
            told = await ask(client, "/v1/contacts", key, name, {"name": name}, seen)
            return told["contact_id"]

        contacts = await all_at_once(names, repeats, at_once, contact)
        after = await everything(client, key, "/v1/contacts", "contact_id")
        print("| under a key | requests | keys | effects | keys with one answer | told to wait | "
              "requests a second | ms, p50 / p95 |\n|" + " --- |" * 8)  # fmt: skip
        print(line("a contact", keys * repeats, after - before, contacts, seen), flush=True)
        talk = (await Api(client, key).post("/v1/conversations",
                                            {"assistant_id": made["assistant_id"]}))["conversation_id"]  # fmt: skip
        place, seen = f"/v1/conversations/{talk}/messages", Told()

        async def message(name: str) -> str:
            told = await ask(client, f"{place}?wait=false", key, name, {"text": QUESTION}, seen)
            return told["message_id"]

        messages = await all_at_once(names, repeats, at_once, message)
        kept = 0
        cursor = ""
        while True:
            headers = {"Authorization": f"Bearer {key}"}
            page = (await client.get(f"{place}?limit=200{cursor}", headers=headers)).json()
            kept += sum(one["author"] == "contact" for one in page["data"])
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        print(line("a message", keys * repeats, kept, messages, seen), flush=True)


def main() -> None:
    """Read the arguments, run a server, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=64)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "data") as server:
        asyncio.run(measure(server, given.keys, given.repeats, given.at_once))


if __name__ == "__main__":
    main()
