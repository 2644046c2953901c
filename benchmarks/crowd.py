"""A crowd from a process of its own: `python benchmarks/crowd.py URL KEY RATE SECONDS < conversations`.

Sends messages at a fixed rate, whatever the answers are, over kept connections, and prints one JSON
line: how often each status came, the slowest refusals, the accepted turns' ids.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen

from desk import percentile
from wire import Wire, post

CONNECTIONS = 64
TEXT = "Do you ship to Switzerland?"


@dataclass
class Came:
    """What became of a crowd's messages."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    refused_seconds: list[float] = field(default_factory=list[float])
    without_retry_after: int = 0
    turns: list[str] = field(default_factory=list[str])
    behind_seconds: float = 0.0  # how late the sender itself was at worst

    @property
    def refused(self) -> int:
        """How many were told to come again."""
        return self.statuses[429] + self.statuses[503]

    def shown(self) -> str:
        """As the line that is printed."""
        return json.dumps(
            {
                "statuses": self.statuses,
                "refused_p50": percentile(self.refused_seconds, 0.5),
                "refused_p95": percentile(self.refused_seconds, 0.95),
                "refused_p99": percentile(self.refused_seconds, 0.99),
                "without_retry_after": self.without_retry_after,
                "turns": self.turns,
                "behind_seconds": self.behind_seconds,
            }
        )


async def crowd(url: str, key: str, per_second: float, seconds: float, talks: list[str]) -> Came:
    """Open loop: one message every so often; where every connection is busy, the next waits for one."""
    came, free = Came(), asyncio.Queue[Wire]()
    for _ in range(CONNECTIONS):
        free.put_nowait(await Wire.open(url))
    asking: set[asyncio.Task[None]] = set()

    async def one(wire: Wire, talk: str) -> None:
        path = f"/v1/conversations/{talk}/messages?wait=false"
        heard = await wire.ask(post(path, {"text": TEXT}, key=key))
        came.statuses[heard.status] += 1
        if heard.status in (429, 503):
            came.refused_seconds.append(heard.total_seconds)
            came.without_retry_after += heard.header("retry-after") is None
        elif heard.status == 202:
            came.turns.append(heard.json()["turn_id"])
        free.put_nowait(wire)

    began = time.perf_counter()
    for number in range(int(per_second * seconds)):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        wire = await free.get()
        came.behind_seconds = max(came.behind_seconds, time.perf_counter() - due)
        asking.add(task := asyncio.create_task(one(wire, talks[number % len(talks)])))
        task.add_done_callback(asking.discard)
    await asyncio.gather(*asking)
    return came


def start(url: str, key: str, per_second: float, seconds: float, talks: list[str]) -> "Popen[str]":
    """The crowd, under way."""
    command = [sys.executable, str(Path(__file__)), url, key, str(per_second), str(seconds)]
    process = Popen(command, stdin=PIPE, stdout=PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write("\n".join(talks))
    process.stdin.close()
    process.stdin = None  # else `communicate` would flush what is closed
    return process


if __name__ == "__main__":
    given = sys.argv
    found = asyncio.run(
        crowd(given[1], given[2], float(given[3]), float(given[4]), sys.stdin.read().split())
    )
    print(found.shown())
