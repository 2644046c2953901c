"""Measure the product offline: `python -m evals SUITE… [--data FOLDER] [--train FOLDER] …`."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import ModuleType

from evals import metrics, plot, report
from evals.house import House, open_house
from evals.progress import Progress
from evals.report import Result
from evals.sets import PairSet, QuestionSet, absent_sets, pair_sets, question_sets
from evals.suites import catalog, decide, retrieval
from graphs.embeddings import open_embeddings
from settings import Settings

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "shared" / "data"
RESULTS = HERE / "results"
SUITES: dict[str, ModuleType] = {"retrieval": retrieval, "catalog": catalog, "decide": decide}
LATER = ("intents", "split", "spelling", "answers", "injection")
Run = Callable[[House, list[QuestionSet]], AsyncIterator[Result]]


def main(arguments: Sequence[str]) -> int:
    """Run the suites: 0 when they ran, 2 when one of them cannot be run by this release."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("suites", nargs="+", metavar="SUITE", choices=[*SUITES, *LATER])
    parser.add_argument("--data", type=Path, default=DATA, help="one folder a set (%(default)s)")
    parser.add_argument("--train", type=Path, default=DATA, help="corpora that a set lacks")
    parser.add_argument("--json", type=Path, help="write all metrics to this file")
    parser.add_argument("--predictions", type=Path, help="write predictions to this folder")
    asked = parser.parse_args(arguments)
    later = [suite for suite in asked.suites if suite in LATER]
    for suite in later:
        print(f"{suite}: comes with a later release", file=sys.stderr)
    wanted = [suite for suite in dict.fromkeys(asked.suites) if suite in SUITES]
    if wanted:
        asyncio.run(_run(wanted, asked))
    return 2 if later else 0


async def _run(suites: list[str], asked: argparse.Namespace) -> None:
    settings = Settings()
    progress = Progress()
    sets = list(question_sets(asked.data, asked.train))
    pairs = list(pair_sets(asked.data)) if "catalog" in suites else []
    found: dict[str, dict[str, metrics.Metrics]] = {suite: {} for suite in suites}
    if not sets and not pairs:
        print(f"no set that asks questions of a corpus in {asked.data}")
    else:
        embedder = open_embeddings(settings.embeddings, threads=settings.embedding_threads)
        try:
            async with open_house(embedder, RESULTS / "vectors.sqlite", progress) as house:
                for suite in suites:
                    results = _results(suite, house, sets, pairs)
                    found[suite] = await _run_suite(suite, results, asked.predictions)
        finally:
            embedder.close()
    for suite in suites:
        for name in absent_sets(asked.data, SUITES[suite].SETS):
            print(f"{suite}: {name} is absent from {asked.data}")
    report.write_json(RESULTS / "last.json", found)
    if asked.json:
        report.write_json(asked.json, found)


async def _results(
    suite: str, house: House, sets: list[QuestionSet], pairs: list[PairSet]
) -> AsyncIterator[Result]:
    run: Run = SUITES[suite].run
    async for result in run(house, sets):
        yield result
    for one in pairs if suite == "catalog" else []:
        yield await catalog.run_pairs(house, one)


async def _run_suite(
    suite: str, results: AsyncIterator[Result], predictions: Path | None
) -> dict[str, metrics.Metrics]:
    module = SUITES[suite]
    baselines = report.read_baselines(suite)
    found: dict[str, metrics.Metrics] = {}
    worse: list[str] = []
    print(f"\n{suite} (percent)")
    async for result in results:
        print("\n".join(report.table(result, module.COLUMNS, baselines)), flush=True)
        found[result.name] = result.metrics
        worse += report.losses(result, module.COLUMNS, baselines)
        if predictions is not None:
            report.write_predictions(predictions, result)
    for line in worse:
        print(f"worse than the accepted run: {line}")
    picture = RESULTS / f"{suite}.svg"
    if plot.draw(suite, found, baselines, module.PLOTTED, picture):
        print(f"drawn in {picture}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
