"""Sets of requests with a label each, and the examples that a tenant would have given."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.sets import Row, gold_files, read_rows

NONE = "OOS"  # the label of what no label fits


@dataclass(frozen=True)
class LabelSet:
    """Requests to be labelled; `examples` is empty where there is nothing to learn from."""

    name: str
    gold: list[Row]
    examples: list[Row]


def label_sets(data: Path, train: Path) -> Iterator[LabelSet]:
    """The gold files under `data` whose rows have a text and one label in words."""
    for name, path, rows in gold_files(data, "id", "text", "label"):
        if not isinstance(rows[0]["label"], str) or _teaches(path.name):
            continue
        yield LabelSet(name, rows, _examples(path, train / path.parent.name))


def _teaches(name: str) -> bool:
    return "train" in name.split(".jsonl")[0].replace("_", ".").split(".")


def _examples(path: Path, beside: Path) -> list[Row]:
    """Of the file that is named like this one but for `train`, here or in the other folder."""
    stem = path.name.split(".jsonl")[0]
    wanted = {"train", f"{stem.rpartition('.')[0]}.train" if "." in stem else "train"}
    for folder in (path.parent, beside):
        files = sorted(folder.glob("*.jsonl*")) if folder.is_dir() else []
        for found in files:
            if found.name.split(".jsonl")[0] in wanted and (
                "." not in stem or found.name.startswith(stem.partition(".")[0])
            ):
                return [row for row in read_rows(found) if row["label"] != NONE]
    return []
