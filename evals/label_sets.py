"""Sets of requests with labels, and the examples that a tenant would have given."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.label_metrics import NONE
from evals.sets import Row, gold_files, read_rows


@dataclass(frozen=True)
class LabelSet:
    """Requests to be labelled; `examples` is empty where there is nothing to learn from."""

    name: str
    gold: list[Row]
    examples: list[Row]

    @property
    def has_strangers(self) -> bool:
        """Whether some requests have none of the labels."""
        return any(row.get("label") == NONE for row in self.gold)


def label_sets(data: Path, train: Path) -> Iterator[LabelSet]:
    """The gold files under `data` whose rows have a text and one label in words."""
    for name, path, rows in gold_files(data, "id", "text", "label"):
        if isinstance(rows[0]["label"], str) and "edits" not in rows[0] and not _teaches(path.name):
            yield LabelSet(name, rows, _examples(path, train / path.parent.name))


def many_label_sets(data: Path, train: Path) -> Iterator[LabelSet]:
    """The gold files under `data` whose requests may have several labels."""
    for name, path, rows in gold_files(data, "id", "text", "intents"):
        if "segments" not in rows[0] and not _teaches(path.name):
            yield LabelSet(name, rows, _examples(path, train / path.parent.name))


def _teaches(name: str) -> bool:
    return "train" in name.split(".jsonl")[0].replace("_", ".").split(".")


def _examples(path: Path, beside: Path) -> list[Row]:
    """What the file named like this one but for `train` teaches, here or in the other folder.

    A file of nothing but requests without a label teaches every set of its folder.
    """
    for folder in (path.parent, beside):
        found: list[Row] = []
        for file in sorted(folder.glob("*.jsonl*")) if folder.is_dir() else []:
            if not _teaches(file.name) or file == path:
                continue
            rows = read_rows(file)
            if _is_of(path.name, file.name) or all(row.get("label") == NONE for row in rows):
                found += rows
        if any("intents" in row or row["label"] != NONE for row in found):
            return found
    return []


def _is_of(gold: str, teacher: str) -> bool:
    """Whether both names begin alike: `shop.test` and `shop.train`, or `test` and `train`."""
    prefixes = [name.split(".jsonl")[0].rpartition(".")[0] for name in (gold, teacher)]
    return prefixes[0] == prefixes[1] and (bool(prefixes[0]) or teacher.startswith("train"))
