"""What one tenant's slow tool costs another: `python benchmarks/slow_tool.py [--pairs N] [--turns N]`.

A tenant has a tool of its own whose service does not answer before it is told to, and twelve of its
conversations hang in it. Another tenant asks its knowledge, one turn after the other. A pair is a few
turns beside the hanging tool and as many right before or after without it, in turn, on one server: what
else the machine does meets both. Printed: both sides, and the median of the pairs' ratios with its
quartiles. It takes about a minute.
"""

import argparse
import asyncio
import socket
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from desk import Api, Refused, Server, milliseconds, open_client

HANGING = 12
HANGS_AT_ONCE = 4  # calls of one tool for one tenant: the rest waits its turn within the server
STARTS_SECONDS = 5.0
LONGEST_SECONDS = 7.0  # below the tool's time-out, so that nothing opens its breaker
PROMISED = 1.05
QUESTION = "Do you ship to Switzerland?"
ANSWER = "Yes, parcels to Switzerland take 3 to 5 days."
SLOW_QUESTION = "How high is the tide at the pier?"
DOCUMENT = {"openapi": "3.1.0", "paths": {"/tide": {"get": {"summary": "The tide"}}}}


@dataclass
class SlowService:
    """A service that answers when it is let; `waiting` is how many calls hang in it."""

    port: int = 0
    waiting: int = 0
    calls: int = 0
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call."""
        self.calls += 1
        self.waiting += 1
        try:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.wait_for(self.goes_on.wait(), LONGEST_SECONDS)
            body = b'{"metres": 2}'
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
                b"content-length: %d\r\n\r\n%s" % (len(body), body)
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # given up by the caller, or nobody let it go on
        finally:
            self.waiting -= 1
            writer.close()


async def tenant(server: Server, name: str) -> tuple[str, str]:
    """Key and assistant of a fresh tenant that knows one thing."""
    async with open_client(server.url) as client:
        made = await Api(client, server.platform_key).post("/v1/tenants", {"name": name})
        api = Api(client, made["api_key"])
        path = f"/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
        await api.post(path, {"question": QUESTION, "answer": ANSWER})
    return made["api_key"], made["assistant_id"]


async def connect(server: Server, slow: tuple[str, str], service: SlowService) -> None:
    """Give the slow tenant its tool."""
    tool = {
        "operation": "GET /tide",
        "name": "tide",
        "title": "Tide",
        "description": "How high the tide is.",
        "identity": "anonymous",
        "timeout_seconds": 8,
        "examples": {"en": [SLOW_QUESTION]},
    }
    settings = {"base_url": f"http://127.0.0.1:{service.port}", "tools": [tool]}
    body = {"kind": "openapi", "name": "Tide", "settings": settings, "document": DOCUMENT}
    async with open_client(server.url) as client:
        await Api(client, slow[0]).post("/v1/connectors", body)
        path, change = f"/v1/assistants/{slow[1]}", {"tools": [{"name": "tide"}]}
        headers = {"Authorization": f"Bearer {slow[0]}"}
        (await client.patch(path, json=change, headers=headers)).raise_for_status()


async def hang(api: Api, assistant_id: str) -> None:
    """One of the slow tenant's contacts, who asks, and waits for as long as it takes."""
    talk = await api.post("/v1/conversations", {"assistant_id": assistant_id})
    with suppress(Refused):
        await api.turn(talk["conversation_id"], SLOW_QUESTION)


@asynccontextmanager
async def hanging(api: Api, slow: tuple[str, str], service: SlowService) -> AsyncGenerator[None]:
    """The slow tenant's conversations in its tool, until the block ends."""
    service.goes_on.clear()
    contacts = [asyncio.create_task(hang(api, slow[1])) for _ in range(HANGING)]
    until = time.monotonic() + STARTS_SECONDS
    while service.waiting < HANGS_AT_ONCE and time.monotonic() < until:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        service.goes_on.set()
        await asyncio.gather(*contacts)


async def turns(api: Api, quick: tuple[str, str], number: int) -> list[float]:
    """So many turns of the other tenant, one after the other, each in a conversation of its own."""
    taken: list[float] = []
    for _ in range(number):
        talk = await api.post("/v1/conversations", {"assistant_id": quick[1]})
        turn = await api.turn(talk["conversation_id"], QUESTION)
        assert "3 to 5 days" in turn.text, turn
        taken.append(turn.total_seconds)
    return taken


@dataclass
class Sides:
    """The quick tenant's turns on both sides, and each pair's ratio of medians."""

    alone: list[float] = field(default_factory=list[float])
    beside: list[float] = field(default_factory=list[float])
    ratios: list[float] = field(default_factory=list[float])
    hung: int = HANGING

    def add(self, alone: list[float], beside: list[float]) -> None:
        """One pair."""
        self.alone += alone
        self.beside += beside
        self.ratios.append(median(beside) / median(alone))


async def measure(server: Server, service: SlowService, pairs: int, number: int) -> Sides:
    """Both sides of every pair; which comes first alternates."""
    listening = await asyncio.start_server(service.answer, "127.0.0.1", service.port)
    quick, slow = await tenant(server, "Quick"), await tenant(server, "Slow")
    await connect(server, slow, service)
    sides = Sides()
    async with (
        listening,
        open_client(server.url) as client,
        open_client(server.url) as slow_client,
    ):
        api, slow_api = Api(client, quick[0]), Api(slow_client, slow[0])
        await turns(api, quick, 20)  # warm
        async with hanging(slow_api, slow, service):
            pass  # its conversations too
        for n in range(pairs):
            before = await turns(api, quick, number) if n % 2 else []
            async with hanging(slow_api, slow, service):
                sides.hung = min(sides.hung, service.waiting)
                beside = await turns(api, quick, number)
                sides.hung = min(sides.hung, service.waiting)
            sides.add(before or await turns(api, quick, number), beside)
    return sides


def show(sides: Sides, calls: int) -> int:
    """Print the table; 1 where the promise does not hold."""
    low, middle, high = quantiles(sides.ratios, n=4)
    print(
        f"{len(sides.ratios)} pairs, {len(sides.alone)} turns each; "
        f"at least {sides.hung} calls hung in the slow service, {calls} in all"
    )
    for name, taken in (("alone", sides.alone), ("beside the slow tool", sides.beside)):
        print(f"{name}: {milliseconds(taken)} ms (p50 / p95)")
    print(f"ratio, median of pairs: {middle:.3f} (quartiles {low:.3f} to {high:.3f})")
    return int(middle > PROMISED)


def free_port() -> int:
    """A port that nobody uses now: the server is allowed it before the service is there."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> int:
    """Run it over a fresh data folder; 1 where another tenant waits for longer than is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--turns", type=int, default=10)
    told = parser.parse_args()
    service = SlowService(free_port())
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        allowed = {"FRONTDESK_EGRESS_ALLOW": f"127.0.0.1:{service.port}"}
        server = stack.enter_context(Server(data, allowed))
        sides = asyncio.run(measure(server, service, told.pairs, told.turns))
    return show(sides, service.calls)


if __name__ == "__main__":
    raise SystemExit(main())
