"""Measure the product offline: `python -m evals SUITE… [--data FOLDER] [--train FOLDER] …`.

A suite is a module of `evals/suites` with `SETS` (folders it expects), `COLUMNS` (metrics of its
table), `PLOTTED` (metrics of its picture), `run(bench)` that yields a result a gold file, and,
where it has curves to show, `pictures(results, folder)` that draws them and names the files.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from evals import metrics, plot, report
from evals.bench import Bench, open_bench
from evals.report import Result
from evals.sets import absent_sets
from evals.suites import (
    answers,
    calibrate,
    catalog,
    curated,
    decide,
    injection,
    intents,
    memory,
    near_misses,
    needless,
    retrieval,
    spelling,
    split,
    tools,
    topics,
    wishes,
)

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "shared" / "data"
RESULTS = HERE / "results"
SUITES: dict[str, ModuleType] = {
    "retrieval": retrieval,
    "catalog": catalog,
    "decide": decide,
    "calibrate": calibrate,
    "answers": answers,
    "curated": curated,
    "wishes": wishes,
    "split": split,
    "spelling": spelling,
    "intents": intents,
    "injection": injection,
    "topics": topics,
    "memory": memory,
    "tools": tools,
    "needless": needless,
    "near_misses": near_misses,
}


def main(arguments: Sequence[str]) -> int:
    """Run the suites: 0 when they ran, 2 when one of them cannot be run by this release."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("suites", nargs="+", metavar="SUITE", choices=[*SUITES])
    parser.add_argument("--data", type=Path, default=DATA, help="one folder a set (%(default)s)")
    parser.add_argument("--train", type=Path, default=DATA, help="corpora that a set lacks")
    parser.add_argument("--json", type=Path, help="write all metrics to this file")
    parser.add_argument("--predictions", type=Path, help="write predictions to this folder")
    asked = parser.parse_args(arguments)
    wanted = [suite for suite in dict.fromkeys(asked.suites) if suite in SUITES]
    if wanted:
        asyncio.run(_run(wanted, asked))
    return 0


async def _run(suites: list[str], asked: argparse.Namespace) -> None:
    found: dict[str, dict[str, metrics.Metrics]] = {}
    async with open_bench(asked.data, asked.train, RESULTS) as bench:
        for suite in suites:
            found[suite] = await _run_suite(suite, bench, asked.predictions)
    for suite in suites:
        for name in absent_sets(asked.data, SUITES[suite].SETS):
            print(f"{suite}: {name} is absent from {asked.data}")
    report.write_json(RESULTS / "last.json", found)
    if asked.json:
        report.write_json(asked.json, found)


async def _run_suite(
    suite: str, bench: Bench, predictions: Path | None
) -> dict[str, metrics.Metrics]:
    module = SUITES[suite]
    baselines = report.read_baselines(suite)
    results: list[Result] = []
    worse: list[str] = []
    print(f"\n{suite} (percent)")
    async for result in module.run(bench):
        print("\n".join(report.table(result, module.COLUMNS, baselines)), flush=True)
        results.append(result)
        worse += report.losses(result, module.COLUMNS, baselines)
        if predictions is not None and result.predictions:
            report.write_predictions(predictions, result)
    for line in worse:
        print(f"worse than the accepted run: {line}")
    found = {result.name: result.metrics for result in results}
    picture = RESULTS / f"{suite}.svg"
    if plot.draw(suite, found, baselines, module.PLOTTED, picture):
        print(f"drawn in {picture}")
    if results and hasattr(module, "pictures"):
        for drawn in module.pictures(results, RESULTS):
            print(f"drawn in {drawn}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
