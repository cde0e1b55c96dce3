"""The panels of a timeline: each has a height and draws itself on an axis over seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from numpy.typing import ArrayLike, NDArray

from mmacl.visualization.figures import INK, class_name, class_style

MAX_LANES = 3
MAX_CLASSES = 8
LANE_HEIGHT, ROW_HEIGHT, CURVE_HEIGHT, MARGIN = 0.17, 0.32, 0.85, 0.2  # inches

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Panel(Protocol):
    """One strip of the figure."""

    @property
    def height(self) -> float:
        """Inches."""
        ...

    def draw(self, axis: Axes) -> None:
        """Draw on an axis whose horizontal direction is time in seconds."""
        ...


class TruthPanel:
    """Ground truth, a row for each class, the most frequent class first."""

    def __init__(self, segments: FloatArray, labels: IntArray, class_names: tuple[str, ...] | None) -> None:
        self.segments, self.labels, self.class_names = segments, labels, class_names
        classes, counts = np.unique(labels, return_counts=True)
        self.classes: list[int] = classes[np.argsort(-counts, kind='stable')].tolist()
        self.height = max(len(self.classes), 1) * ROW_HEIGHT + MARGIN

    def draw(self, axis: Axes) -> None:
        """Draw all instances."""
        for row, label in enumerate(self.classes):
            segments = self.segments[self.labels == label]
            _draw_bars(axis, segments, np.ones(len(segments)), label, row + 0.18, 0.64)
        _name_rows(axis, [1.0] * len(self.classes), self.classes, self.class_names)
        count = len(self.segments)
        describe(axis, f'ground truth\n{count} instance{"s" * (count != 1)}')


class AmbiguousPanel:
    """Ambiguous segments, hatched, in no class colour.

    Args:
        segments: (M, 2) seconds.
    """

    height = 0.75 * ROW_HEIGHT + MARGIN

    def __init__(self, segments: NDArray[np.float64]) -> None:
        self.segments = segments

    def draw(self, axis: Axes) -> None:
        """Draw all segments."""
        spans = [(start, end - start) for start, end in self.segments.tolist()]
        axis.broken_barh(spans, (0.18, 0.64), facecolor='white', edgecolor=INK, hatch='////', linewidth=0.6, alpha=0.6)
        axis.set_ylim(1.0, 0.0)
        axis.set_yticks([0.5], ['ambiguous'], fontsize=8, fontstyle='italic', color=INK)
        axis.tick_params(axis='y', length=0)
        count = len(self.segments)
        describe(axis, f'ambiguous\n{count} segment{"s" * (count != 1)}')


class _Row(NamedTuple):
    """The detections of one class that fit, best first."""

    label: int
    members: IntArray
    lanes: IntArray

    @property
    def height(self) -> float:
        return (int(self.lanes.max()) + 1) * LANE_HEIGHT + 0.12


class DetectionPanel:
    """The best detections, a row for each class, in lanes without overlap; stronger colour for a higher score.

    Args:
        segments: (N, 2) seconds.
        labels: (N,).
        scores: (N,).
        class_names: names by label.
        first_classes: classes to put first, in this order; the others follow by their best score.
        max_detections: draw at most this many of the best detections.
        text: label of the panel.
    """

    def __init__(
        self,
        segments: FloatArray,
        labels: IntArray,
        scores: FloatArray,
        class_names: tuple[str, ...] | None,
        first_classes: Sequence[int] = (),
        max_detections: int = 100,
        text: str = 'detections',
    ) -> None:
        self.segments, self.class_names, self.text = segments, class_names, text
        best = np.argsort(-scores, kind='stable')[:max_detections]
        # All stay visible; the best has the full colour.
        low, high = (float(scores[best].min()), float(scores[best].max())) if len(best) else (0.0, 0.0)
        self.strengths = 0.3 + 0.7 * (scores - low) / (high - low) if high > low else np.ones(len(scores))
        present = dict.fromkeys(labels[best].tolist())
        self.classes = [*(c for c in first_classes if c in present), *(c for c in present if c not in first_classes)]
        self.rows = []
        for label in self.classes[:MAX_CLASSES]:
            members = best[labels[best] == label]
            lanes = pack_lanes(segments[members])
            self.rows.append(_Row(label, members[lanes >= 0], lanes[lanes >= 0]))
        self.height = max(sum(row.height for row in self.rows), ROW_HEIGHT) + MARGIN

    @property
    def num_shown(self) -> int:
        """Number of detections that fit."""
        return sum(len(row.members) for row in self.rows)

    def draw(self, axis: Axes) -> None:
        """Draw the detections that fit."""
        top = 0.0
        for row in self.rows:
            for lane in range(int(row.lanes.max()) + 1):
                members = row.members[row.lanes == lane]
                low = top + 0.06 + lane * LANE_HEIGHT
                strengths = self.strengths[members]
                _draw_bars(axis, self.segments[members], strengths, row.label, low, LANE_HEIGHT * 0.82)
            top += row.height
        _name_rows(axis, [row.height for row in self.rows], [row.label for row in self.rows], self.class_names)
        total = len(self.segments)
        describe(axis, f'{self.text}\n{self.num_shown} of {total} shown' if total else f'{self.text}\nnone')


class CurvePanel:
    """Values of snippets along time, with the ground truth shaded behind them.

    Args:
        values: (T,).
        edges: borders of the snippets in seconds, (T + 1,).
        text: label of the panel.
        color: of the area under the curve.
        shaded: segments in seconds, (N, 2).
    """

    height = CURVE_HEIGHT

    def __init__(self, values: FloatArray, edges: FloatArray, text: str, color: str, shaded: FloatArray) -> None:
        self.values, self.edges, self.text, self.color, self.shaded = values, edges, text, color, shaded

    def draw(self, axis: Axes) -> None:
        """Draw the curve from zero."""
        low, high = min(float(self.values.min()), 0.0), max(float(self.values.max()), 0.0)
        room = 0.06 * (high - low) or 1.0
        axis.set_ylim(low - room * (low < 0), high + room)
        everywhere = axis.get_xaxis_transform()
        axis.broken_barh(_spans(self.shaded), (0, 1), transform=everywhere, facecolor='#dddddd', linewidth=0)
        axis.stairs(self.values, self.edges, baseline=0, fill=True, color=self.color, alpha=0.55, linewidth=0)
        axis.stairs(self.values, self.edges, baseline=None, color=INK, linewidth=0.7)
        axis.axhline(0, color=INK, linewidth=0.5)
        axis.locator_params(axis='y', nbins=3)
        axis.tick_params(axis='y', labelsize=7, length=2)
        describe(axis, self.text)


class EmptyPanel:
    """A sentence in place of a timeline without data."""

    height = ROW_HEIGHT

    def draw(self, axis: Axes) -> None:
        """Write the sentence."""
        axis.set_yticks([])
        axis.text(0.5, 0.5, 'nothing is known about this video', transform=axis.transAxes, ha='center', va='center')


def pack_lanes(segments: ArrayLike, max_lanes: int = MAX_LANES) -> IntArray:
    """Find the first lane in which each segment overlaps no earlier one; -1 where no lane is free.

    Args:
        segments: (N, 2), in order of precedence.
        max_lanes: number of lanes.

    Returns:
        (N,) lanes from 0.
    """
    lanes: list[list[tuple[float, float]]] = [[] for _ in range(max_lanes)]
    result = []
    for start, end in np.asarray(segments, dtype=np.float64).reshape(-1, 2).tolist():
        free = (i for i, lane in enumerate(lanes) if all(end <= b or e <= start for b, e in lane))
        lane = next(free, -1)
        if lane >= 0:
            lanes[lane].append((start, end))
        result.append(lane)
    return np.asarray(result, dtype=np.int64)


def describe(axis: Axes, text: str) -> None:
    """Write the label of a panel at its right, outside the data."""
    axis.text(1.008, 0.5, text, transform=axis.transAxes, fontsize=8, color=INK, va='center', ha='left')


def _draw_bars(axis: Axes, segments: FloatArray, strengths: FloatArray, label: int, low: float, height: float) -> None:
    """Draw bars of one class; an outline keeps very short bars visible and touching bars apart."""
    color, hatch = class_style(label)
    spans, colors = _spans(segments), [to_rgba(color, strength) for strength in strengths.tolist()]
    axis.broken_barh(spans, (low, height), facecolor=colors, linewidth=0)
    if hatch:
        axis.broken_barh(spans, (low, height), facecolor='none', edgecolor=INK, linewidth=0, hatch=hatch, alpha=0.3)
    axis.broken_barh(spans, (low, height), facecolor='none', edgecolor=INK, linewidth=0.4)


def _name_rows(axis: Axes, heights: list[float], classes: list[int], class_names: tuple[str, ...] | None) -> None:
    """Write a name at the middle of each row, from the top."""
    borders = np.concatenate([[0.0], np.cumsum(heights)])
    axis.set_ylim(max(float(borders[-1]), 0.1), 0.0)
    names = [class_name(label, class_names) for label in classes]
    axis.set_yticks((borders[:-1] + borders[1:]) / 2, names, fontsize=8, color=INK)
    axis.tick_params(axis='y', length=0)
    for border in borders[1:-1]:
        axis.axhline(border, color='#cccccc', linewidth=0.5)


def _spans(segments: FloatArray) -> list[tuple[float, float]]:
    """Return (start, length) of each segment."""
    return [(start, end - start) for start, end in segments.tolist()]
