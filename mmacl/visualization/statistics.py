"""Lengths of instances and number of instances of each class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from mmacl.visualization.figures import INK, PALETTE, class_name, finish, new_figure

_ONE_COLUMN = 35  # classes
_ROW = 0.19  # inches
_MANY_DECADES = 2000.0


def draw_statistics(lengths: ArrayLike, labels: ArrayLike, class_names: Sequence[str], title: str = '') -> Figure:
    """Draw a histogram of segment lengths beside a bar for each class; many classes go below it, in columns.

    Args:
        lengths: of all instances in seconds, (N,), N may be 0.
        labels: their classes, (N,).
        class_names: all classes, also those without an instance.
        title: above both plots.
    """
    lengths, labels = np.asarray(lengths, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    counts = np.bincount(labels, minlength=len(class_names))
    parts = np.array_split(np.arange(len(class_names)), int(np.ceil(len(class_names) / _ONE_COLUMN)) or 1)
    rows = _ROW * len(parts[0])
    if len(parts) == 1:
        figure = new_figure(11, max(rows + 1.2, 4))
        grid = figure.add_gridspec(1, 2)
        places = [grid[0, 1]]
    else:
        figure = new_figure(4.6 * len(parts), rows + 5)
        grid = figure.add_gridspec(2, len(parts), height_ratios=[3.6, rows + 0.8])
        places = [grid[1, column] for column in range(len(parts))]
    axes = [figure.add_subplot(grid[0, 0] if len(parts) == 1 else grid[0, :])]
    _draw_lengths(axes[0], lengths)
    for place, part in zip(places, parts, strict=True):
        axes.append(figure.add_subplot(place))
        _draw_counts(axes[-1], part, counts, tuple(class_names))
    axes[0].yaxis.set_major_locator(MaxNLocator(integer=True))
    for axis in axes[1:]:
        axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    finish(figure, axes, title)
    return figure


def _draw_lengths(axis: Axes, lengths: NDArray[np.float64]) -> None:
    """Draw the histogram with logarithmic bins, since lengths span orders of magnitude."""
    axis.set_xlabel('length of an instance (s)', fontsize=9, color=INK)
    axis.set_ylabel('instances', fontsize=9, color=INK)
    num_empty, lengths = int((lengths <= 0).sum()), lengths[lengths > 0]
    if not len(lengths):
        axis.text(0.5, 0.5, 'no instances', transform=axis.transAxes, ha='center', color=INK)
        return
    low, high = lengths.min(), lengths.max()
    edges = np.geomspace(low / 1.05, high * 1.05, 31)
    axis.hist(lengths, edges.tolist(), color=PALETTE[0], edgecolor='white', linewidth=0.5)
    axis.set_xscale('log')
    steps = (1, 2, 5) if high / low < _MANY_DECADES else (1,)
    ticks = [
        step * 10.0**power for power in range(-6, 7) for step in steps if edges[0] <= step * 10.0**power <= edges[-1]
    ]
    axis.set_xticks(ticks, [f'{t:g}' for t in ticks])
    axis.minorticks_off()
    for share, style in ((10, ':'), (50, '-'), (90, ':')):
        value = float(np.percentile(lengths, share))
        axis.axvline(value, color=PALETTE[5], linestyle=style, linewidth=1.2, label=f'{share} % below {value:.3g} s')
    axis.legend(
        fontsize=8,
        frameon=False,
        title=f'mean {lengths.mean():.3g} s' + (f', {num_empty} without length' if num_empty else ''),
        title_fontsize=8,
    )


def _draw_counts(axis: Axes, part: NDArray[np.intp], counts: NDArray[np.int64], class_names: tuple[str, ...]) -> None:
    """Draw the bars of some classes on the scale of all classes."""
    rows = np.arange(len(part))
    axis.barh(rows, counts[part], color=PALETTE[2], height=0.75)
    axis.set_ylim(max(len(part), 1) - 0.4, -0.6)
    axis.set_xlim(0, max(float(counts.max(initial=1)), 1.0) * 1.1)
    axis.set_yticks(rows, [class_name(c, class_names, 34) for c in part.tolist()])
    axis.set_xlabel('instances', fontsize=9, color=INK)
    for row, count in enumerate(counts[part]):
        axis.text(count, row, f' {count}', va='center', fontsize=7, color=INK)
