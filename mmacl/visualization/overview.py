"""Ground truth of many videos on one page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmacl.visualization.figures import INK, class_name, class_style, new_figure, plain, shorten
from mmacl.visualization.timeline import Fields

MAX_VIDEOS = 50
_MAX_CLASSES = 3
_ROW = 0.24  # inches


def draw_overview(
    samples: Sequence[Fields],
    class_names: Sequence[str] | None = None,
    title: str = '',
    max_videos: int = MAX_VIDEOS,
) -> Figure:
    """Draw the ground truth of many videos, a row each, over one axis in seconds; of too many, an even selection.

    The grey bar of a row is the video, if its duration is known. The most frequent classes of a video share its row and
    are named at its right.

    Args:
        samples: videos, see :func:`~mmacl.visualization.draw_timeline`, with ``gt_instances`` and ``gt_ambiguous``.
        class_names: names of the actions by label.
        title: above the page; if not all videos are shown, their number is added.
        max_videos: most rows on the page.
    """
    names = None if class_names is None else tuple(class_names)
    picked = np.unique(np.linspace(0, len(samples) - 1, max_videos).astype(int)).tolist() if samples else []
    shown = [samples[index] for index in picked]
    figure = new_figure(13, max(len(shown), 1) * _ROW + 1.1)
    axis = figure.subplots()
    ends = [_end(sample) for sample in shown]
    for row, sample in enumerate(shown):
        _draw_row(axis, row, sample, names)
    axis.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    axis.set_xlim(0, max(ends, default=0.0) or 1.0)
    labels = [plain(shorten(str(sample.get('video_name', 'video')), 30)) for sample in shown]
    axis.set_yticks(range(len(shown)), labels, fontsize=7, color=INK)
    axis.tick_params(axis='y', length=0)
    axis.tick_params(axis='x', labelsize=8, colors=INK)
    axis.set_xlabel('time (s)', fontsize=9, color=INK)
    for side in ('top', 'right', 'left'):
        axis.spines[side].set_visible(False)
    part = f' · {len(shown)} of {len(samples)} shown' if len(shown) < len(samples) else ''
    figure.suptitle(plain(title) + part, fontsize=11, color=INK, x=0.01, ha='left')
    return figure


def _draw_row(axis: Axes, row: int, sample: Fields, names: tuple[str, ...] | None) -> None:
    """Draw one video."""
    if sample.get('duration') is not None:
        axis.broken_barh([(0, float(sample.get('duration')))], (row - 0.4, 0.8), facecolor='#e9e9e9', linewidth=0)
    segments, labels = _truth(sample)
    classes, counts = np.unique(labels, return_counts=True)
    ordered = classes[np.argsort(-counts, kind='stable')].tolist()
    lanes = ordered[:_MAX_CLASSES]
    for lane, label in enumerate(lanes):
        height = 0.8 / len(lanes)
        color, hatch = class_style(label)
        spans = [(start, end - start) for start, end in segments[labels == label].tolist()]
        # The outline keeps instances shorter than a pixel visible.
        axis.broken_barh(
            spans, (row - 0.4 + lane * height, height), facecolor=color, edgecolor=color, linewidth=0.5, hatch=None
        )
        if hatch:
            axis.broken_barh(
                spans, (row - 0.4 + lane * height, height), facecolor='none', hatch=hatch, alpha=0.3, linewidth=0
            )
    unclear = sample.get('gt_ambiguous')
    if unclear is not None and len(unclear.get('segments')):
        spans = [(start, end - start) for start, end in np.asarray(unclear.get('segments'), dtype=np.float64).tolist()]
        axis.broken_barh(
            spans, (row - 0.4, 0.8), facecolor='none', edgecolor=INK, linewidth=0.4, hatch='////', alpha=0.5
        )
    words = [class_name(label, names, 22) for label in lanes]
    words += [f'+{len(ordered) - len(lanes)}'] if len(ordered) > len(lanes) else []
    axis.text(1.005, row, ', '.join(words), transform=axis.get_yaxis_transform(), fontsize=7, color=INK, va='center')


def _truth(sample: Fields) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return segments (N, 2) and labels (N,)."""
    truth = sample.get('gt_instances')
    if truth is None:
        return np.empty((0, 2)), np.empty(0, dtype=np.int64)
    segments = np.asarray(truth.get('segments'), dtype=np.float64).reshape(-1, 2)
    return segments, np.asarray(truth.get('labels'), dtype=np.int64)


def _end(sample: Fields) -> float:
    """Return the end of a row in seconds."""
    ends = _truth(sample)[0][:, 1]
    return max(float(sample.get('duration') or 0.0), float(ends.max()) if len(ends) else 0.0)
