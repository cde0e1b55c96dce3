"""Losses of each stream by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from mmacl.visualization.figures import INK, NEUTRAL, PALETTE, new_figure, plain, set_title, tidy

_TERMS = {
    'loss': 'sum of all losses',
    'loss_cls': 'classification, Eq. (13)',
    'loss_trip': 'cluster triplet, Eq. (12)',
    'loss_abs': 'action against background, Eq. (10)',
}
# Colour, line and marker of the streams, in order.
LineStyle = Literal['-', '--', '-.', ':']
_STYLES: tuple[tuple[str, LineStyle, str], ...] = (
    (PALETTE[0], '-', 'o'),
    (PALETTE[5], '--', 's'),
    (PALETTE[2], '-.', '^'),
    (PALETTE[3], ':', 'D'),
)
_FEW = 40

Curve = tuple[ArrayLike, ArrayLike]


def draw_training_curves(
    losses: Mapping[str, Curve], round_ends: Sequence[int] = (), *, simulated: bool = False
) -> Figure:
    """Draw a panel for each loss with a line for each stream: logged values, faint, and a mean over a tenth of a round.

    The mean never crosses the border of a round, where the model may have been initialised again. Values that are not
    finite leave gaps, and the panel counts them.

    Args:
        losses: name -> (steps, values), such as ``'rgb.loss_cls'``: the stream before the dot, the loss after it.
        round_ends: last step of each round.
        simulated: whether the title says that the videos are simulated.

    Returns:
        A new figure.
    """
    curves = {
        name: (np.asarray(steps, dtype=float), np.asarray(values, dtype=float))
        for name, (steps, values) in losses.items()
    }
    terms = list(dict.fromkeys(_split(name)[1] for name in curves))
    streams = [stream for stream in dict.fromkeys(_split(name)[0] for name in curves) if stream]
    columns = min(max(len(terms), 1), 2)
    rows = max(-(-len(terms) // columns), 1)
    figure = new_figure(11 if columns == 2 else 8, 1.1 + 2.7 * rows)
    averaged = False
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel().tolist()
    for axis, term in zip(axes, terms, strict=False):
        own = {_split(name)[0]: curve for name, curve in curves.items() if _split(name)[1] == term}
        averaged |= _draw_term(axis, own, streams, np.asarray(round_ends, dtype=float))
        axis.set_title(_TERMS.get(term, plain(term)), fontsize=9, color=INK, loc='left', pad=14)
        _mark_rounds(axis, round_ends)
        axis.tick_params(labelbottom=True)
    for axis in axes[len(terms) :]:
        axis.set_axis_off()
    if not terms:
        axes[0].text(0.5, 0.5, 'no loss was logged', transform=axes[0].transAxes, ha='center', color=INK)
    if streams:
        handles = [
            Line2D([], [], color=color, linestyle=line, marker=marker, markersize=4)
            for color, line, marker in (_style(stream, streams) for stream in streams)
        ]
        figure.legend(
            handles,
            [plain(s) for s in streams],
            loc='outside upper right',
            ncols=len(streams),
            fontsize=9,
            frameon=False,
            title='stream',
            title_fontsize=8,
        )
    note = 'faint: as logged; line: mean over a tenth of a round' if averaged else ''
    set_title(figure, 'Training losses by step', note, simulated)
    return figure


def smooth(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Average the finite values in a window around each value, shorter at the ends; NaN for no finite value."""
    finite = np.isfinite(values)
    ones = np.ones(window)
    sums = np.convolve(np.where(finite, values, 0.0), ones)
    counts = np.convolve(finite.astype(float), ones)
    cut = slice((window - 1) // 2, (window - 1) // 2 + len(values))
    means = np.divide(sums[cut], counts[cut], out=np.full(len(values), np.nan), where=counts[cut] > 0)
    return np.where(finite, means, np.nan)


def _split(name: str) -> tuple[str, str]:
    """Split into stream and loss; the stream is '' for a loss of the whole model."""
    stream, dot, term = name.rpartition('.')
    return (stream, term) if dot else ('', name)


def _style(stream: str, streams: list[str]) -> tuple[str, LineStyle, str]:
    return _STYLES[streams.index(stream) % len(_STYLES)] if stream else (INK, '-', 'o')


def _draw_term(
    axis: Axes,
    own: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    streams: list[str],
    ends: NDArray[np.float64],
) -> bool:
    """Draw each round of each stream separately; return whether there were enough values to average."""
    broken, total, averaged = 0, 0, False
    for stream, (steps, values) in own.items():
        color, line, marker = _style(stream, streams)
        values = np.where(np.isfinite(values), values, np.nan)
        broken, total = broken + int(np.isnan(values).sum()), total + len(values)
        few = len(values) <= _FEW
        for part in np.unique(np.searchsorted(ends, steps)):
            inside = np.searchsorted(ends, steps) == part
            window = max(int(inside.sum()) // 10, 1)
            averaged |= window > 1
            if window > 1:
                axis.plot(steps[inside], values[inside], color=color, alpha=0.25, linewidth=0.8)
            axis.plot(
                steps[inside],
                smooth(values[inside], window),
                color=color,
                linestyle=line,
                linewidth=1.5,
                marker=marker if few else None,
                markersize=4,
            )
    finite = np.concatenate([values[np.isfinite(values)] for _, values in own.values()])
    if len(finite) and finite.min() >= 0:
        axis.set_ylim(0, float(finite.max()) * 1.05 or 1.0)
    if broken:
        axis.text(
            0.99,
            0.97,
            f'{broken} of {total} values are not finite',
            transform=axis.transAxes,
            ha='right',
            va='top',
            fontsize=8,
            color=PALETTE[5],
        )
    axis.set_xlabel('step', fontsize=8, color=INK)
    axis.grid(axis='y', color='#e6e6e6', linewidth=0.6)
    tidy(axis)
    return averaged


def _mark_rounds(axis: Axes, ends: Sequence[int]) -> None:
    """Mark the ends of rounds, with their numbers above the panel."""
    start = 0.0
    for number, end in enumerate(ends, 1):
        axis.axvline(end, color=NEUTRAL, linestyle=(0, (4, 3)), linewidth=0.8)
        axis.annotate(
            f'round {number}' if len(ends) <= 6 else f'{number}',
            ((start + end) / 2, 1),
            (0, 3),
            xycoords=axis.get_xaxis_transform(),
            textcoords='offset points',
            ha='center',
            fontsize=7,
            color=NEUTRAL,
            annotation_clip=False,
        )
        start = float(end)
    if ends:
        axis.set_xlim(0, float(ends[-1]) * 1.01)
