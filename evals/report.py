"""What a suite found: a table beside the baselines, files of figures and of predictions."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASELINES = Path(__file__).parent / "baselines"
_COUNTS = ("sentences_shown",)  # shown as they are, not as percent
TOLERANCE = 0.005  # half a point: less is not named as a loss
_LOWER_IS_BETTER = (
    "ece", "brier", "leak_rate", "handed_over_answerable", "missed", "missed_by_keywords",
    "false_alarms", "false_alarms_by_keywords", "oversplit_rate", "missed_split_rate",
    "flagged_customer", "flagged_documents", "flagged_trigger_words", "flagged_other",
    "handed_over", "false_alarms_examples", "invented_shown",
    "false_strange", "false_withheld", "wrong_effects", "invented",
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One gold file's metrics and predictions."""

    name: str
    metrics: dict[str, Any]
    predictions: list[dict[str, Any]]


def table(result: Result, columns: Sequence[str], baselines: Mapping[str, Any]) -> list[str]:
    """The set's lines: ours first, then what is published or was computed for it."""
    shown = [c for c in columns if c in result.metrics]
    if not shown:
        return []
    lines = [f"\n{result.name}", "  " + "".ljust(24) + "".join(_heading(c) for c in shown)]
    rows = {"frontdesk": result.metrics, **baselines.get(result.name, {})}
    for method, found in rows.items():
        values = "".join(_cell(found.get(column), column) for column in shown)
        lines.append(f"  {method.ljust(24)}{values}")
    return lines


def losses(result: Result, columns: Sequence[str], baselines: Mapping[str, Any]) -> list[str]:
    """Where the figures are worse than the last accepted ones."""
    accepted = baselines.get(result.name, {}).get("accepted", {})
    worse: list[str] = []
    for column in columns:
        before, now = accepted.get(column), result.metrics.get(column)
        if not isinstance(before, int | float) or not isinstance(now, int | float):
            continue
        fell = before - now if column not in _LOWER_IS_BETTER else now - before
        if column != "brier_of_base_rate" and fell > TOLERANCE:
            worse.append(f"{result.name} {column}: {100 * before:.1f} → {100 * now:.1f}")
    return worse


def read_baselines(suite: str) -> dict[str, Any]:
    """`evals/baselines/<suite>.json`: by gold file and method, the last accepted run as one."""
    path = BASELINES / f"{suite}.json"
    return json.loads(path.read_text("utf8")) if path.exists() else {}


def write_json(path: Path, found: Mapping[str, Mapping[str, Any]]) -> None:
    """`{"suite": {"set/file": {"metric": value}}}`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf8")


def write_predictions(folder: Path, result: Result) -> None:
    """One file at the gold file's place, packed when that is."""
    path = folder / result.name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in result.predictions)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines, "utf8")


_SHORT = {
    "unans_auroc": "AUROC", "unans_f1_oracle": "best F1", "handed_over_answerable": "handed ans",
    "handed_over_unanswerable": "handed un", "hit@1_and_answered": "right+ans",
    "brier_of_base_rate": "base rate", "leak_rate": "leaks", "right_of_answered": "of it right", "auroc": "AUROC of p",
    "gold_shown": "gold shown", "known_at_once": "at once", "right_at_once": "of it right",
    "false_strange": "f. strange", "false_withheld": "f. withheld", "same_words": "same words",
    "cosine_alone": "cosine", "in_scope_acc_forced": "forced", "oos_auroc": "AUROC oos",
    "oos_f1_oracle": "best F1", "in_scope_acc": "right kept", "oos_recall": "oos found",
    "oos_f1": "oos F1", "acc_all": "all right", "inverse_purity": "inv. pur.",
    "oversplit_rate": "over-split", "missed_split_rate": "missed",
    "handed_over": "handed", "right_entry": "own entry",
    "sentences_shown": "sentences", "whole_passage": "passage", "first_sentence": "1st sent.",
    "one_sentence": "one sent.", "missed_by_keywords": "by keyword",
    "f1_keywords": "by keyword", "flagged_customer": "customers", "flagged_documents": "documents",
    "flagged_trigger_words": "triggers", "flagged_other": "flagged",
    "false_alarms": "false", "false_alarms_by_keywords": "by keyword",
}  # fmt: skip


def _heading(column: str) -> str:
    return _SHORT.get(column, column).rjust(11)


def _cell(value: object, column: str) -> str:
    if not isinstance(value, int | float):
        return "".rjust(11)
    return (f"{value:.2f}" if column in _COUNTS else f"{100 * value:.1f}").rjust(11)
