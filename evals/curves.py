"""Curves of stated chances against outcomes: risk by coverage, calibration and ROC, as one picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evals.plot import FIXED

Array = NDArray[np.float64]
Points = tuple[Array, Array]  # across, up

BINS = 10
MIN_IN_BIN = 5  # fewer cases show no share worth drawing


@dataclass(frozen=True)
class Curve:
    """What one line is drawn of: chances stated, 0 to 1, and whether each came true."""

    name: str
    stated: Sequence[float]
    right: Sequence[bool]


def draw(
    title: str,
    curves: Sequence[Curve],
    path: Path,
    *,
    panels: Sequence[str] = ("risk–coverage", "calibration", "ROC"),
    threshold: float | None = None,
) -> Path:
    """Write the panels as one SVG and name it; `threshold` is marked on the lines it cuts."""
    with rc_context(FIXED):
        figure = Figure(figsize=(4.4 * len(panels), 4.6))
        places = figure.subplots(1, len(panels), squeeze=False)[0]
        for place, panel in zip(places, panels, strict=True):
            _panel(place, panel, curves, threshold)
        handles, labels = places[0].get_legend_handles_labels()
        figure.legend(
            handles,
            labels,
            loc="lower center",
            ncols=min(4, len(labels)),
            frameon=False,
            fontsize=8,
        )
        figure.suptitle(title, fontsize=11)
        figure.tight_layout(rect=(0, 0.04 + 0.04 * -(-len(labels) // 4), 1, 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
    return path


def risk_coverage(curve: Curve) -> Points:
    """Share answered, the surest first, and the share of wrong ones among them; ties together."""
    stated, right = _arrays(curve)
    order = np.argsort(-stated, kind="stable")
    counts = np.arange(1, len(order) + 1)
    wrong = np.cumsum(1 - right[order]) / counts
    ends = _last_of_ties(stated[order])
    return counts[ends] / len(order), wrong[ends]


def area_under_risk(curve: Curve) -> float:
    """The mean risk over all shares answered: 0 is never wrong."""
    stated, right = _arrays(curve)
    order = np.argsort(-stated, kind="stable")
    return float((np.cumsum(1 - right[order]) / np.arange(1, len(order) + 1)).mean())


def calibration(curve: Curve) -> Points:
    """The mean chance stated in each tenth of the scale, and the share that came true."""
    stated, right = _arrays(curve)
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    kept = [bins == b for b in range(BINS) if (bins == b).sum() >= MIN_IN_BIN]
    return (
        np.array([stated[one].mean() for one in kept]),
        np.array([right[one].mean() for one in kept]),
    )


def roc(curve: Curve) -> Points:
    """The share of wrong ones taken for right, and the share of right ones, by falling threshold."""
    stated, right = _arrays(curve)
    order = np.argsort(-stated, kind="stable")
    ends = _last_of_ties(stated[order])
    hits, misses = np.cumsum(right[order])[ends], np.cumsum(1 - right[order])[ends]
    return (
        np.r_[0, misses / max(misses[-1], 1)],
        np.r_[0, hits / max(hits[-1], 1)],
    )


_PANELS: Mapping[str, tuple[Callable[[Curve], Points], str, str]] = {
    "risk–coverage": (risk_coverage, "share answered", "share of these wrong"),
    "calibration": (calibration, "stated", "came true"),
    "ROC": (roc, "wrong ones let through", "right ones let through"),
}


def _panel(place: Axes, panel: str, curves: Sequence[Curve], threshold: float | None) -> None:
    points_of, across, up = _PANELS[panel]
    diagonal = panel != "risk–coverage"
    if diagonal:
        place.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8, linestyle=":")
    for curve in curves:
        x, y = points_of(curve)
        marker = "o" if panel == "calibration" else None
        (line,) = place.plot(x, y, label=curve.name, linewidth=1.3, marker=marker, markersize=3)
        if threshold is not None and panel != "calibration":
            at = _at(curve, panel, threshold)
            place.plot(*at, marker="D", markersize=4.5, color=line.get_color())
    place.set_xlim(0, 1)
    place.set_ylim(0, 1 if diagonal else None)
    place.set_xlabel(across, fontsize=9)
    place.set_ylabel(up, fontsize=9)
    place.set_title(panel, fontsize=10)
    place.grid(color="#dddddd", linewidth=0.6)
    place.spines[["top", "right"]].set_visible(False)


def _at(curve: Curve, panel: str, threshold: float) -> tuple[list[float], list[float]]:
    """Where the threshold cuts the line."""
    stated, right = _arrays(curve)
    let = stated >= threshold
    if panel == "risk–coverage":
        return [float(let.mean())], [float(1 - right[let].mean()) if let.any() else 0.0]
    wrong = right == 0
    return (
        [float(let[wrong].mean()) if wrong.any() else 0.0],
        [float(let[~wrong].mean()) if (~wrong).any() else 0.0],
    )


def _arrays(curve: Curve) -> tuple[Array, Array]:
    return np.asarray(curve.stated, float), np.asarray(curve.right, float)


def _last_of_ties(falling: Array) -> NDArray[np.bool_]:
    return np.r_[falling[1:] != falling[:-1], True]
