"""Spelling: is a misspelt word restored, and a right one left alone?

Rows with `typo` and `correct` are single words that no list holds: the near words are ranked.
Rows with `edits` are whole turns, a part of them clean, mended as the graph mends a message. A
frequency list of the set's own (rows of `word` and `count`) takes the place of the product's
counts. Rows of a set that may not be used for a product are measured, never learnt from. Sets with
knowledge show what a tenant's own words add (`evals/own_words.py`).
"""

import re
import time
from collections.abc import AsyncIterator, Sequence

import numpy as np

from evals import metrics, own_words
from evals.bench import Bench
from evals.report import Result
from evals.sets import Row, gold_files
from graphs.words.common_words import read_english
from graphs.words.spelling import Speller, applied

SETS = ("spelling",)
COLUMNS = (
    "acc", "acc@5", "sentence_fixed", "clean_kept", "token_p", "token_r", "token_f1",
    "word_fixed", "own_fixed",
)  # fmt: skip
PLOTTED = ("acc", "acc@5", "sentence_fixed", "clean_kept")
_TOKENS = re.compile(r"[a-z0-9']+")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file; the figures of each source of its words beside."""
    words = list(gold_files(bench.data, "typo", "correct"))
    turns = list(gold_files(bench.data, "text", "clean", "edits"))
    if not words and not turns:
        return
    english = read_english(_own_list(bench))
    speller = Speller(english)
    for name, _, gold in words:
        ranked = [speller.ranked(row["typo"]) for row in gold]
        predictions = [{"id": r["id"], "ranked": c} for r, c in zip(gold, ranked, strict=True)]
        yield Result(name, word_metrics(gold, ranked), predictions)
        _print_sources(gold, ranked)
    for name, _, gold in turns:
        took: list[float] = []
        mended = [_mended(speller, row["text"], took) for row in gold]
        predictions = [{"id": r["id"], "text": t} for r, t in zip(gold, mended, strict=True)]
        yield Result(name, turn_metrics(gold, mended), predictions)
        low, high = np.percentile(took, (50, 95))
        print(f"  mending a turn took {low:.2f} ms (p50), {high:.2f} ms (p95)")
    misspelt = [row for _, _, gold in words for row in gold]
    for questions in bench.questions() if misspelt else ():
        found = None if questions.is_catalogue else own_words.measured(questions, misspelt, english)
        if found is not None:
            yield Result(questions.name, found, [])


def word_metrics(gold: Sequence[Row], ranked: Sequence[Sequence[str]]) -> metrics.Metrics:
    """How often the right word comes first, and among the first five."""
    pairs = [
        (row["correct"], list(r) or [row["typo"]]) for row, r in zip(gold, ranked, strict=True)
    ]
    return {
        "n": len(pairs),
        "acc": sum(r[0] == right for right, r in pairs) / len(pairs),
        "acc@5": sum(right in r[:5] for right, r in pairs) / len(pairs),
    }


def turn_metrics(gold: Sequence[Row], mended: Sequence[str]) -> metrics.Metrics:
    """Turns wholly restored, clean turns left alone, and the precision and recall of words."""
    fixed: list[bool] = []
    kept: list[bool] = []
    changed = right = wanted = 0
    for row, text in zip(gold, mended, strict=True):
        typed, ours, clean = _words(row["text"]), _words(text or row["text"]), _words(row["clean"])
        (fixed if row["edits"] else kept).append(ours == clean)
        wanted += sum(a != c for a, c in zip(typed, clean, strict=False))
        if len(typed) == len(ours) == len(clean):
            triples = list(zip(typed, ours, clean, strict=True))
            changed += sum(a != b for a, b, _ in triples)
            right += sum(a != b == c for a, b, c in triples)
        else:
            changed += max(1, abs(len(typed) - len(ours)))
    precision, recall = right / max(changed, 1), right / max(wanted, 1)
    result: metrics.Metrics = {
        "n": len(gold),
        "token_p": precision,
        "token_r": recall,
        "token_f1": 2 * precision * recall / max(precision + recall, 1e-12),
    }
    if fixed:
        result["sentence_fixed"] = sum(fixed) / len(fixed)
    if kept:
        result["clean_kept"] = sum(kept) / len(kept)
    return result


def _mended(speller: Speller, text: str, took: list[float]) -> str:
    began = time.perf_counter()
    found = [c for c in speller.corrections(text, "en") if c.is_strong]
    took.append(1_000 * (time.perf_counter() - began))
    return applied(text, found)


def _own_list(bench: Bench) -> dict[str, int] | None:
    """The counts that lie beside the sets, where any do."""
    for folder in dict.fromkeys((bench.data, bench.train)):
        for _, _, rows in gold_files(folder, "word", "count"):
            return {row["word"]: int(row["count"]) for row in rows}
    return None


def _print_sources(gold: Sequence[Row], ranked: Sequence[Sequence[str]]) -> None:
    for source in sorted({str(row["source"]) for row in gold if "source" in row}):
        pairs = [(g, r) for g, r in zip(gold, ranked, strict=True) if g.get("source") == source]
        found = word_metrics([g for g, _ in pairs], [r for _, r in pairs])
        print(
            f"  {source} ({len(pairs):,}): acc {100 * found['acc']:.1f}, acc@5 {100 * found['acc@5']:.1f}"
        )


def _words(text: str) -> list[str]:
    return _TOKENS.findall(text.lower())
