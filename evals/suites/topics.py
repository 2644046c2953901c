"""Topics: does a condition in plain words hold for the requests it describes, and for no others?

A set's labels stand for the conditions of a tenant: each label's name in plain words is the
description, three of its training rows are the examples. Every request is put to its own label and
to strangers drawn with a fixed seed. Half of the labels (odd places) is for setting the threshold,
the other half for judging it.
"""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import numpy as np

from evals.bench import Bench
from evals.label_sets import NONE, LabelSet, label_sets
from evals.report import Result
from evals.sets import SEED
from graphs.conditions import MATCHES, Request, closeness, texts_of

SETS = ("banking77", "clinc150", "hint3")
COLUMNS = (
    "held",
    "false_alarms",
    "held_examples",
    "false_alarms_examples",
    "auroc",
    "auroc_examples",
)
PLOTTED = ("held", "held_examples")
STRANGERS = 10  # other labels that each request is put to
EXAMPLES = 3


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file whose labels have examples."""
    for labels in label_sets(bench.data, bench.train):
        if labels.examples:
            yield await _judge(bench, labels)


async def _judge(bench: Bench, labels: LabelSet) -> Result:
    names = sorted({str(row["label"]) for row in labels.examples} - {NONE})[::2]
    rows = [row for row in labels.gold if row["label"] in set(names)]
    draw = random.Random(SEED)
    own = {name: [r["text"] for r in labels.examples if r["label"] == name] for name in names}
    conditions = {
        name: {
            "about": _plain(name),
            "examples": draw.sample(own[name], min(EXAMPLES, len(own[name]))),
        }
        for name in names
    }
    vectors = await _vectors(bench, rows, conditions)
    found: dict[str, Any] = {}
    for suffix, keys in (("", ("about",)), ("_examples", ("about", "examples"))):
        right: list[float] = []
        wrong: list[float] = []
        for row in rows:
            others = draw.sample(
                [n for n in names if n != row["label"]], min(STRANGERS, len(names) - 1)
            )
            right.append(_near(row, conditions[row["label"]], keys, vectors))
            wrong += [_near(row, conditions[name], keys, vectors) for name in others]
        found |= {
            f"held{suffix}": float(np.mean(np.array(right) >= MATCHES)),
            f"false_alarms{suffix}": float(np.mean(np.array(wrong) >= MATCHES)),
            f"auroc{suffix}": _auroc(right, wrong),
        }
    return Result(labels.name, found, [])


def _near(
    row: Mapping[str, Any],
    condition: Mapping[str, Any],
    keys: Sequence[str],
    vectors: Mapping[str, Any],
) -> float:
    request = Request(str(row["text"]), "en")
    texts = texts_of({key: condition[key] for key in keys})
    return max(
        closeness(text, request, float(vectors[text] @ vectors[request.text])) for text in texts
    )


async def _vectors(
    bench: Bench, rows: Sequence[Mapping[str, Any]], conditions: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    texts = list(
        dict.fromkeys(
            [str(r["text"]) for r in rows] + [t for c in conditions.values() for t in texts_of(c)]
        )
    )
    made = await bench.vectors().embed_documents(texts)
    return dict(zip(texts, made, strict=True))


def _plain(label: str) -> str:
    return label.replace("_", " ").replace("-", " ").strip().lower()


def _auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    order = np.argsort(np.concatenate([right, wrong]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    n, m = len(right), len(wrong)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))
