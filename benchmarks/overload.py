"""What becomes of too much: `python benchmarks/overload.py [--seconds S]`.

Finds how many turns a second the server ends (extractive model, four tenants, no limit of turns a
second), then sends one, two and three times as many. Printed for each: turns ended a second, how
many messages were refused, how soon and with what, whether every accepted turn has its end, and the
server's memory. The senders are processes of their own.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import crowd
from desk import Api, Refused, Server, open_client

TENANTS = 4
TALKS = 100  # conversations of each
QUESTION = "Do you ship to Switzerland?"
ANSWER = "Yes, parcels to Switzerland take 3 to 5 days."
SETTINGS = {
    "FRONTDESK_REQUESTS_PER_SECOND": "100000",
    "FRONTDESK_WAITING_TURNS_PER_TENANT": "20",
}
END_SECONDS = 60.0


async def seed(server: Server) -> list[tuple[str, str]]:
    """Key and assistant of each tenant; all know the same one thing."""
    tenants: list[tuple[str, str]] = []
    async with open_client(server.url) as client:
        for number in range(TENANTS):
            made = await Api(client, server.platform_key).post(
                "/v1/tenants", {"name": f"Tenant {number}"}
            )
            path = f"/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
            await Api(client, made["api_key"]).post(path, {"question": QUESTION, "answer": ANSWER})
            tenants.append((made["api_key"], made["assistant_id"]))
    return tenants


async def talks_of(server: Server, key: str, assistant_id: str) -> list[str]:
    """Fresh conversations, so that messages join no turn of a round before."""
    async with open_client(server.url) as client:
        api = Api(client, key)
        body = {"assistant_id": assistant_id}
        made = [await api.post("/v1/conversations", body) for _ in range(TALKS)]
    return [one["conversation_id"] for one in made]


async def ended(server: Server, sent: list[tuple[str, dict[str, Any]]]) -> tuple[int, int]:
    """How many accepted turns there are, and how many of them have their end in time."""
    ends_at, done = time.monotonic() + END_SECONDS, 0
    turns = [(key, turn) for key, came in sent for turn in dict.fromkeys(came["turns"])]
    async with open_client(server.url) as client:
        for key, turn_id in turns:
            while True:
                found = await Api(client, key).get(f"/v1/turns/{turn_id}")
                if found["status"] not in ("queued", "running"):
                    done += 1
                    break
                if time.monotonic() > ends_at:
                    break
                await asyncio.sleep(0.1)
    return len(turns), done


async def load(
    server: Server, tenants: list[tuple[str, str]], per_second: float, seconds: float
) -> dict[str, Any]:
    """One level: its figures."""
    talks = [await talks_of(server, *tenant) for tenant in tenants]
    before = await finished(server)
    began = time.perf_counter()
    senders = [
        crowd.start(server.url, key, per_second / TENANTS, seconds, talks[number])
        for number, (key, _) in enumerate(tenants)
    ]
    memory = 0.0
    while any(sender.poll() is None for sender in senders):
        memory = max(memory, server.memory_mb)
        await asyncio.sleep(0.25)
    took = time.perf_counter() - began
    rate = (await finished(server) - before) / took
    came = [json.loads(sender.communicate()[0]) for sender in senders]
    accepted, done = await ended(
        server, [(key, one) for (key, _), one in zip(tenants, came, strict=True)]
    )
    return {"rate": rate, "came": came, "accepted": accepted, "done": done, "memory": memory}


async def finished(server: Server) -> float:
    """How many turns the server has ended, by its own count."""
    async with open_client(server.url) as client:
        text = (await client.get("/metrics")).text
    lines = [line for line in text.splitlines() if line.startswith("frontdesk_turns_total{")]
    if not lines and "frontdesk_turns" not in text:
        raise Refused("the server does not count its turns")
    return sum(float(line.rpartition(" ")[2]) for line in lines)


async def run(server: Server, seconds: float) -> None:
    """Find the capacity, then go beyond it."""
    tenants = await seed(server)
    await load(server, tenants, 5, 4)
    best = (await load(server, tenants, 120, seconds))["rate"]
    print(f"capacity: {best:.1f} turns a second\n")
    print(
        "| sent, of capacity | turns ended a second | to the best | accepted / 429 / 503 | refused "
        "after ms, p50 / p95 / p99 | without Retry-After | accepted turns with an end | memory MB |"
    )
    print("| ---: | ---: | ---: | --- | --- | ---: | --- | ---: |")
    for times in (1, 2, 3):
        found = await load(server, tenants, times * best, seconds)
        best = max(best, found["rate"])
        print(f"| {times} | {_row(found, best)} |", flush=True)


def _row(found: dict[str, Any], best: float) -> str:
    came = found["came"]

    def count(status: str) -> int:
        return sum(one["statuses"].get(status, 0) for one in came)

    def worst(name: str) -> str:
        known = [one[name] for one in came if one[name] == one[name]]
        return f"{1_000 * max(known):.1f}" if known else "none"

    return (
        f"{found['rate']:.1f} | {found['rate'] / best:.2f} | "
        f"{count('202'):,} / {count('429'):,} / {count('503'):,} | "
        f"{worst('refused_p50')} / {worst('refused_p95')} / {worst('refused_p99')} | "
        f"{sum(one['without_retry_after'] for one in came)} | "
        f"{found['done']} of {found['accepted']} | {found['memory']:.0f}"
    )


def main() -> None:
    """Ask the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each level")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="overload-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with Server(Path(folder) / "data", SETTINGS) as server:
            asyncio.run(run(server, asked.seconds))


if __name__ == "__main__":
    main()
