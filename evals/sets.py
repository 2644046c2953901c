"""Data sets as they lie in folders: gold files and corpora, told by the shape of their rows."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

SEED = 20261121  # turns that no knowledge answers are put to tenants drawn with it

Row = dict[str, Any]


@dataclass(frozen=True)
class QuestionSet:
    """Questions with the ids of the passages that answer them, and the passages by tenant."""

    name: str  # "xquad/en.queries.jsonl.gz": the gold file's place in the data folder
    gold: list[Row]
    corpus: list[Row]

    @property
    def is_catalogue(self) -> bool:
        """Whether the passages are things with a name and attributes."""
        return bool(self.corpus) and "attrs" in self.corpus[0]

    @cached_property
    def by_tenant(self) -> dict[str, list[Row]]:
        """The passages of each tenant."""
        held: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.corpus:
            held[str(row.get("tenant") or "")].append(row)
        return dict(held)

    @cached_property
    def tenants(self) -> dict[str, str]:
        """Whom each question (by id) is put to; a question of no tenant goes to a drawn one."""
        draw = random.Random(SEED)
        known = sorted(self.by_tenant)
        return {
            row["id"]: row["tenant"] if row.get("tenant") in self.by_tenant else draw.choice(known)
            for row in self.gold
        }


@dataclass(frozen=True)
class PairSet:
    """Pairs of records, with whether they are the same thing."""

    name: str
    gold: list[Row]


def read_rows(path: Path) -> list[Row]:
    """Every row of a JSON-lines file, packed or not."""
    packed = path.suffix == ".gz"
    with gzip.open(path, "rt", encoding="utf8") if packed else path.open(encoding="utf8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def question_sets(data: Path, train: Path) -> Iterator[QuestionSet]:
    """The sets under `data` that ask questions of a corpus; corpora may come from `train`."""
    for folder in _folders(data):
        for path in _row_files(folder):
            gold = read_rows(path)
            if not _asks(gold):
                continue
            corpus = _corpus(gold, folder) or _corpus(gold, train / folder.name)
            if corpus:
                yield QuestionSet(f"{folder.name}/{path.name}", gold, corpus)


def pair_sets(data: Path) -> Iterator[PairSet]:
    """The sets under `data` that ask whether two records are the same thing."""
    for name, _, gold in gold_files(data, "id", "left", "right", "label"):
        yield PairSet(name, gold)


def gold_files(data: Path, *keys: str) -> Iterator[tuple[str, Path, list[Row]]]:
    """Every file under `data` whose rows have these keys: its name (`set/file`), path and rows."""
    for folder in _folders(data):
        for path in _row_files(folder):
            rows = read_rows(path)
            if rows and set(keys) <= rows[0].keys():
                yield f"{folder.name}/{path.name}", path, rows


def absent_sets(data: Path, expected: tuple[str, ...]) -> list[str]:
    """Those of the expected folders that are not there."""
    return [name for name in expected if not (data / name).is_dir()]


def _folders(data: Path) -> list[Path]:
    return sorted(p for p in data.iterdir() if p.is_dir()) if data.is_dir() else []


def _row_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.name.endswith((".jsonl", ".jsonl.gz")))


def _asks(rows: list[Row]) -> bool:
    return bool(rows) and {"id", "query", "gold"} <= rows[0].keys()


def _corpus(gold: list[Row], folder: Path) -> list[Row]:
    """The passages that hold most of the gold ids, or, where nothing is gold, the tenants."""
    wanted = {found for row in gold for found in row["gold"]}
    asked = {row.get("tenant") for row in gold}
    best: list[Row] = []
    best_held = 0
    for path in _row_files(folder):
        rows = read_rows(path)
        if not rows or not _tells(rows[0]):
            continue
        held = (
            len(wanted & {r["id"] for r in rows})
            if wanted
            else len(asked & {r.get("tenant") for r in rows})
        )
        if held > best_held:
            best, best_held = rows, held
    return best


def _tells(row: Row) -> bool:
    """Whether a row is a passage: a text, or a thing with a name and attributes."""
    keys = row.keys()
    is_passage = {"id", "text"} <= keys or {"id", "title", "attrs"} <= keys
    return is_passage and not keys & {"gold", "label"}
