"""Beside other stores: `python benchmarks/other_stores.py [--python VENV/bin/python]`.

The same vectors, texts and questions in Chroma, LanceDB, Qdrant's local mode and here, one after
the other in one run: how fast they go in, how long the ten nearest with their texts take, memory
and disk, as ratios to ours. The others are an extra (`benchmarks` in pyproject.toml) that the server
never needs; in an environment of their own:

    uv venv /tmp/stores
    uv pip install --python /tmp/stores/bin/python "chromadb>=1.5,<2" "lancedb>=0.40,<0.41" \\
        "qdrant-client>=1.20,<2" numpy
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from one_store import PACKAGES, PASSAGES, TOP
from our_store import fill_and_ask
from scale_data import DIMENSION, Drawn

from tenants.database.postgres import EmbeddedPostgres

SEED = 5
NOISE = 0.02
CHILD_SECONDS = 1_200
LACKS = {
    "Frontdesk": "",
    "Frontdesk, words too": "",
    "chroma": "row security, transactions, versions; one process at a time",
    "lancedb": "row security, transactions over several tables",
    "qdrant": "row security, transactions; local mode locks its folder for one process",
}


@dataclass(frozen=True)
class Result:
    """What one store came to."""

    name: str
    passages: int
    fill_seconds: float
    seconds: list[float]
    recall: float
    memory_mb: float
    disk_bytes: int

    def p(self, percent: float) -> float:
        """Milliseconds of a question."""
        return float(np.percentile(self.seconds, percent) * 1e3)


def draw(folder: Path, tenants: int, questions: int) -> list[set[int]]:
    """Write what every store is given; returns the true ten of each question."""
    drawn = Drawn(np.full(tenants, PASSAGES, dtype=np.int64))
    vectors: list[NDArray[np.float32]] = []
    texts: list[str] = []
    for batch in drawn.batches():
        vectors.append(batch.vectors)
        words = [drawn.vocabulary.words[place] for place in batch.words.tolist()]
        start = 0
        for end in np.cumsum(batch.lengths).tolist():
            texts.append(" ".join(words[start:end]))
            start = end
    every = np.concatenate(vectors).astype(np.float32)
    random = np.random.default_rng(SEED)
    asked = random.integers(0, tenants, questions)
    places = asked * PASSAGES + random.integers(0, PASSAGES, questions)
    queries = every[places] + random.standard_normal((questions, DIMENSION)) * NOISE
    queries = (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)
    np.save(folder / "vectors.npy", every)
    np.save(folder / "queries.npy", queries)
    np.save(folder / "asked.npy", asked)
    (folder / "texts.json").write_text(json.dumps(texts), "utf8")
    return [
        set(np.argsort(-(every[t * PASSAGES : (t + 1) * PASSAGES] @ query))[:TOP].tolist())
        for t, query in zip(asked.tolist(), queries, strict=True)
    ]


def ours(folder: Path, tenants: int, truth: Sequence[set[int]]) -> list[Result]:
    """Through the product's own writing and searching, on the embedded PostgreSQL."""
    with EmbeddedPostgres(folder / "ours") as server:
        raw = asyncio.run(fill_and_ask(server, folder))
    disk = sum(f.stat().st_size for f in (folder / "ours" / "pg" / "base").rglob("*")
               if f.is_file()) - raw.empty_bytes  # fmt: skip
    count = tenants * PASSAGES
    return [
        Result(name, count, raw.fill_seconds, seconds, recall(found, truth), raw.memory_mb, disk)
        for name, seconds, found in (
            ("Frontdesk", raw.near_seconds, raw.near),
            ("Frontdesk, words too", raw.hybrid_seconds, raw.hybrid),
        )
    ]


def theirs(name: str, python: str, folder: Path, tenants: int, truth: Sequence[set[int]]) -> Result:
    """In a process of its own, of an environment that has it."""
    child = Path(__file__).with_name("one_store.py")
    done = subprocess.run(
        [python, str(child), name, str(folder)],
        capture_output=True, text=True, check=True, timeout=CHILD_SECONDS,
    )  # fmt: skip
    raw: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Result(
        name, tenants * PASSAGES, raw["fill_seconds"], raw["seconds"],
        recall(raw["found"], truth), raw["memory_mb"], raw["disk_bytes"],
    )  # fmt: skip


def recall(found: Sequence[Sequence[int]], truth: Sequence[set[int]]) -> float:
    """The share of the true ten that was found."""
    pairs = zip(found, truth, strict=True)
    return sum(len(set(one) & wanted) for one, wanted in pairs) / (TOP * len(truth))


def missing(python: str) -> list[str]:
    """The stores that an environment lacks."""
    program = (
        "import importlib.util, sys; "
        "print(*[name for name in sys.argv[1:] if importlib.util.find_spec(name) is None])"
    )
    done = subprocess.run(
        [python, "-c", program, *PACKAGES.values()], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def print_table(results: Sequence[Result]) -> None:
    """Markdown; ratios above 1 say how many times ours it takes."""
    base = results[0]
    print("\n| store | passages/s in | top 10 with text, p50 / p95 ms | recall@10 | memory MB | "
          "kB a passage | time to ours | filling to ours | disk to ours | lacks |")  # fmt: skip
    print("| --- |" + " ---: |" * 8 + " --- |")
    for one in results:
        cells = [
            one.name,
            f"{one.passages / one.fill_seconds:,.0f}",
            f"{one.p(50):.2f} / {one.p(95):.2f}",
            f"{one.recall:.3f}" if one.name != "Frontdesk, words too" else "",
            f"{one.memory_mb:,.0f}",
            f"{one.disk_bytes / one.passages / 1_000:.1f}",
            f"{one.p(50) / base.p(50):.2f}",
            f"{one.fill_seconds / base.fill_seconds:.2f}",
            f"{one.disk_bytes / base.disk_bytes:.2f}",
            LACKS[one.name],
        ]
        print("| " + " | ".join(cells) + " |")


def main() -> None:
    """Parse, look for the stores, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python", default=sys.executable, help="of the environment with the stores"
    )
    parser.add_argument("--tenants", type=int, default=30, help="of 1,000 passages each")
    parser.add_argument("--questions", type=int, default=300)
    given = parser.parse_args()
    absent = missing(given.python)
    if absent:
        print(f"{', '.join(absent)}: not installed for {given.python}.{(__doc__ or '').split('own:')[1]}"
              "\nThen: python benchmarks/other_stores.py --python /tmp/stores/bin/python")  # fmt: skip
        return
    folder = Path(tempfile.mkdtemp(prefix="stores-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user where we are root
    try:
        truth = draw(folder, given.tenants, given.questions)
        began = time.perf_counter()
        results = ours(folder, given.tenants, truth)
        for name in PACKAGES:
            print(f"{name} after {time.perf_counter() - began:.0f} s", file=sys.stderr)
            results.append(theirs(name, given.python, folder, given.tenants, truth))
        print_table(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
