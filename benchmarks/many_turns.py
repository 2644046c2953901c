"""Many turns at once: `python benchmarks/many_turns.py [--seconds S] [--streams N] [--servers N]`.

The echo graph over a model that takes 200 ms to its first of 100 words and 20 ms to each further
one, with a pool of four connections to the database. Ninety contacts stream turn after turn while
others send 50 messages a second, each in a conversation of its own, which is more than one process
ends: all 200 places are taken. Printed: how long a message takes to be accepted, and from a request
to its first event and to its first word, all while both go on; then what idle streams weigh, for
which a fresh server is started. With `--servers 2` two processes share the database and
the connections; how much each computed says whether the machine had more to give.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from desk import Server, own_cpu_seconds, percentile
from echo_ways import ECHO_SERVER
from wire import Wire, post

STREAMING = 90
PER_SECOND = 50
SENDERS = 40
WARM_SECONDS = 6
FIRST_SECONDS = 0.2
MODEL = {"ECHO_TOKENS": "100", "ECHO_FIRST_MS": "200", "ECHO_TOKEN_MS": "20"}
SETTINGS = MODEL | {
    "FRONTDESK_POOL_MAX": "4",
    "FRONTDESK_RUNNING_TURNS": "228",  # an eighth of them is kept for other tenants
    "FRONTDESK_RUNNING_TURNS_PER_TENANT": "200",
}
TEXT = "Where is my order 12345?"


@dataclass
class Seen:
    """Times in seconds."""

    accepted: list[float] = field(default_factory=list[float])
    first_event: list[float] = field(default_factory=list[float])
    first_word: list[float] = field(default_factory=list[float])
    running: list[float] = field(default_factory=list[float])
    failed: int = 0


@dataclass
class House:
    """One tenant, and where it is served; every further connection goes to the next server."""

    servers: Sequence[Server]
    key: str
    assistant_id: str
    next_one: Iterator[Server]

    async def wire(self) -> Wire:
        """A connection."""
        return await Wire.open(next(self.next_one).url)

    async def talk(self, wire: Wire) -> str:
        """A fresh conversation."""
        body = {"assistant_id": self.assistant_id}
        made = await wire.ask(post("/v1/conversations", body, key=self.key))
        return made.json()["conversation_id"]


async def house_of(*servers: Server) -> House:
    """The servers' only tenant."""
    wire = await Wire.open(servers[0].url)
    made = await wire.ask(post("/v1/tenants", {"name": "Many"}, key=servers[0].platform_key))
    wire.close()
    named = made.json()
    return House(servers, named["api_key"], named["assistant_id"], itertools.cycle(servers))


async def stream_on(house: House, seen: Seen, is_over: asyncio.Event) -> None:
    """One contact: a turn after the other, read to its end."""
    wire = await house.wire()
    talk = await house.talk(wire)
    asked = post(
        f"/v1/conversations/{talk}/messages",
        {"text": TEXT},
        key=house.key,
        accept="text/event-stream",
    )
    while not is_over.is_set():
        counts = bool(seen.running)
        heard = await wire.ask(asked)
        if heard.status != 200 or b'"completed"' not in heard.body:
            seen.failed += 1
            break
        if counts:
            seen.first_event.append(heard.first_event_seconds)
            seen.first_word.append(heard.first_text_seconds)
    wire.close()


async def send_on(house: House, seen: Seen, talks: Sequence[str]) -> None:
    """Fifty messages a second, each in a conversation of its own."""
    free = asyncio.Queue[Wire]()
    for _ in range(SENDERS):
        free.put_nowait(await house.wire())

    async def one(wire: Wire, talk: str) -> None:
        path = f"/v1/conversations/{talk}/messages?wait=false"
        heard = await wire.ask(post(path, {"text": TEXT}, key=house.key))
        seen.accepted.append(heard.total_seconds)
        seen.failed += heard.status != 202
        free.put_nowait(wire)

    began, tasks = time.perf_counter(), list[asyncio.Task[None]]()
    for number, talk in enumerate(talks):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
        tasks.append(asyncio.create_task(one(await free.get(), talk)))
    await asyncio.gather(*tasks)


async def count_running(house: House, seen: Seen) -> None:
    """How many turns run, by the servers' own count, until cancelled."""
    wires = [await Wire.open(server.url) for server in house.servers]
    while True:
        running = 0.0
        for wire in wires:
            heard = await wire.ask(b"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            for line in heard.body.decode().splitlines():
                if line.startswith("frontdesk_running_turns "):
                    running += float(line.split()[1])
        seen.running.append(running)
        await asyncio.sleep(0.5)


async def many(house: House, seconds: float) -> None:
    """The table of running turns."""
    seen = Seen()
    opener = await house.wire()
    talks = [await house.talk(opener) for _ in range(int(PER_SECOND * (WARM_SECONDS + seconds)))]
    first, rest = talks[: PER_SECOND * WARM_SECONDS], talks[PER_SECOND * WARM_SECONDS :]
    is_over = asyncio.Event()
    streams = [asyncio.create_task(stream_on(house, seen, is_over)) for _ in range(STREAMING)]
    await send_on(house, seen, first)
    seen.accepted.clear()
    counting = asyncio.create_task(count_running(house, seen))
    began, spent = time.monotonic(), [own_cpu_seconds(server.pid) for server in house.servers]
    await send_on(house, seen, rest)
    is_over.set()
    passed = time.monotonic() - began
    cores = [
        (own_cpu_seconds(server.pid) - before) / passed
        for server, before in zip(house.servers, spent, strict=True)
    ]
    counting.cancel()
    await asyncio.gather(*streams)

    def row(values: list[float], less: float = 0.0) -> str:
        shown = (1_000 * (percentile(values, share) - less) for share in (0.5, 0.95, 0.99))
        return " | ".join(f"{one:.0f}" for one in shown)

    print("| with four connections to the database | p50 ms | p95 ms | p99 ms |")
    print("| --- | ---: | ---: | ---: |")
    print(f"| a message is accepted, {PER_SECOND} a second | {row(seen.accepted)} |")
    print(f"| first event of a stream | {row(seen.first_event)} |")
    print(f"| first word, without the model's 200 ms | {row(seen.first_word, FIRST_SECONDS)} |")
    print(
        f"\nturns running: {percentile(seen.running, 0.5):.0f} (median), "
        f"{max(seen.running):.0f} (most); failed: {seen.failed}; "
        f"streams begun while all of this went on: {len(seen.first_event)}; "
        f"a server's memory {house.servers[0].memory_mb:.0f} MB; "
        f"cores that each server had: {', '.join(f'{one:.2f}' for one in cores)}"
    )


async def idle(house: House, streams: int) -> None:
    """What open streams weigh that have nothing to tell."""
    wire = await Wire.open(house.servers[0].url)
    talks = [await house.talk(wire) for _ in range(20)]
    await asyncio.sleep(2)
    before = house.servers[0].memory_mb
    open_ones: list[asyncio.StreamWriter] = []
    host, port = house.servers[0].url.removeprefix("http://").split(":")
    for number in range(streams):
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**14)
        path = f"/v1/conversations/{talks[number % 20]}/events"
        writer.write(
            f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n"
            f"authorization: Bearer {house.key}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        open_ones.append(writer)
    await asyncio.sleep(3)
    after = house.servers[0].memory_mb
    print(
        f"\n{streams:,} idle streams: server's memory {before:.0f} → {after:.0f} MB "
        f"({1_000 * (after - before) / streams:.0f} kB a stream)"
    )
    for writer in open_ones:
        writer.close()


def main() -> None:
    """Two servers, one after the other, over one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--streams", type=int, default=2_000)
    parser.add_argument("--servers", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="many-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"

        async def measure(servers: Sequence[Server]) -> None:
            await many(await house_of(*servers), asked.seconds)

        async def weigh(server: Server) -> None:
            await idle(await house_of(server), asked.streams)

        with ExitStack() as stack:
            started = [
                stack.enter_context(Server(data, SETTINGS, ECHO_SERVER))
                for _ in range(asked.servers)
            ]
            asyncio.run(measure(started))
        if asked.streams:
            with Server(data, SETTINGS, ECHO_SERVER) as server:
                asyncio.run(weigh(server))


if __name__ == "__main__":
    main()
