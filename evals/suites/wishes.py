"""Wishes for a person: is every one heard, and how often is one heard where there is none?

Misses are counted on a list of phrasings of our own (`evals/data/wishes.jsonl`), by language. Its
half `tuned` shaped the grammar; `aside` and `later` were first measured and looked at afterwards,
so that today's figure flatters all three: what it said of unseen phrasings is in
`docs/decisions/0011`. False alarms are counted on every turn of the intent sets, train parts
included, whose label is no wish for a person.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from evals.bench import Bench
from evals.metrics import Metrics
from evals.report import Result
from evals.sets import Row, gold_files
from graphs.understanding.wishes import wants_person

SETS = ("banking77", "banking77-oos", "clinc150", "hint3", "nlupp")
COLUMNS = ("missed", "missed_by_keywords", "false_alarms", "false_alarms_by_keywords")
PLOTTED = COLUMNS
PHRASINGS = Path(__file__).resolve().parents[1] / "data" / "wishes.jsonl"
_WISH_LABEL = re.compile(r"agent|handoff|human|operator|representative|call_center|callback", re.I)
_KEYWORDS = re.compile(
    r"\b(?:human|agent|operator|representative|real person|customer service|supervisor|manager"
    r"|mensch|mitarbeiter|kundenservice|humano|agente|operador|persona|humain|conseiller|personne"
    r"|umano|operatore|atendente|pessoa)\b",
    re.IGNORECASE,
)


async def run(bench: Bench) -> AsyncIterator[Result]:
    """The phrasings by language, then the turns of every intent set, file by file."""
    phrasings = [json.loads(line) for line in PHRASINGS.read_text("utf8").splitlines()]
    for language in dict.fromkeys(str(row["language"]) for row in phrasings):
        yield _missed(language, [row for row in phrasings if row["language"] == language])
    for key in ("label", "intents"):
        for name, _, rows in gold_files(bench.data, "id", "text", key):
            plain = [row for row in rows if not _is_wish(row, key)]
            if plain and name.split("/")[0] in SETS:
                yield _false_alarms(name, plain)


def _missed(language: str, rows: list[Row]) -> Result:
    missed = [row for row in rows if not wants_person(row["text"])]
    for row in missed:
        print(f"  missed: {row['id']} {row['text']}")
    found: Metrics = {
        "missed": len(missed) / len(rows),
        "missed_by_keywords": 1 - _share(_by_keywords, rows),
        "phrasings": len(rows),
    }
    for half in dict.fromkeys(str(row["half"]) for row in rows):
        part = [row for row in rows if row["half"] == half]
        found[f"missed_{half}"] = 1 - _share(wants_person, part)
    return Result(f"phrasings/{language}", found, _predictions(rows))


def _false_alarms(name: str, rows: list[Row]) -> Result:
    found: Metrics = {
        "false_alarms": _share(wants_person, rows),
        "false_alarms_by_keywords": _share(_by_keywords, rows),
        "turns": len(rows),
    }
    return Result(name, found, _predictions(rows))


def _predictions(rows: Iterable[Row]) -> list[dict[str, object]]:
    return [{"id": row["id"], "wants_person": wants_person(row["text"])} for row in rows]


def _share(heard: Callable[[str], bool], rows: list[Row]) -> float:
    return sum(heard(row["text"]) for row in rows) / len(rows)


def _by_keywords(text: str) -> bool:
    """The baseline: any word for a person at all."""
    return _KEYWORDS.search(text) is not None


def _is_wish(row: Row, key: str) -> bool:
    """Whether the turn's label, or one of its labels, is itself a wish for a person."""
    labels = row[key] if isinstance(row[key], list) else [row[key]]
    return any(_WISH_LABEL.search(str(label)) for label in labels)
