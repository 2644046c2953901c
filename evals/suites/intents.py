"""Intents: does a request get the right one of a tenant's labels, and none where none fits?

The product's own head is trained on the examples, as a tenant's would be; the border beyond which
a request has no label is learnt from the examples alone and never read on the gold rows.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from evals import curves, label_metrics
from evals.bench import Bench
from evals.label_sets import NONE, LabelSet, label_sets
from evals.report import Result
from graphs.label_head import LabelHead, Labelled, Taught

SETS = ("banking77", "banking77-oos", "clinc150", "hint3")
COLUMNS = (
    "in_scope_acc_forced", "oos_auroc", "oos_f1_oracle", "in_scope_acc", "oos_recall", "oos_f1",
    "acc_all",
)  # fmt: skip
PLOTTED = ("in_scope_acc_forced", "oos_auroc")
BORDER = 0.5  # the chance below which a request has none of the labels


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file that has examples, and one for each kind of strangers in it."""
    for labels in label_sets(bench.data, bench.train):
        if not labels.examples:
            print(f"intents: {labels.name} has no examples to learn from")
            continue
        found = await _label(bench, labels)
        predictions = [
            {
                "id": row["id"],
                "label": one.label,
                "score": round(one.confidence, 6),
                "known": row["label"] != NONE,
            }
            for row, one in zip(labels.gold, found, strict=True)
        ]
        yield Result(
            labels.name, label_metrics.classify(labels.gold, predictions, BORDER), predictions
        )
        for kind in _stranger_kinds(labels.gold):
            rows = [row for row in labels.gold if row["label"] != NONE or row["kind"] == kind]
            figures = label_metrics.classify(rows, predictions, BORDER)
            yield Result(f"{labels.name}:{kind}", figures, [])


async def _label(bench: Bench, labels: LabelSet) -> list[Labelled]:
    texts = [str(row["text"]) for row in labels.examples]
    vectors = await bench.vectors().embed_documents(texts)
    asked = [str(row["text"]) for row in labels.gold]
    asked_vectors = await bench.vectors().embed_documents(asked)
    began = time.perf_counter()
    names = [None if row["label"] == NONE else str(row["label"]) for row in labels.examples]
    head = await asyncio.to_thread(LabelHead.train, Taught(texts, names, vectors))
    trained = time.perf_counter()
    found = [
        one
        for start in range(0, len(asked), 256)
        for one in head.label(asked[start : start + 256], asked_vectors[start : start + 256])
    ]
    taken = 1_000 * (time.perf_counter() - trained) / max(len(asked), 1)
    print(f"\n{labels.name}: {len(texts)} examples trained in {trained - began:.1f} s, "
          f"{taken:.2f} ms a request")  # fmt: skip
    return found


def _stranger_kinds(gold: Sequence[dict[str, Any]]) -> list[str]:
    return sorted({str(row["kind"]) for row in gold if row["label"] == NONE and "kind" in row})


def pictures(results: list[Result], folder: Path) -> list[Path]:
    """How requests with a label are told from strangers, and what is risked by answering."""
    lines = [
        curves.Curve(
            result.name.replace(".jsonl.gz", "").replace(".jsonl", ""),
            [float(row["score"]) for row in result.predictions],
            [bool(row["known"]) for row in result.predictions],
        )
        for result in results
        if "oos_auroc" in result.metrics and result.predictions
    ]
    if not lines:
        return []
    title = "intents: whether a request has one of the tenant's labels"
    return [curves.draw(title, lines, folder / "intents-curves.svg", threshold=BORDER)]
