"""Cost follows the tenant, not the database: `python benchmarks/scale.py [--small] [--plot FILE]`.

Two throw-away databases, 2,000 tenants with 500,000 passages and ten times the tenants, each with
the same six knowledge bases of known size; large ones get their index from the program that decides
in production. Then questions to those six through the product's own search, as the app's role under
row-level security, one at a time, each beside a transaction that only says `select 1`.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from scale_data import KNOWN_SIZES, Drawn, tenant_sizes
from scale_floors import PARTS
from scale_load import load
from scale_questions import Figures, ask_all

from tenants.database.connection import make_pool
from tenants.database.migrate import migrate
from tenants.database.postgres import EmbeddedPostgres
from tenants.finding.vector_indexes import Rules, tend

# A throw-away database may be lost in a crash; everything else is as the product sets it.
LOADING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
           "max_wal_size": "4GB"}  # fmt: skip
SMALL_KNOWN = (100, 1_000, 3_000)
SMALL_RULES = Rules(build_above=2_000, drop_below=1_500)


@dataclass(frozen=True)
class Plan:
    """One database to fill and to ask."""

    tenants: int
    passages: int
    known: tuple[int, ...] = KNOWN_SIZES
    rules: Rules = field(default_factory=Rules)

    @property
    def title(self) -> str:
        return f"{self.tenants:,} tenants / {self.passages:,} passages"


@dataclass(frozen=True)
class Asked:
    """What one database came to."""

    plan: Plan
    figures: list[Figures]
    load_seconds: float
    index_seconds: float
    bytes_on_disk: int


def run(plan: Plan, questions: int, keep: Path | None) -> Asked:
    """Fill where it is not filled, index, ask; without `keep` the database is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="scale-")) if keep is None else keep
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # PostgreSQL runs as another user where we are root
    data = folder / f"{plan.tenants}-{plan.passages}"
    filled = data / "filled-in-seconds"
    try:
        with EmbeddedPostgres(data, settings=LOADING) as server:
            migrate(server.urls.owner, app_url=server.urls.app)
            if not filled.exists():
                began = time.perf_counter()
                drawn = Drawn(tenant_sizes(plan.tenants, plan.passages, plan.known))
                load(server.urls.owner, drawn, _say)
                filled.write_text(str(time.perf_counter() - began))
            figures, index_seconds = asyncio.run(_measure(plan, server, questions))
            with psycopg.connect(server.urls.owner) as conn:
                row = conn.execute("select pg_database_size(current_database())").fetchone()
        assert row is not None
        return Asked(plan, figures, float(filled.read_text()), index_seconds, int(row[0]))
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


async def _measure(
    plan: Plan, server: EmbeddedPostgres, questions: int
) -> tuple[list[Figures], float]:
    async with make_pool(server.urls.app, min_size=1, max_size=2, timeout_seconds=30) as pool:
        began = time.perf_counter()
        for one in await tend(pool, server.urls.owner, plan.rules):
            _say(f"index {one.done}: recall@10 {one.recall}, ef_search {one.ef_search}")
        seconds = time.perf_counter() - began
        return await ask_all(pool, plan.known, questions, _say), seconds


def print_table(results: Sequence[Asked]) -> None:
    """Markdown, the databases side by side."""
    for result in results:
        print(
            f"\n{result.plan.title}: loaded in {result.load_seconds:.0f} s, "
            f"indexes looked after in {result.index_seconds:.0f} s, "
            f"{result.bytes_on_disk / 1e9:.1f} GB"
        )
    titles = [f"{result.plan.tenants:,} tenants" for result in results]
    heads = [
        "statement p50 / p95 ms",
        "its CPU p50 ms",
        "whole search ms",
        "`select 1` ms",
        "ratio",
    ]
    print("\n| passages | way | " + " | ".join(f"{t}: {h}" for t in titles for h in heads)
          + " | recall@10 |")  # fmt: skip
    print("| ---: | --- |" + " --- |" * (len(titles) * len(heads) + 1))
    for rows in zip(*(result.figures for result in results), strict=True):
        cells = [f"{rows[0].size:,}", "HNSW" if rows[0].approximate else "exact"]
        for one in rows:
            cells += [
                f"**{one.statement(50):.2f}** / {one.statement(95):.2f}",
                f"{one.cpu(50):.2f}",
                f"{one.whole(50):.2f}",
                f"{one.floor(50):.2f}",
                f"{one.whole(50) / one.floor(50):.1f}",
            ]
        recalls = " / ".join("1" if one.recall is None else f"{one.recall:.3f}" for one in rows)
        print("| " + " | ".join([*cells, recalls]) + " |")


def print_parts(results: Sequence[Asked]) -> None:
    """Markdown: what the exact statement's parts take by themselves, as shares of the whole."""
    print("\n| passages | tenants | statement p10 ms | round trip | vectors alone | postings alone "
          "| texts alone | all three at once, nothing else | share of the statement |")  # fmt: skip
    print("| ---: | ---: |" + " --- |" * 7)
    for result in results:
        for one in result.figures:
            if one.approximate:
                continue
            whole = one.statement(10)
            parts = " | ".join(f"{one.parts.quiet(name):.2f}" for name in PARTS)
            least = one.parts.least
            print(f"| {one.size:,} | {result.plan.tenants:,} | {whole:.2f} | {parts} | {least:.2f} "
                  f"| {least / whole:.2f} |")  # fmt: skip


def plot(results: Sequence[Asked], path: Path) -> None:
    """The statement's p50 over the size of the knowledge base, one line a database."""
    import matplotlib  # here: of the development tools, and only who asks for a plot needs it

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4), dpi=120)
    for result in results:
        sizes = [one.size for one in result.figures]
        line = axes.plot(
            sizes, [one.statement(50) for one in result.figures], "o-", label=result.plan.title
        )
        axes.plot(sizes, [one.cpu(50) for one in result.figures], ":",
                  color=line[0].get_color())  # fmt: skip
    for size, goal in ((1_000, 1.0), (10_000, 5.0), (100_000, 12.0)):
        axes.plot([size * 0.8, size * 1.25], [goal, goal], color="black", linewidth=2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("passages in the knowledge base")
    axes.set_ylabel("statement, ms: p50 (dotted: its CPU)")
    axes.set_title("Cost follows the tenant (bars: what was asked for)")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Parse, run both, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="20 and 200 tenants, some seconds")
    parser.add_argument("--tenants", type=int, default=2_000)
    parser.add_argument("--passages", type=int, default=500_000)
    parser.add_argument("--grown", type=int, default=1_000_000,
                        help="passages with ten times the tenants; about 6 kB of disk each")  # fmt: skip
    parser.add_argument("--questions", type=int, default=60, help="to each knowledge base")
    parser.add_argument("--keep", type=Path, help="leave the databases here; asked again if there")
    parser.add_argument("--plot", type=Path, help="draw the figures into this file")
    asked = parser.parse_args()
    if asked.small:
        plans = [
            Plan(20, 5_000, SMALL_KNOWN, SMALL_RULES),
            Plan(200, 8_000, SMALL_KNOWN, SMALL_RULES),
        ]
    else:
        plans = [Plan(asked.tenants, asked.passages), Plan(asked.tenants * 10, asked.grown)]
    results = [run(plan, asked.questions, asked.keep) for plan in plans]
    print_table(results)
    print_parts(results)
    if asked.plot is not None:
        plot(results, asked.plot)


if __name__ == "__main__":
    main()
