"""One picture of a suite: every set's figures beside what else was measured on it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

_OURS = "frontdesk"
_STYLES = {
    _OURS: ("D", "#0b5cad", 64.0),
    "accepted": ("|", "#0b5cad", 160.0),
    "bm25": ("o", "#c98500", 34.0),
    "minilm": ("s", "#3f8f5b", 30.0),
    "equal-weight rrf": ("^", "#8a8a8a", 34.0),
    "trigram-bm25": ("v", "#a0427f", 36.0),
}
_ENDINGS = (".gz", ".jsonl", ".queries", "/queries")
# The file's bytes depend on the figures alone, so that a run without a change shows none.
FIXED: dict[RcKeyType, Any] = {
    "svg.hashsalt": "evals",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
}


def draw(
    suite: str,
    found: Mapping[str, Any],
    baselines: Mapping[str, Any],
    columns: Sequence[str],
    path: Path,
) -> bool:
    """Write an SVG with one panel a metric; False where no set has any of them."""
    names = [name for name, metrics in found.items() if any(c in metrics for c in columns)]
    if not names:
        return False
    with rc_context(FIXED):
        figure = Figure(figsize=(3.4 + 3.3 * len(columns), 1.3 + 0.36 * len(names)))
        panels = figure.subplots(1, len(columns), sharey=True, squeeze=False)[0]
        for panel, column in zip(panels, columns, strict=True):
            _panel(panel, column, names, found, baselines)
        panels[0].set_yticks(range(len(names)), [_short(name) for name in names])
        panels[0].invert_yaxis()
        handles, labels = _legend(panels)
        figure.legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False)
        figure.suptitle(f"{suite}: percent, inside the tenant", fontsize=11)
        figure.tight_layout(rect=(0, 0.07, 1, 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
    return True


def _panel(
    panel: Axes,
    column: str,
    names: Sequence[str],
    found: Mapping[str, Any],
    baselines: Mapping[str, Any],
) -> None:
    for method, (marker, colour, size) in reversed(_STYLES.items()):
        points = [
            (100 * value, place)
            for place, name in enumerate(names)
            if (value := _value(name, method, column, found, baselines)) is not None
        ]
        if points:
            across, down = zip(*points, strict=True)
            panel.scatter(across, down, s=size, marker=marker, color=colour, label=method, zorder=3)
    panel.set_title(column, fontsize=10)
    panel.set_xlim(0, 104)
    panel.grid(axis="both", color="#dddddd", linewidth=0.6)
    panel.spines[["top", "right"]].set_visible(False)


def _value(
    name: str, method: str, column: str, found: Mapping[str, Any], baselines: Mapping[str, Any]
) -> float | None:
    metrics = found[name] if method == _OURS else baselines.get(name, {}).get(method, {})
    value = metrics.get(column)
    return float(value) if isinstance(value, int | float) else None


def _legend(panels: Sequence[Axes]) -> tuple[list[Any], list[str]]:
    """Each method once, ours first."""
    known: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            known.setdefault(label, handle)
    labels = [label for label in _STYLES if label in known]
    return [known[label] for label in labels], labels


def _short(name: str) -> str:
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name.replace("catalog-", "")
