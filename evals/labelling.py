"""The product's head over a set of requests: learnt from its examples as a tenant's would be."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from evals import label_metrics
from evals.bench import Bench
from evals.label_metrics import NONE
from evals.label_sets import LabelSet
from evals.report import Result
from graphs.labelling.label_head import Labelled
from graphs.labelling.label_learning import train
from graphs.labelling.labels import KNOWN
from tenants.configuring.intent_examples import Example
from tenants.finding.asking import embed_question, plain_question

AT_ONCE = 256
MOST = 50  # labels a request that are looked at
NOBODY = UUID(int=0)


async def label(bench: Bench, labels: LabelSet) -> list[list[Labelled]]:
    """The likeliest labels of every request, best first; printed beside: seconds and milliseconds."""
    taught = await _taught(bench, labels.examples)
    asked = [str(row["text"]) for row in labels.gold]
    vectors = await question_vectors(bench, asked)
    began = time.perf_counter()
    head = await asyncio.to_thread(train, taught)
    if head is None:
        return [[] for _ in asked]
    trained = time.perf_counter()
    found = [
        one
        for start in range(0, len(asked), AT_ONCE)
        for one in head.ranked(
            asked[start : start + AT_ONCE], vectors[start : start + AT_ONCE], most=MOST
        )
    ]
    taken = 1_000 * (time.perf_counter() - trained) / max(len(asked), 1)
    print(f"\n{labels.name}: {len(taught)} examples learnt in {trained - began:.1f} s, "
          f"{taken:.2f} ms a request")  # fmt: skip
    return found


async def one_label(bench: Bench, labels: LabelSet) -> list[dict[str, Any]]:
    """A prediction a request, as `score.py` reads it; kept by the bench, for two suites ask."""
    if labels.name not in bench.labelled:
        found = await label(bench, labels)
        bench.labelled[labels.name] = [
            {
                "id": row["id"],
                "label": ranked[0].label if ranked else NONE,
                "score": round(ranked[0].confidence, 6) if ranked else 0.0,
                "known": row["label"] != NONE,
                "right": bool(ranked) and ranked[0].label == row["label"],
            }
            for row, ranked in zip(labels.gold, found, strict=True)
        ]
    return bench.labelled[labels.name]


def judged(labels: LabelSet, predictions: list[dict[str, Any]]) -> list[Result]:
    """The set's figures, and those of each kind of strangers in it."""
    figures = label_metrics.classify(labels.gold, predictions, KNOWN)
    found = [Result(labels.name, figures, predictions)]
    for kind in _stranger_kinds(labels.gold):
        rows = [row for row in labels.gold if row["label"] != NONE or row["kind"] == kind]
        figures = label_metrics.classify(rows, predictions, KNOWN)
        found.append(Result(f"{labels.name}:{kind}", figures, []))
    return found


async def many_labels(bench: Bench, labels: LabelSet) -> list[dict[str, Any]]:
    """A prediction a request that may have several labels, as `score.py` reads it."""
    return [
        {
            "id": row["id"],
            "intents": sorted(one.label for one in ranked if one.confidence >= KNOWN),
        }
        for row, ranked in zip(labels.gold, await label(bench, labels), strict=True)
    ]


async def question_vectors(bench: Bench, texts: Sequence[str]) -> NDArray[np.float32]:
    """One row a text, embedded as a turn embeds a question."""
    asked = [await embed_question(bench.vectors(), text) for text in texts]
    return np.stack([one.vector for one in asked])


def _stranger_kinds(gold: Sequence[dict[str, Any]]) -> list[str]:
    return sorted({str(row["kind"]) for row in gold if row["label"] == NONE and "kind" in row})


async def _taught(bench: Bench, rows: Sequence[dict[str, Any]]) -> list[Example]:
    """The examples as they are stored: one for each label of a text, or one of no label."""
    texts = [plain_question(str(row["text"])) for row in rows]
    vectors = await bench.vectors().embed_documents(texts)
    return [
        Example(NOBODY, place, name, str(row["text"]), vector.tobytes())
        for place, (row, vector) in enumerate(zip(rows, vectors, strict=True))
        for name in _names(row)
    ]


def _names(row: dict[str, Any]) -> list[str | None]:
    if "intents" in row:
        return list(row["intents"]) or [None]
    return [None if row["label"] == NONE else str(row["label"])]
