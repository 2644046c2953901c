"""What the house around a graph costs: `python benchmarks/served_turns.py [--turns N] [--rounds N] [--peers DIR] [--only NAME …]`.

The echo graph (five small nodes, twenty words at once, no model and no search) served as streamed
turns: through Frontdesk's whole turn path, by a thin server that keeps nothing or only LangGraph's
checkpoints, and called in this process without any server; beside an endpoint that only streams.
All ways alternate in one run, with one sender that does next to no work; ratios are to the thin
server with durability `exit` in one process. Two servers on one database, beside the thin server in
two processes, show what a second core gives. Then one conversation of a hundred turns. With `--peers`
other servers of graphs run the same steps in the same rounds: `echo_peers.py` says how they are installed.
Figures are medians of the rounds, a ratio that of the ratios within each round: these machines have
slow minutes, which meet both sides of a round that is short. `--only` leaves out all ways but ours, the
thin server and those whose names hold one of its words, so that a round is.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from desk import percentile
from echo_peers import peers
from echo_ways import (
    FRONTDESK,
    FRONTDESK_TWICE,
    THIN_EXIT,
    Way,
    bare,
    desk,
    desk_twice,
    in_process,
    thin,
    thin_twice,
)

LEVELS = (1, 16, 64)
WARM_UP = 30
LONG = 100  # the turn of the one conversation around which is measured
BLOCK, BLOCKS = 10, 6  # turns


@dataclass
class Round:
    """What one way did at one level."""

    rate: float
    first_p50: float
    first_p95: float
    server_ms: float  # of the serving process
    all_ms: float  # with its PostgreSQL


@dataclass
class Figures:
    """All rounds of a way."""

    rounds: dict[int, list[Round]] = field(default_factory=dict[int, list[Round]])

    def of(self, level: int, what: Callable[[Round], float]) -> float:
        """The median of the rounds."""
        return median(what(one) for one in self.rounds[level])

    def rate_to(self, level: int, other: "Figures") -> float:
        """The median of what each round says of turns a second, to another way's."""
        pairs = zip(self.rounds[level], other.rounds[level], strict=True)
        return median(one.rate / theirs.rate for one, theirs in pairs)


async def measure(way: Way, level: int, turns: int) -> Round:
    """So many turns by so many contacts, each in a conversation of its own, opened before."""
    talkers = [await way.talker() for _ in range(level)]
    talks = [await talkers[n % level].open() for n in range(turns)]
    first: list[float] = []

    async def contact(number: int) -> None:
        for talk in talks[number::level]:
            if time.perf_counter() - began > way.most_seconds:
                return
            first.append(await talkers[number].turn(talk))

    server, everything = way.cpu()
    began = time.perf_counter()
    await asyncio.gather(*(contact(number) for number in range(level)))
    seconds, turns = time.perf_counter() - began, len(first)
    server_after, everything_after = way.cpu()
    for talker in talkers:
        talker.close()
    return Round(
        turns / seconds,
        percentile(first, 0.5),
        percentile(first, 0.95),
        1_000 * (server_after - server) / turns,
        1_000 * (everything_after - everything) / turns,
    )


async def growing(way: Way) -> tuple[float, float]:
    """CPU milliseconds of the serving process a turn: of first turns of conversations, and of those
    around the hundredth of one. They alternate, ten at a time.
    """
    talker = await way.talker()
    talk = await talker.open()
    for _ in range(LONG - BLOCK * BLOCKS // 2):
        await talker.turn(talk)
    early = late = 0.0
    for _ in range(BLOCKS):
        fresh = [await talker.open() for _ in range(BLOCK)]
        began = way.cpu()[0]
        for one in fresh:
            await talker.turn(one)
        between = way.cpu()[0]
        for _ in range(BLOCK):
            await talker.turn(talk)
        early, late = early + between - began, late + way.cpu()[0] - between
    talker.close()
    return 1_000 * early / BLOCK / BLOCKS, 1_000 * late / BLOCK / BLOCKS


def print_table(ways: Sequence[Way], figures: dict[str, Figures]) -> None:
    """Markdown; times in ms."""
    print(
        "\n| concurrency | way | turns/s | to thin, exit | first word p50 / p95 ms "
        "| server CPU ms a turn | with its PostgreSQL |"
    )
    print("| ---: | --- | ---: | ---: | --- | ---: | ---: |")
    for level in LEVELS:
        for way in ways:
            found = figures[way.name]
            rate = found.of(level, lambda one: one.rate)
            p50 = 1_000 * found.of(level, lambda one: one.first_p50)
            p95 = 1_000 * found.of(level, lambda one: one.first_p95)
            print(
                f"| {level} | {way.name} | {rate:.1f} "
                f"| {found.rate_to(level, figures[THIN_EXIT]):.2f} | {p50:.1f} / {p95:.1f} "
                f"| {found.of(level, lambda one: one.server_ms):.1f} "
                f"| {found.of(level, lambda one: one.all_ms):.1f} |"
            )


def print_beside(ways: Sequence[Way], figures: dict[str, Figures]) -> None:
    """Markdown; above 1 Frontdesk has that many times the turns."""
    ours = [name for name in (FRONTDESK, FRONTDESK_TWICE) if name in figures]
    columns = [(name, level) for name in ours for level in LEVELS]
    print(
        "\n| turns/s to those of | " + " | ".join(f"{n}, at {level}" for n, level in columns) + " |"
    )
    print("| --- |" + " ---: |" * len(columns))
    for way in ways:
        ratios = [figures[name].rate_to(level, figures[way.name]) for name, level in columns]
        print(f"| {way.name} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


async def run(ways: Sequence[Way], others: Sequence[Way], turns: int, rounds: int) -> None:
    """Warm everything up, alternate, print."""
    figures = {way.name: Figures() for way in ways}
    for way in ways:
        await measure(way, 4, WARM_UP)
    for number in range(rounds):
        for level in LEVELS:
            for way in ways if number % 2 else reversed(ways):
                found = await measure(way, level, turns if level > 1 else turns // 3)
                figures[way.name].rounds.setdefault(level, []).append(found)
    print_table(ways, figures)
    print_beside([way for way in ways if way.name == THIN_EXIT or way in others], figures)
    print("\n| one conversation | server CPU ms: first turns | turns 70 to 130 | to the first |")
    print("| --- | ---: | ---: | ---: |")
    for way in ways:
        if way.grows:
            early, late = await growing(way)
            print(f"| {way.name} | {early:.1f} | {late:.1f} | {late / early:.2f} |", flush=True)


def main() -> None:
    """Start every server, measure, end them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300, help="of a round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", nargs="+", default=[], help="words of ways beside the usual two")
    parser.add_argument("--peers", type=Path, help="the folder of other servers' environments")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="served-", ignore_cleanup_errors=True)
            )
        )
        folder.chmod(0o711)  # PostgreSQL runs as another user where we are root
        others, left_out = peers(stack, asked.peers, folder) if asked.peers else ([], [])
        ways = [
            desk(stack, folder / "desk"),
            desk_twice(stack, folder / "desks"),
            *thin(stack, folder / "thin"),
            thin_twice(stack, folder / "thins"),
            *in_process(stack, folder / "thin"),
            bare(stack),
            *others,
        ]
        for one in left_out:
            print(one)
        if asked.only:
            wanted = (FRONTDESK, THIN_EXIT, *asked.only)
            ways = [way for way in ways if any(word in way.name for word in wanted)]
        asyncio.run(run(ways, others, asked.turns, asked.rounds))


if __name__ == "__main__":
    main()
