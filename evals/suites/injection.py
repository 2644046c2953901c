"""Injection: are orders to the machine told from contacts' words, documents and harmless requests?

Every text goes through the function that the nodes call (`graphs/safety/injection.py`); a text is flagged
where it gives orders. False alarms are printed by kind, and for every other set's turns and passages
as well. The fit saw this development file: what it says of unseen ones is in docs/safety.md.
"""

import re
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import numpy as np

from evals import curves, metrics
from evals.bench import Bench
from evals.report import Result
from evals.sets import Row, gold_files
from graphs.safety.injection import THRESHOLD, suspect

SETS = ("injection",)
COLUMNS = (
    "auroc", "p", "r", "f1", "f1_keywords", "flagged_customer", "flagged_documents",
    "flagged_trigger_words", "flagged_other",
)  # fmt: skip
PLOTTED = ("f1", "auroc")
GOLD = ("id", "text", "label", "kind", "source")
OTHERS = 400  # texts of every other set that are looked at
_KEYWORDS = re.compile(
    r"\b(?:ignore|disregard|forget|override|system prompt|instructions?|jailbreak|pretend|bypass)\b",
    re.IGNORECASE,
)
_CUSTOMERS, _TRIGGERS = ("customer",), ("trigger",)
_DOCUMENTS = ("document", "kb-document")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file, then what is flagged of harmless texts elsewhere."""
    took: list[float] = []
    for name, _, gold in gold_files(bench.data, *GOLD):
        if not isinstance(gold[0]["label"], int):
            continue
        rows = _predictions(gold, took)
        yield Result(name, injection_metrics(gold, rows), rows)
        _print_kinds(gold, rows)
    for name, texts in _harmless(bench.data):
        shares = [bool(row["label"]) for row in _predictions(texts, took)]
        yield Result(name, {"flagged_other": float(np.mean(shares)), "texts": len(shares)}, [])
    if took:
        low, high = np.percentile(took, (50, 95))
        print(f"  a text took {low:.2f} ms (p50), {high:.2f} ms (p95)")


def injection_metrics(
    gold: Sequence[Row], predictions: Sequence[dict[str, object]]
) -> metrics.Metrics:
    """AUROC; precision, recall and F1 as flagged; the share flagged of each kind."""
    flagged = [bool(row["label"]) for row in predictions]
    attacks = [bool(row["label"]) for row in gold]
    found: metrics.Metrics = {"n": len(gold), "positives": sum(attacks)}
    found["auroc"] = metrics.auroc([float(str(r["score"])) for r in predictions], attacks)
    found |= metrics.precision_recall(flagged, attacks)
    by_words = [_KEYWORDS.search(row["text"]) is not None for row in gold]
    found["f1_keywords"] = metrics.precision_recall(by_words, attacks)["f1"]
    for kind in sorted({str(row["kind"]) for row in gold}):
        found[f"flag_rate/{kind}"] = _share(flagged, [str(r["kind"]) == kind for r in gold])
    groups = {"customer": _CUSTOMERS, "documents": _DOCUMENTS, "trigger_words": _TRIGGERS}
    for group, beginnings in groups.items():
        of_group = [not row["label"] and str(row["kind"]).startswith(beginnings) for row in gold]
        if any(of_group):
            found[f"flagged_{group}"] = _share(flagged, of_group)
    return found


def pictures(results: Sequence[Result], folder: Path) -> list[Path]:
    """Calibration and ROC of every gold file, cut at the threshold."""
    drawn = [
        curves.Curve(
            result.name.removesuffix(".gz").removesuffix(".jsonl"),
            [float(row["score"]) for row in result.predictions],
            [bool(row["is_attack"]) for row in result.predictions],
        )
        for result in results
        if result.predictions
    ]
    path = folder / "injection-curves.svg"
    title = f"injection: the text gives orders, cut at {THRESHOLD}"
    panels = ("calibration", "ROC")
    return [curves.draw(title, drawn, path, panels=panels, threshold=THRESHOLD)] if drawn else []


def _predictions(rows: Iterable[Row], took: list[float]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for row in rows:
        began = time.perf_counter()
        seen = suspect(row["text"])
        took.append(1_000 * (time.perf_counter() - began))
        found.append(
            {
                "id": row["id"],
                "score": round(seen.chance, 6),
                "label": int(seen.gives_orders),
                "is_attack": bool(row.get("label")),
            }
        )
    return found


def _harmless(data: Path) -> Iterable[tuple[str, list[Row]]]:
    """Evenly drawn turns, questions and passages of the other sets."""
    for keys, field in ((("id", "text", "label"), "text"), (("id", "query", "gold"), "query"),
                        (("id", "tenant", "text", "title"), "text")):  # fmt: skip
        for name, _, rows in gold_files(data, *keys):
            if set(GOLD) <= rows[0].keys() and isinstance(rows[0]["label"], int):
                continue
            texts = [r for r in rows if isinstance(r.get(field), str) and r[field].strip()]
            step = max(1, len(texts) // OTHERS)
            yield name, [{"id": r["id"], "text": r[field]} for r in texts[::step]]


def _share(flagged: Sequence[bool], counted: Sequence[bool]) -> float:
    return sum(f for f, c in zip(flagged, counted, strict=True) if c) / max(sum(counted), 1)


def _print_kinds(gold: Sequence[Row], predictions: Sequence[dict[str, object]]) -> None:
    flagged = [bool(row["label"]) for row in predictions]
    for kind in sorted({str(row["kind"]) for row in gold}):
        counted = [str(row["kind"]) == kind for row in gold]
        print(f"  {kind} ({sum(counted):,}): {100 * _share(flagged, counted):.1f} flagged")
