"""What a subset of a data set looks like: how long its instances are, and how many each class has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from mmacl.visualization.figures import INK, PALETTE, class_name, new_figure, plain


def draw_statistics(lengths: ArrayLike, labels: ArrayLike, class_names: Sequence[str], title: str = '') -> Figure:
    """Histogram of segment lengths beside a bar a class.

    Args:
        lengths: of all instances in seconds, (N,), N may be 0.
        labels: their classes, (N,).
        class_names: all classes, those without an instance too.
        title: above both.
    """
    lengths, labels = np.asarray(lengths, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    height = float(np.clip(0.19 * len(class_names) + 1.2, 4, 24))
    figure = new_figure(11, height)
    # The histogram keeps its shape beside a long list of classes.
    grid = figure.add_gridspec(2, 2, height_ratios=[4, height - 4.5]) if height > 6 else figure.add_gridspec(1, 2)
    left, right = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[:, 1])
    _draw_lengths(left, lengths)
    _draw_counts(right, np.bincount(labels, minlength=len(class_names)), tuple(class_names))
    for axis in (left, right):
        for side in ('top', 'right'):
            axis.spines[side].set_visible(False)
        axis.tick_params(labelsize=8, colors=INK)
        axis.set_axisbelow(True)
    figure.suptitle(plain(title), fontsize=11, color=INK, x=0.01, ha='left')
    return figure


def _draw_lengths(axis: Axes, lengths: NDArray[np.float64]) -> None:
    """Logarithmic bins, since lengths span orders of magnitude."""
    axis.set_xlabel('length of an instance (s)', fontsize=9, color=INK)
    axis.set_ylabel('instances', fontsize=9, color=INK)
    lengths = lengths[lengths > 0]
    if not len(lengths):
        axis.text(0.5, 0.5, 'no instances', transform=axis.transAxes, ha='center', color=INK)
        return
    low, high = lengths.min(), lengths.max()
    edges = np.geomspace(low / 1.05, high * 1.05, 31)
    axis.hist(lengths, edges.tolist(), color=PALETTE[0], edgecolor='white', linewidth=0.5)
    axis.set_xscale('log')
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if edges[0] <= t <= edges[-1]]
    axis.set_xticks(ticks, [f'{t:g}' for t in ticks])
    axis.minorticks_off()
    for share, style in ((10, ':'), (50, '-'), (90, ':')):
        value = float(np.percentile(lengths, share))
        axis.axvline(value, color=PALETTE[5], linestyle=style, linewidth=1.2, label=f'{share} % below {value:.3g} s')
    axis.legend(fontsize=8, frameon=False, title=f'mean {lengths.mean():.3g} s', title_fontsize=8)


def _draw_counts(axis: Axes, counts: NDArray[np.int64], class_names: tuple[str, ...]) -> None:
    rows = np.arange(len(class_names))
    axis.barh(rows, counts, color=PALETTE[2], height=0.75)
    axis.set_ylim(len(class_names) - 0.4, -0.6)
    axis.set_xlim(0, max(float(counts.max(initial=1)), 1.0) * 1.1)
    axis.set_yticks(rows, [class_name(c, class_names, 34) for c in range(len(rows))])
    axis.set_xlabel('instances', fontsize=9, color=INK)
    for row, count in enumerate(counts):
        axis.text(count, row, f' {count}', va='center', fontsize=7, color=INK)
