"""Topics: does a condition in plain words hold for the requests it describes, and for no others?

A set's labels stand for the conditions of a tenant: each label's name in plain words is the
description, three of its training rows are the examples. Every request is put to its own label and
to strangers drawn with a fixed seed, of the same business. The thresholds were set on the labels at
odd places of their list; those at even ones are judged here.
"""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.bench import Bench
from evals.label_sets import NONE, LabelSet, label_sets
from evals.report import Result
from evals.sets import SEED
from graphs.words.likeness import UsualTopics, likeness
from graphs.writing.conditions import Request, holds, texts_of

SETS = ("banking77", "clinc150", "hint3")
COLUMNS = ("held", "false_alarms", "held_examples", "false_alarms_examples")
PLOTTED = ("held", "held_examples")
STRANGERS = 10  # other labels that each request is put to
EXAMPLES = 3

Condition = Mapping[str, Any]
Row = Mapping[str, Any]


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file whose labels have examples."""
    for labels in label_sets(bench.data, bench.train):
        if labels.examples:
            yield await _judge(bench, labels)


async def _judge(bench: Bench, labels: LabelSet) -> Result:
    draw = random.Random(SEED)
    conditions = _conditions(labels, draw)
    rows = [row for row in labels.gold if row["label"] in conditions]
    vectors = await _vectors(bench, rows, conditions)
    topics = await UsualTopics().of(bench.vectors())
    found: dict[str, Any] = {}
    for suffix, keys in (("", ("about",)), ("_examples", ("about", "examples"))):
        given = {name: {k: one[k] for k in keys} for name, one in conditions.items()}
        right = [_holds(row, given[row["label"]], vectors, topics) for row in rows]
        wrong = [
            _holds(row, given[name], vectors, topics)
            for row in rows
            for name in _strangers(str(row["label"]), list(given), draw)
        ]
        found[f"held{suffix}"] = sum(right) / len(right)
        found[f"false_alarms{suffix}"] = sum(wrong) / len(wrong)
    return Result(labels.name, found, [])


def _conditions(labels: LabelSet, draw: random.Random) -> dict[str, Condition]:
    """The labels at even places as conditions."""
    names = sorted({str(row["label"]) for row in labels.examples} - {NONE})[::2]
    made: dict[str, Condition] = {}
    for name in names:
        own = [str(row["text"]) for row in labels.examples if row["label"] == name]
        about = name.replace("_", " ").replace("-", " ").strip().lower()
        made[name] = {"about": about, "examples": draw.sample(own, min(EXAMPLES, len(own)))}
    return made


def _strangers(own: str, names: Sequence[str], draw: random.Random) -> list[str]:
    others = [name for name in names if name != own]
    return draw.sample(others, min(STRANGERS, len(others)))


def _holds(
    row: Row, condition: Condition, vectors: Mapping[str, Any], topics: NDArray[np.float32]
) -> bool:
    text, subjects = str(row["text"]), texts_of(condition)
    found = likeness(vectors[text], [vectors[one] for one in subjects], topics)
    near = dict(zip(subjects, found, strict=True))
    return holds(condition, Request(text, "en"), near)


async def _vectors(
    bench: Bench, rows: Sequence[Row], conditions: Mapping[str, Condition]
) -> dict[str, Any]:
    texts = [str(row["text"]) for row in rows]
    texts += [text for one in conditions.values() for text in texts_of(one)]
    wanted = list(dict.fromkeys(texts))
    return dict(zip(wanted, await bench.vectors().embed_documents(wanted), strict=True))
