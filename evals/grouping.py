"""How well questions are grouped by meaning: `python -m evals.grouping [--data FOLDER]`.

Prints, for several thresholds beside the product's own, B-cubed precision and recall against the
labelled intents and how many groups came out. The questions arrive one by one in a fixed random
order, as they do in use, through the product's own functions.
"""

import argparse
import asyncio
import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphs.embedding.embeddings import open_embeddings
from tenants.lessons import question_groups
from tenants.lessons.question_groups import Group, Wording, as_compared, moved, wording

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SETS = {
    "natcs banking": ("natcs/banking.jsonl.gz", None),
    "clinc150 banking": ("clinc150/test.jsonl.gz", "banking"),
    "clinc150 travel": ("clinc150/test.jsonl.gz", "travel"),
    "banking77": ("banking77/test.jsonl.gz", None),
    "hint3 curekart": ("hint3/curekart.train.jsonl", None),
}
THRESHOLDS = (0.54, 0.58, question_groups.SAME, 0.66, 0.70, 0.74)
SEED = 7
MAX_WORDINGS = 5  # kept of a group, as the suggestion keeps them


@dataclass(frozen=True, slots=True)
class Result:
    """B-cubed precision and recall, and the numbers of groups and of labels."""

    precision: float
    recall: float
    groups: int
    labels: int


def group(
    vectors: NDArray[np.float32], wordings: Sequence[Wording], *, same: float, model_id: str
) -> list[int]:
    """The group of each question, given in the order in which they were asked."""
    groups: list[Group] = []
    members: list[int] = []
    found: list[int] = []
    for vector, asked in zip(vectors, wordings, strict=True):
        place = question_groups.nearest(asked, vector, groups, model_id=model_id, same=same)
        if place is None:
            groups.append(Group(vector, [asked]))
            members.append(1)
            found.append(len(groups) - 1)
            continue
        old = groups[place]
        kept = [*old.wordings, asked][:MAX_WORDINGS]
        groups[place] = Group(moved(old.middle, members[place], vector), kept)
        members[place] += 1
        found.append(place)
    return found


def judge(found: Sequence[int], labels: Sequence[str]) -> Result:
    """B-cubed: for each question, how much of its group is of its label, and the other way round."""
    of_group, of_label = Counter(found), Counter(labels)
    both = Counter(zip(found, labels, strict=True))
    n = len(labels)
    precision = sum(count * count / of_group[place] for (place, _), count in both.items()) / n
    recall = sum(count * count / of_label[label] for (_, label), count in both.items()) / n
    return Result(precision, recall, len(of_group), len(of_label))


def read_set(folder: Path, path: str, tenant: str | None) -> list[tuple[str, str]]:
    """(question, label) in the fixed random order; out-of-scope rows have no label to group by."""
    file = folder / path
    packed = file.read_bytes()
    text = (gzip.decompress(packed) if file.suffix == ".gz" else packed).decode()
    rows = [json.loads(line) for line in text.splitlines() if line]
    kept = [
        (row["text"], row["label"])
        for row in rows
        if row["label"] != "OOS" and tenant in (None, row.get("tenant"))
    ]
    random.Random(SEED).shuffle(kept)
    return kept


async def _main(folder: Path) -> None:
    embedder = open_embeddings("local:minilm", threads=2)
    shown = [f"{t:.2f}{'*' if t == question_groups.SAME else ''}" for t in THRESHOLDS]
    print("| set | questions / intents |", " | ".join(shown), "|")
    print("| --- | --- |", " | ".join("---" for _ in shown), "|")
    for name, (path, tenant) in SETS.items():
        if not (folder / path).is_file():
            print(f"| {name} | absent |")
            continue
        rows = read_set(folder, path, tenant)
        vectors = await embedder.embed_documents([as_compared(text) for text, _ in rows])
        wordings = [wording(text) for text, _ in rows]
        labels = [label for _, label in rows]
        cells: list[str] = []
        for same in THRESHOLDS:
            found = group(vectors, wordings, same=same, model_id=embedder.model_id)
            result = judge(found, labels)
            cells.append(f"{result.precision:.0%} / {result.recall:.0%}, {result.groups}")
        print(f"| {name} | {len(rows)} / {len(set(labels))} |", " | ".join(cells), "|")
    embedder.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    asyncio.run(_main(parser.parse_args().data))
