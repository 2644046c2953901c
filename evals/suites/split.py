"""Split: are the requests of a message told apart, and a single one left whole?

Rows with `segments` are cut by the function that the `split` node calls, without a model. Whether
it cuts at all is the gate before a model is asked: how often it is right about "several", and its
time, stand below. Rows that also name their `intents` go through the whole machine, see
`evals/coverage.py`. Real turns with one label (`id`, `text`, `label`) are single requests nearly
always: the share of them that is cut is printed beside.
"""

import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import numpy as np

from evals import metrics
from evals.bench import Bench
from evals.coverage import covered
from evals.report import Result
from evals.sets import Row, gold_files
from graphs.understanding.splitting import split_text
from tenants.finding.languages import detect

SETS = ("customer-multi", "mixsnips")
COLUMNS = (
    "count_acc", "exact", "segment_f1", "oversplit_rate", "missed_split_rate", "coverage",
    "handed_over", "right_entry",
)  # fmt: skip
PLOTTED = ("exact", "segment_f1", "coverage")
GATE_MS = 5


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file, then one a kind of its rows; then the shares of real turns cut."""
    took: list[float] = []
    for name, _, gold in gold_files(bench.data, "id", "text", "segments"):
        cut = [_cut(row["text"], took) for row in gold]
        predictions = [{"id": r["id"], "segments": c} for r, c in zip(gold, cut, strict=True)]
        found = split_metrics(gold, cut)
        if "intents" in gold[0]:
            ended = await covered(await bench.house(), name, gold)
            found |= ended.figures()
        yield Result(name, found, predictions)
        _print_kinds(gold, cut)
        _print_gate(found, gold, cut)
    for name, _, gold in gold_files(bench.data, "id", "text", "label"):
        if "test" in name and isinstance(gold[0]["label"], str):
            share = np.mean([len(_cut(row["text"], took)) > 1 for row in gold])
            print(f"  {name}: {100 * share:.1f} % of {len(gold):,} real turns cut")
    if took:
        low, high, rare = np.percentile(took, (50, 95, 99.9))
        said = f"{low:.2f} ms (p50), {high:.2f} ms (p95), {rare:.2f} ms (p99.9)"
        print(f"  the gate, splitting included, takes {said} of processor time; goal: {GATE_MS} ms")


def split_metrics(gold: Sequence[Row], cut: Sequence[Sequence[str]]) -> metrics.Metrics:
    """Right counts, right segments in order, their F1; singles cut and several left whole."""
    wanted = [_plain(row["segments"]) for row in gold]
    found = [_plain(parts) for parts in cut]
    pairs = list(zip(wanted, found, strict=True))
    hits = sum(sum((Counter(a) & Counter(b)).values()) for a, b in pairs)
    result: metrics.Metrics = {
        "n": len(gold),
        "count_acc": sum(len(a) == len(b) for a, b in pairs) / len(pairs),
        "exact": sum(a == b for a, b in pairs) / len(pairs),
        "segment_f1": 2 * hits / (sum(map(len, wanted)) + sum(map(len, found))),
    }
    one = [len(b) > 1 for a, b in pairs if len(a) == 1]
    several = [len(b) == 1 for a, b in pairs if len(a) > 1]
    if one:
        result["oversplit_rate"] = sum(one) / len(one)
    if several:
        result["missed_split_rate"] = sum(several) / len(several)
    return result


def _print_kinds(gold: Sequence[Row], cut: Sequence[Sequence[str]]) -> None:
    for kind in sorted({str(row["kind"]) for row in gold if "kind" in row}):
        of_kind = [(r, c) for r, c in zip(gold, cut, strict=True) if r.get("kind") == kind]
        found = split_metrics([r for r, _ in of_kind], [c for _, c in of_kind])
        figures = ", ".join(f"{c} {100 * found[c]:.1f}" for c in COLUMNS if c in found)
        print(f"  {kind} ({len(of_kind):,}): {figures}")


def _print_gate(found: metrics.Metrics, gold: Sequence[Row], cut: Sequence[Sequence[str]]) -> None:
    several = [len(row["segments"]) > 1 for row in gold]
    said = [len(parts) > 1 for parts in cut]
    both = sum(a and b for a, b in zip(several, said, strict=True))
    neither = sum(not a and not b for a, b in zip(several, said, strict=True))
    print(
        f"  gate, several requests: precision {_share(both, sum(said))},"
        f" recall {_share(both, sum(several))}; one request: precision"
        f" {_share(neither, len(said) - sum(said))}, recall"
        f" {_share(neither, len(said) - sum(several))}"
    )
    if "coverage" in found:
        print(
            f"  covered {100 * found['coverage']:.1f} (goal 95),"
            f" of all requests handed over {100 * found['handed_over']:.1f}"
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "–"


def _cut(text: str, took: list[float]) -> list[str]:
    language = detect(text)
    began = time.thread_time()  # the processor's: the same on a busy machine
    parts = split_text(text, language)
    took.append(1_000 * (time.thread_time() - began))
    return parts


def _plain(parts: Sequence[str]) -> list[str]:
    plain = [re.sub(r"\W+", " ", part.lower()).strip() for part in parts]
    return [part for part in plain if part]
