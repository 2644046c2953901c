"""What a turn costs as its conversation grows: `python benchmarks/flat_turns.py [--long N] [--each N]`.

Conversations are brought to just before turn 5, 50 and 500; then one turn of each is measured in
alternation, so that a busy moment of the machine meets all of them: milliseconds of the stream,
bytes of the rows it adds, statements that PostgreSQL was given (a round of their own, since
writing them down takes time). Every third turn tells a fact of the contact or asks for one. A
ratio to the first beyond the limit ends with status 1.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import LiteralString, Self

import psycopg
from bytes_per_turn import Sizes
from desk import Api, Refused, Server, open_client
from passages import passages
from psycopg.conninfo import make_conninfo

from tenants.database.postgres import EmbeddedPostgres

KNOWN = 200
FIRST, MIDDLE = 5, 50
LIMIT = 0.2
_LOGGED = ("LOG:  statement: ", "LOG:  execute ")
_SETTLES_SECONDS = 0.15  # after the stream's end, for rows that are written behind it


@dataclass
class Watcher:
    """PostgreSQL as its superuser sees it: sizes of rows, and statements while they are logged."""

    url: str
    log: Path
    sizes: Sizes = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = Sizes(self.url)

    def __enter__(self) -> Self:
        self._run("alter system set log_statement = 'all'")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("alter system set log_statement = 'none'")

    def statements(self) -> int:
        """How many were logged so far, whoever gave them."""
        text = self.log.read_text(errors="replace")
        return sum(text.count(mark) for mark in _LOGGED)

    def rows_bytes(self) -> int:
        """Bytes of all rows, without indexes."""
        return sum(self.sizes.read().values())

    def _run(self, setting: LiteralString) -> None:
        with psycopg.connect(self.url, autocommit=True) as conn:
            conn.execute(setting)
            conn.execute("select pg_reload_conf()")


@dataclass
class Point:
    """One length of conversation, with what its turns cost."""

    turn: int
    milliseconds: list[float] = field(default_factory=list[float])
    row_bytes: list[float] = field(default_factory=list[float])
    statements: list[float] = field(default_factory=list[float])

    def figures(self) -> tuple[float, float, float]:
        """Medians: statements, bytes, milliseconds."""
        return median(self.statements), median(self.row_bytes), median(self.milliseconds)


@dataclass
class Talker:
    """Opens conversations of one tenant and says the same lines at the same place in each."""

    api: Api
    assistant_id: str
    questions: Sequence[str]

    async def at(self, turn: int) -> str:
        """A conversation that has had all turns before this one."""
        opened = await self.api.post("/v1/conversations", {"assistant_id": self.assistant_id})
        conversation_id = str(opened["conversation_id"])
        for number in range(1, turn):
            await self.say(conversation_id, self.line(number))
        return conversation_id

    def line(self, number: int) -> str:
        """What is said in a turn: questions, every third time something of the contact."""
        if number % 6 == 0:
            return f"My order number is K-{1_000 + number}."
        if number % 6 == 3:
            return "What was my order number again?" if number > 6 else "My size is 42."
        return self.questions[number % len(self.questions)]

    async def say(self, conversation_id: str, text: str) -> float:
        """One whole turn, in milliseconds."""
        turn = await self.api.turn(conversation_id, text)
        if turn.status != "completed":
            raise Refused(f"a turn ended {turn.status!r}: {text}")
        return 1_000 * turn.total_seconds


def _alone(known: Sequence[tuple[str, str]]) -> list[str]:
    """The questions so that none of them sounds like a follow-up of the one before."""
    return [question.replace("What about", "Please tell me about") for question, _ in known]


async def measure(server: Server, watcher: Watcher, long: int, each: int) -> list[Point]:
    """Medians of `each` turns at every point, taken in turns."""
    known = list(passages(KNOWN))
    points = [Point(FIRST), Point(MIDDLE), Point(long)]
    async with open_client(server.url) as client:
        made = await Api(client, server.platform_key).post("/v1/tenants", {"name": "Benchmark"})
        api = Api(client, made["api_key"])
        path = f"/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
        await api.post(path, {"title": "Products", "chunks": [text for _, text in known]})
        talker = Talker(api, str(made["assistant_id"]), _alone(known))
        grown = {point.turn: await talker.at(point.turn) for point in points[1:]}
        for way in ("milliseconds", "row_bytes", "statements"):
            for sample in range(each):
                text = talker.questions[sample % len(talker.questions)]
                turned = sample % len(
                    points
                )  # what the server does every second meets each of them
                for point in points[turned:] + points[:turned]:
                    talk = grown.get(point.turn) or await talker.at(FIRST)
                    cost = await _cost(way, talker, watcher, talk, text)
                    getattr(point, way).append(cost)
    return points


async def _cost(way: str, talker: Talker, watcher: Watcher, talk: str, text: str) -> float:
    if way == "milliseconds":
        return await talker.say(talk, text)
    if way == "row_bytes":
        before = watcher.rows_bytes()
        await talker.say(talk, text)
        await asyncio.sleep(_SETTLES_SECONDS)
        return watcher.rows_bytes() - before
    with watcher:
        await asyncio.sleep(_SETTLES_SECONDS)
        logged = watcher.statements()
        await talker.say(talk, text)
        await asyncio.sleep(_SETTLES_SECONDS)
        return watcher.statements() - logged


def print_table(points: Sequence[Point]) -> bool:
    """Markdown; whether all ratios to the first are within the limit."""
    first = points[0].figures()
    flat = True
    print("\n| turn | statements | bytes | ms, p50 | to the first |")
    print("| --- | --- | --- | --- | --- |")
    for point in points:
        found = point.figures()
        ratios = [now / before for now, before in zip(found, first, strict=True)]
        flat = flat and all(abs(ratio - 1) <= LIMIT for ratio in ratios)
        shown = " / ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"| {point.turn} | {found[0]:.0f} | {found[1]:,.0f} | {found[2]:.1f} | {shown} |")
    return flat


def main() -> int:
    """Start a server, talk, print: 0 where the cost is flat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", type=int, default=500, help="the last turn (%(default)s)")
    parser.add_argument("--each", type=int, default=20, help="turns a point (%(default)s)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flat-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user where we are root
        data = Path(folder) / "data"
        with Server(data) as server, EmbeddedPostgres(data) as postgres:
            url = make_conninfo(postgres.superuser_url, dbname="frontdesk")
            points = asyncio.run(
                measure(server, Watcher(url, data / "pg.log"), asked.long, asked.each)
            )
    return 0 if print_table(points) else 1


if __name__ == "__main__":
    sys.exit(main())
