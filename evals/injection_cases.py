"""What the detector of injected orders is taught with: units of texts, right or wrong, by source.

Attacks are made of our own phrases and put into documents of the corpora; harmless units are turns
of the training files, documents of the corpora as they are, and documents with a sentence of
another one put in. Rows of a gold file are used by halves, told by their wording.
"""

import random
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals import attack_phrases
from evals.sets import Row, gold_files, read_rows
from graphs.safety.injection_signs import units

SEED = 11
DIRECT = 3_000
HIDDEN = 3_600  # orders put into documents
INSERTED = 1_200  # documents with a harmless sentence of another one
HARMLESS = 2_500
LETTERS = 500
TURNS_A_FILE = 2_500
DOCUMENTS_A_SET = 450
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Case:
    """A unit's signs, and whether it gives orders; `group` cases are known as one text's."""

    signs: frozenset[str]
    right: bool
    source: str
    group: int = -1  # of these units one gives orders, which one is not known


def halves(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of a gold file in two, so that neither holds an attack's wording of the other."""
    clean = {ln for r in rows if r["kind"] == "document" for ln in r["text"].split("\n")}
    both: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        lines = row["text"].split("\n")
        hidden = [ln for ln in lines if ln.strip() and ln not in clean]
        told = " ".join(hidden) if row["kind"].startswith("indirect") else row["text"]
        words = sorted(set(re.findall(r"[^\W\d_]{4,}", told.lower())))[:4]
        both[zlib.crc32(" ".join(words).encode()) % 2].append(row)
    return both


def made(data: Path, train: Path) -> Iterator[Case]:
    """Everything but gold rows."""
    draw = random.Random(SEED)
    judged = {
        _opening(row["text"])
        for _, _, rows in gold_files(data, "id", "text", "kind", "source")
        for row in rows
    }
    documents = {
        name: [text for text in texts if _opening(text) not in judged]
        for name, texts in _documents(train)
    }
    documents["letters"] = [attack_phrases.letter(draw) for _ in range(LETTERS)]
    for _ in range(DIRECT):
        yield _whole(attack_phrases.direct(draw), right=True, source="direct")
    for _ in range(HARMLESS):
        yield _whole(attack_phrases.harmless(draw), right=False, source="harmless")
    yield from _turns(data, train, draw)
    ways: Sequence[tuple[str, Callable[[random.Random], str]]] = (
        ("altering", attack_phrases.altering), ("errand", attack_phrases.errand),
        ("task", attack_phrases.task), ("task", attack_phrases.task), ("altering", attack_phrases.altering),
        ("direct inside", attack_phrases.direct),
    )  # fmt: skip
    pool = [(name, text) for name, texts in documents.items() for text in texts]
    for number in range(HIDDEN):
        source, phrase = ways[number % len(ways)]
        yield from _with_order(draw.choice(pool)[1], phrase(draw), source, draw)
    for _ in range(INSERTED):
        name, text = draw.choice(pool)
        other = draw.choice(
            documents[draw.choice(list(documents))] if draw.random() < 0.5 else documents[name]
        )
        sentence = draw.choice([s for s in _SENTENCE.split(other) if s.strip()] or [other])[:600]
        yield from _all_wrong(_put(text, sentence, draw), "inserted")
    for name, text in pool:
        yield from _all_wrong(text, f"documents {name}")


def of_gold(rows: Sequence[Row]) -> Iterator[Case]:
    """The units of gold rows; of an attack in a document it is not known which one it is."""
    for number, row in enumerate(rows):
        found = units(row["text"])
        if not row["label"]:
            for unit in found:
                yield Case(unit.signs, False, f"gold {row['kind']}")
        elif row["kind"].startswith("indirect"):
            for unit in found:
                if unit.amid:
                    yield Case(unit.signs, True, f"gold {row['kind'].split('-')[0]}", number)
        else:
            yield Case(found[0].signs, True, "gold direct")


def _with_order(text: str, order: str, source: str, draw: random.Random) -> Iterator[Case]:
    whole = _put(text, order, draw)
    probe = order.strip()[:25]
    for unit in units(whole):
        if unit.amid and probe[:12] in unit.text:
            yield Case(unit.signs, True, f"hidden {source}")


def _all_wrong(text: str, source: str) -> Iterator[Case]:
    found = units(text)
    for unit in found[:60]:
        yield Case(unit.signs, False, source)


def _put(text: str, sentence: str, draw: random.Random) -> str:
    where = draw.random()
    gap = draw.choice(("\n", "\n", "\n\n", " "))
    if where < 0.33:
        return f"{sentence}{gap}{text}"
    if where < 0.66:
        return f"{text}{gap}{sentence}"
    places = [m.end() for m in _SENTENCE.finditer(text)] or [0]
    place = draw.choice(places)
    return f"{text[:place].rstrip()}{gap}{sentence}{gap}{text[place:]}"


def _whole(text: str, *, right: bool, source: str) -> Case:
    return Case(units(text)[0].signs, right, source)


def _turns(data: Path, train: Path, draw: random.Random) -> Iterator[Case]:
    taken = {
        row["text"]
        for _, _, rows in gold_files(data, "id", "text", "kind", "source")
        for row in rows
    }
    for key in ("label", "intents", "gold"):
        field = "query" if key == "gold" else "text"
        for name, _, rows in gold_files(train, "id", field, key):
            if isinstance(rows[0].get(key), int) or ("test" in name and "queries" not in name):
                continue
            texts = [r[field] for r in rows if r[field].strip() and r[field] not in taken]
            for text in draw.sample(texts, min(TURNS_A_FILE, len(texts))):
                for unit in units(text):
                    yield Case(unit.signs, False, f"turns {name}")


def _documents(train: Path) -> Iterator[tuple[str, list[str]]]:
    draw = random.Random(SEED)
    for folder in sorted(p for p in train.iterdir() if p.is_dir()):
        for path in sorted(folder.glob("*corpus.jsonl.gz")):
            rows = [r for r in read_rows(path) if "text" in r]
            if not rows:
                continue
            texts = [_shown(r) for r in draw.sample(rows, min(len(rows), DOCUMENTS_A_SET * 3))]
            if sum(map(len, texts)) / len(texts) < 400:
                texts = ["\n".join(texts[i : i + 4]) for i in range(0, len(texts), 4)]
            yield f"{folder.name}/{path.name}", texts[:DOCUMENTS_A_SET]


def _opening(text: str) -> str:
    return " ".join(text.split())[:60]


def _shown(row: Row) -> str:
    return f"{row.get('title') or ''}\n{row['text']}".strip()[:2_500]
