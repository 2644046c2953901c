"""Intents: does a request get the right one of a tenant's labels, and none where none fits?

The product's own head is trained on the examples, as a tenant's would be; the border beyond which
a request has no label is learnt from the examples alone and never read on the gold rows. Requests
that may have several labels get them all; where a set teaches nothing, its requests are grouped as
the product groups what nobody could answer.
"""

from collections.abc import AsyncIterator
from pathlib import Path

from evals import curves, grouping, label_metrics
from evals.bench import Bench
from evals.label_sets import LabelSet, label_sets, many_label_sets
from evals.labelling import judged, many_labels, one_label
from evals.report import Result
from graphs.labelling.labels import KNOWN
from tenants.lessons import question_groups

SETS = ("banking77", "banking77-oos", "clinc150", "hint3", "natcs", "nlupp")
COLUMNS = (
    "in_scope_acc_forced", "oos_auroc", "oos_f1_oracle", "in_scope_acc", "oos_recall", "oos_f1",
    "acc_all", "micro_f1", "set_acc", "nmi", "purity", "inverse_purity",
)  # fmt: skip
PLOTTED = ("in_scope_acc_forced", "oos_auroc")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file, and one for each kind of strangers in it."""
    for labels in label_sets(bench.data, bench.train):
        if not labels.examples:
            if not labels.has_strangers:
                yield await _grouped(bench, labels)
            continue
        for result in judged(labels, await one_label(bench, labels)):
            yield result
    for labels in many_label_sets(bench.data, bench.train):
        if labels.examples:
            predictions = await many_labels(bench, labels)
            figures = label_metrics.many(labels.gold, predictions)
            yield Result(labels.name, figures, predictions)


async def _grouped(bench: Bench, labels: LabelSet) -> Result:
    """The product's groups of questions, met in the set's order."""
    texts = [str(row["text"]) for row in labels.gold]
    vectors = await bench.vectors().embed_documents([
        question_groups.as_compared(text) for text in texts
    ])  # fmt: skip
    groups = grouping.group(
        vectors,
        [question_groups.wording(text) for text in texts],
        same=question_groups.SAME,
        model_id=bench.vectors().model_id,
    )
    predictions = [
        {"id": row["id"], "cluster": place} for row, place in zip(labels.gold, groups, strict=True)
    ]
    return Result(labels.name, label_metrics.clusters(labels.gold, predictions), predictions)


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
    return [curves.draw(title, lines, folder / "intents-curves.svg", threshold=KNOWN)]
