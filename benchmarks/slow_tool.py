"""What one tenant's slow tool costs another: `python benchmarks/slow_tool.py [--rounds N] [--turns N]`.

A tenant has a tool of its own whose service takes six seconds, and twelve of its conversations hang in it
all the time. Another tenant asks its knowledge, one turn after the other. Rounds with and without the
slow tenant alternate in one run on one server. Printed: the other tenant's turns, and the ratio.
"""

import argparse
import asyncio
import math
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from desk import Api, Refused, Server, milliseconds, open_client

SLOW_SECONDS = 6.0
HANGING = 12
SETTLE_SECONDS = 1.5
QUESTION = "Do you ship to Switzerland?"
ANSWER = "Yes, parcels to Switzerland take 3 to 5 days."
SLOW_QUESTION = "How high is the tide at the pier?"
DOCUMENT = {"openapi": "3.1.0", "paths": {"/tide": {"get": {"summary": "The tide"}}}}


@dataclass
class SlowService:
    """A service that answers after six seconds; `waiting` is how many calls hang in it."""

    port: int = 0
    waiting: int = 0
    calls: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call."""
        self.calls += 1
        self.waiting += 1
        try:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(SLOW_SECONDS)
            body = b'{"metres": 2}'
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
                b"content-length: %d\r\n\r\n%s" % (len(body), body)
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # given up by the caller
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


async def hang(server: Server, slow: tuple[str, str], until: asyncio.Event) -> None:
    """One of the slow tenant's contacts, who asks again and again."""
    async with open_client(server.url) as client:
        api = Api(client, slow[0])
        while not until.is_set():
            try:
                talk = await api.post("/v1/conversations", {"assistant_id": slow[1]})
                await api.turn(talk["conversation_id"], SLOW_QUESTION)
            except Refused:
                await asyncio.sleep(0.5)


async def turns(server: Server, quick: tuple[str, str], number: int) -> list[float]:
    """So many turns of the other tenant, one after the other, each in a conversation of its own."""
    taken: list[float] = []
    async with open_client(server.url) as client:
        api = Api(client, quick[0])
        for _ in range(number):
            talk = await api.post("/v1/conversations", {"assistant_id": quick[1]})
            turn = await api.turn(talk["conversation_id"], QUESTION)
            assert "3 to 5 days" in turn.text, turn
            taken.append(turn.total_seconds)
    return taken


async def measure(server: Server, service: SlowService, rounds: int, number: int) -> None:
    """Alternate, and print."""
    listening = await asyncio.start_server(service.answer, "127.0.0.1", service.port)
    quick, slow = await tenant(server, "Quick"), await tenant(server, "Slow")
    await connect(server, slow, service)
    await turns(server, quick, 20)  # warm
    alone: list[float] = []
    beside: list[float] = []
    hung = math.inf
    async with listening:
        for _ in range(rounds):
            alone += await turns(server, quick, number)
            until = asyncio.Event()
            hanging = [asyncio.create_task(hang(server, slow, until)) for _ in range(HANGING)]
            await asyncio.sleep(SETTLE_SECONDS)
            hung = min(hung, service.waiting)
            beside += await turns(server, quick, number)
            until.set()
            await asyncio.gather(*hanging)
    print(
        f"{len(alone)} turns each; at least {hung} calls hung in the slow service, {service.calls} in all"
    )
    for name, taken in (("alone", alone), ("beside the slow tool", beside)):
        print(f"{name}: {milliseconds(taken)} ms (p50 / p95)")
    print(f"ratio of the medians: {median(beside) / median(alone):.3f}")


def free_port() -> int:
    """A port that nobody uses now: the server is allowed it before the service is there."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> None:
    """Run it over a fresh data folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--turns", type=int, default=40)
    told = parser.parse_args()
    service = SlowService(free_port())
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        allowed = {"FRONTDESK_EGRESS_ALLOW": f"127.0.0.1:{service.port}"}
        server = stack.enter_context(Server(data, allowed))
        asyncio.run(measure(server, service, told.rounds, told.turns))


if __name__ == "__main__":
    main()
