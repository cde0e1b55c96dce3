"""Clustering and localization by round (Tables 3 and 4 as lines)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmacl.visualization.figures import INK, MARKERS, PALETTE, new_figure, set_title, tidy

_CLUSTERING = {
    'cluster/purity': 'purity',
    'cluster/nmi': 'NMI',
    'cluster/ari': 'ARI',
    'cluster/accuracy': '1:1 accuracy',
}
# <prefix of the metric>/mAP@<tIoU>; for a single stream its name is in between.
_FUSED_MAP = re.compile(r'[^/]+/mAP@(.+)')
_MAX_LINES = 6


def draw_round_curves(rows: Sequence[Mapping[str, Any]], *, simulated: bool = False) -> Figure:
    """Draw purity, NMI and ARI by round beside mAP by round.

    Draws at most six thresholds, evenly chosen, and every average. Measures that no row has are left out; a round
    without a value leaves a gap in its line.

    Args:
        rows: one for each round, with ``round``, ``cluster/*`` and ``<prefix>/mAP@*`` as fractions.
        simulated: whether the title says that the videos are simulated; it also does if a row says so.

    Returns:
        A new figure.
    """
    keys = list(dict.fromkeys(key for row in rows for key in row))
    clustering = {name: key for key, name in _CLUSTERING.items() if key in keys}
    maps = _thinned({found[1]: key for key in keys if (found := _FUSED_MAP.fullmatch(key))})
    figure = new_figure(11, 4.2)
    grid = figure.add_gridspec(1, 4, width_ratios=[4, 0.9, 4, 1.1])
    left, right = figure.add_subplot(grid[0]), figure.add_subplot(grid[2])
    _draw_lines(left, rows, clustering, 1, 'clusters of the training videos', 'no clustering was measured')
    _draw_lines(right, rows, maps, 100, 'mAP of the fused streams (%)', 'no mAP was measured')
    # Legends have axes of their own, so that they never cover a line.
    for axis, place in ((left, grid[1]), (right, grid[3])):
        beside = figure.add_subplot(place)
        beside.set_axis_off()
        if axis.lines:
            beside.legend(handles=list(axis.lines), fontsize=8, frameon=False, loc='center left', borderaxespad=0)
    if clustering:
        left.set_ylim(min(0.0, left.get_ylim()[0]), 1.0)
    set_title(figure, 'Round by round', simulated=simulated or any(row.get('simulated', False) for row in rows))
    return figure


def _thinned(maps: dict[str, str]) -> dict[str, str]:
    """Keep all averages and at most six thresholds, the first and the last among them."""
    single = [name for name in maps if not name.startswith('avg')]
    if len(single) > _MAX_LINES:
        chosen = np.linspace(0, len(single) - 1, _MAX_LINES).round().astype(int).tolist()
        single = [single[index] for index in chosen]
    return {name: key for name, key in maps.items() if name in single or name.startswith('avg')}


def _draw_lines(
    axis: Axes, rows: Sequence[Mapping[str, Any]], lines: Mapping[str, str], factor: float, title: str, empty: str
) -> None:
    rounds = [row['round'] for row in rows]
    for index, (name, key) in enumerate(lines.items()):
        values = [factor * float(row.get(key, np.nan)) for row in rows]
        average = name.startswith('avg')
        axis.plot(
            rounds,
            values,
            color=INK if average else PALETTE[index % len(PALETTE)],
            marker=MARKERS[index % len(MARKERS)],
            linewidth=2.4 if average else 1.5,
            linestyle='--' if average else '-',
            markersize=6,
            label=name if factor == 1 else (name.replace('avg', 'average ') if average else f'tIoU {name}'),
        )
    axis.set_title(title, fontsize=9, color=INK, loc='left')
    axis.set_xlabel('round', fontsize=9, color=INK)
    axis.grid(axis='y', color='#e6e6e6', linewidth=0.6)
    tidy(axis)
    if not lines:
        axis.text(0.5, 0.5, empty, transform=axis.transAxes, ha='center', color=INK)
        axis.set_xticks([])
        axis.set_yticks([])
        return
    if factor != 1:
        axis.set_ylim(bottom=0)
    axis.set_xlim(min(rounds) - 0.3, max(rounds) + 0.3)
    axis.set_xticks(rounds[:: max(-(-len(rounds) // 12), 1)])
