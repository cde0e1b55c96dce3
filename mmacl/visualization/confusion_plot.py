"""Clusters against classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from mmacl.visualization.figures import (
    INK,
    PALETTE,
    axes_at,
    class_name,
    labels_with_room,
    new_figure,
    set_title,
    width_of,
)

_MAX_SIDE = 12.0  # inches of the matrix
_READABLE = 0.1  # inches for a name
_FOR_NUMBERS = 0.2  # inches for a number in a cell
_FOR_SCALE = 1.6  # inches for the colour scale


def draw_confusion(
    counts: ArrayLike, class_names: Sequence[str], *, round: int | None = None, simulated: bool = False
) -> Figure:
    """Draw clusters against classes: the number in a cell counts videos, its colour is their share of the cluster.

    The commonest class of a row has an orange frame; purity counts these videos. Rows are ordered by that class, so
    that the frames lie on a diagonal, or on stairs where several clusters share a class. Empty clusters come last.

    Args:
        counts: (C, A) videos; see :func:`~mmacl.evaluation.count_confusion`.
        class_names: A names.
        round: for the title.
        simulated: whether the title says that the videos are simulated.

    Returns:
        A new figure with names for all rows and columns up to about a hundred, beyond that for some of them.
    """
    counts = np.asarray(counts, dtype=np.int64)
    order = _diagonal_order(counts)
    table, sizes = counts[order], counts[order].sum(axis=1)
    rows, columns = table.shape
    cell = min(_MAX_SIDE / max(rows, columns), 0.8 if max(rows, columns) < 6 else 0.42)
    font = float(np.clip(0.72 * 72 * cell, 5, 8))
    names = [class_name(label, tuple(class_names)) for label in range(columns)]
    row_names = [f'cluster {cluster}  ({size})' for cluster, size in zip(order.tolist(), sizes.tolist(), strict=True)]
    left, bottom = width_of(row_names, font) + 0.2, width_of(names, font) + 0.2
    title = _title(table, round)
    width = max(left + cell * columns + 1.1, width_of([title[0], *title[1].splitlines()], 10) + 0.9)
    figure = new_figure(width, bottom + cell * rows + 0.75, layout=None)
    axis = axes_at(figure, left, bottom, cell * columns, cell * rows)
    shares = table / np.maximum(sizes, 1)[:, None]
    # On a square-root scale single videos of a large cluster stay visible.
    norm = PowerNorm(0.5, 0, 1)
    cmap = colormaps['Blues'].with_extremes(bad='white')
    drawn = axis.imshow(np.where(table, shares, np.nan), cmap=cmap, norm=norm, aspect='equal', interpolation='nearest')
    for row in np.flatnonzero(sizes).tolist():
        column = int(table[row].argmax())
        axis.add_patch(
            Rectangle(
                (column - 0.5, row - 0.5),
                1,
                1,
                fill=False,
                edgecolor=PALETTE[1],
                linewidth=min(1.8, 6 * cell),
                clip_on=False,
            )
        )
    if cell >= _FOR_NUMBERS:
        for row, column in np.argwhere(table > 0).tolist():
            axis.text(
                column,
                row,
                f'{table[row, column]}',
                ha='center',
                va='center',
                fontsize=min(font, 7.5),
                color='white' if shares[row, column] > 0.36 else INK,
            )
    axis.set_xticks(*_ticks(names, counts.sum(axis=0), cell), rotation=90, fontsize=font, color=INK)
    axis.set_yticks(*_ticks(row_names, sizes, cell), fontsize=font, color=INK)
    axis.tick_params(length=0)
    for side in axis.spines.values():
        side.set_color('#cccccc')
    if cell * rows >= _FOR_SCALE:
        scale = axes_at(figure, left + cell * columns + 0.2, bottom + 0.15 * cell * rows, 0.2, 0.7 * cell * rows)
        bar = figure.colorbar(drawn, cax=scale, ticks=[0, 0.01, 0.05, 0.2, 0.5, 1])
        scale.tick_params(labelsize=8, colors=INK)
        bar.set_label('share of the cluster', fontsize=8, color=INK)
    set_title(figure, title[0], title[1], simulated)
    return figure


def _diagonal_order(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order clusters by their commonest class, within a class by purity; empty clusters last."""
    sizes = counts.sum(axis=1)
    share = counts.max(axis=1, initial=0) / np.maximum(sizes, 1)
    commonest = np.where(sizes > 0, counts.argmax(axis=1), counts.shape[1])
    return np.lexsort((np.arange(len(counts)), -share, commonest))


def _ticks(names: list[str], importance: Any, cell: float) -> tuple[list[int], list[str]]:
    """Return all names, or as many as fit."""
    places = np.arange(len(names))
    chosen = labels_with_room(places, importance, _READABLE / cell if cell < _READABLE else 1)
    return chosen, [names[index] for index in chosen]


def _title(table: NDArray[np.int64], round: int | None) -> tuple[str, str]:
    total, filled = int(table.sum()), int((table.sum(axis=1) > 0).sum())
    title = 'Clusters against classes' if round is None else f'Clusters against classes · round {round}'
    if not total:
        return title, 'no video has both a cluster and a class'
    pure = table.max(axis=1).sum() / total
    empty = len(table) - filled
    without = f', {empty} cluster{" is" if empty == 1 else "s are"} empty' if empty else ''
    note = (
        f'{total:,} video{"s" * (total != 1)} by primary class{without}\nframed: commonest class, {pure:.1%} of videos'
    )
    return title, note
