"""Affinity matrices of the training videos by round (Fig. 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from mmacl.clustering import gaussian_affinity
from mmacl.visualization.figures import (
    INK,
    NEUTRAL,
    axes_at,
    class_name,
    labels_with_room,
    new_figure,
    set_title,
    width_of,
)
from mmacl.visualization.video_sample import count_of, sample_videos

_PANEL, _GAP = 5.6, 0.25  # inches
_FONT = 7
_NAME_ROOM = 0.125  # inches for a name
_MAX_LINES = 40
MAX_SIZE = 800
"""Largest number of blocks a side; more than a screen can show."""


class AffinityImage(NamedTuple):
    """Affinities averaged over blocks of videos, and over the pairs within and between groups.

    Attributes:
        values: (B, B) float32; NaN where a block holds only a video's affinity to itself.
        within: mean over pairs of different videos of one group; NaN without such a pair.
        between: mean over pairs of different groups; NaN without such a pair.
    """

    values: NDArray[np.float32]
    within: float
    between: float


def affinity_image(
    representations: ArrayLike,
    groups: NDArray[np.integer[Any]],
    max_size: int = MAX_SIZE,
    sigma: float | str | None = None,
) -> AffinityImage:
    """Compute the affinities of Sec. 3.3 and average them to at most ``max_size`` blocks a side.

    A video's affinity to itself is always 1, while all others may lie between 0.57 and 0.67, so no mean includes it.
    Needs about ``16 N^2`` bytes, less than clustering does.

    Args:
        representations: (N, D), videos in the order of the image.
        groups: (N,) group of each video; videos of one group are adjacent.
        max_size: largest B.
        sigma: see :func:`~mmacl.clustering.gaussian_affinity`.

    Returns:
        The image, with B = min(N, max_size) blocks of as equal size as possible.
    """
    affinity = gaussian_affinity(representations, sigma)
    np.fill_diagonal(affinity, 0.0)
    num_videos = len(affinity)
    size = min(num_videos, max_size)
    starts = np.arange(size) * num_videos // size
    values, _ = _block_means(affinity, starts)
    borders = np.flatnonzero(np.diff(groups, prepend=groups[0] - 1))
    means, pairs = _block_means(affinity, borders)
    own = np.eye(len(borders), dtype=bool)
    return AffinityImage(values.astype(np.float32), _mean(means[own], pairs[own]), _mean(means[~own], pairs[~own]))


def _block_means(affinity: NDArray[np.float64], starts: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the mean over pairs of different videos in each block, NaN for none, and the number of these pairs."""
    sizes = np.diff(starts, append=len(affinity))
    sums = np.add.reduceat(np.add.reduceat(affinity, starts, axis=0), starts, axis=1)
    pairs = np.outer(sizes, sizes) - np.diag(sizes)
    return np.divide(sums, pairs, out=np.full_like(sums, np.nan), where=pairs > 0), pairs


def _mean(means: NDArray[np.float64], weights: NDArray[np.int64]) -> float:
    known = weights > 0
    return float(np.average(means[known], weights=weights[known])) if known.any() else float('nan')


def draw_affinity(
    representations: Mapping[int, ArrayLike],
    groups: ArrayLike,
    group_names: Sequence[str] | None = None,
    *,
    rounds: Sequence[int] | None = None,
    ordered_by: str = 'class',
    sigma: float | str | None = None,
    simulated: bool = False,
    out_of: int | None = None,
) -> Figure:
    """Draw affinity matrices side by side, videos ordered by group, on one colour scale.

    Separated groups show as bright squares along the diagonal. More than 800 videos are averaged into 800 blocks. Of
    more than :data:`~mmacl.visualization.video_sample.MAX_VIDEOS` a sample is drawn, and the title says so. The
    affinity of a video with itself is always 1, so it is left out, also of the scale, which ends at the 0.5th and
    99.5th percentile of all blocks.

    Args:
        representations: round -> (N, D), one row for each video, N > 0; the same videos in every round.
        groups: (N,) number to order the videos by, such as their primary class; -1 comes last, as 'none'.
        group_names: names by number; a number without a name is shown as a cluster.
        rounds: rounds to draw, from left to right; None: the first and the last.
        ordered_by: what the groups are, for the title.
        sigma: see :func:`~mmacl.clustering.gaussian_affinity`.
        simulated: whether the title says that the videos are simulated.
        out_of: number of all videos, where the representations are those of a sample; None: they are all.

    Returns:
        A new figure.
    """
    groups = np.asarray(groups, dtype=np.int64)
    chosen = sample_videos(groups)
    out_of = out_of or len(groups)
    groups = groups[chosen]
    # Through a dict, so that a single round is drawn once.
    shown = tuple(dict.fromkeys((min(representations), max(representations)) if rounds is None else rounds))
    order = np.argsort(np.where(groups < 0, np.iinfo(np.int64).max, groups), kind='stable')
    in_order = groups[order]
    images = {
        round_: affinity_image(np.asarray(representations[round_])[chosen[order]], in_order, sigma=sigma)
        for round_ in shown
    }
    low, high = _scale([image.values for image in images.values()])
    names = None if group_names is None else tuple(group_names)
    shown_names = _names(in_order, names)
    count = len(order)
    title = f'Affinity of {count_of(count, out_of)}, ordered by {ordered_by}'
    per_point = count / min(count, MAX_SIZE)
    note = f'each point is the mean over about {per_point:.0f} × {per_point:.0f} videos' if per_point > 1 else ''
    left = 0.2 + width_of(shown_names.values(), _FONT)
    figure = new_figure(left + (_PANEL + _GAP) * len(shown) + 1.0, _PANEL + (1.05 if note else 0.9), layout=None)
    cmap = colormaps['viridis'].with_extremes(bad='#808080')
    for column, (round_, image) in enumerate(images.items()):
        axis = axes_at(figure, left + column * (_PANEL + _GAP), 0.2, _PANEL, _PANEL)
        extent = (0.0, float(len(order)), float(len(order)), 0.0)
        drawn = axis.imshow(image.values, cmap=cmap, vmin=low, vmax=high, extent=extent, interpolation='nearest')
        axis.set_title(f'round {round_}{_means(image)}', fontsize=9, color=INK, loc='left')
        if len(order) == 1:
            axis.text(0.5, 0.4, 'one video has no pair', ha='center', color='white')
        _mark_borders(axis, in_order)
        for place, name in shown_names.items() if column == 0 else ():
            axis.annotate(
                name,
                (0, place),
                (-6, 0),
                textcoords='offset points',
                ha='right',
                va='center',
                fontsize=_FONT,
                color=INK,
            )
    scale = axes_at(figure, left + (_PANEL + _GAP) * len(shown), 0.2 + 0.15 * _PANEL, 0.2, 0.7 * _PANEL)
    bar = figure.colorbar(drawn, cax=scale, extend='both', format='{x:.4g}')
    scale.tick_params(labelsize=8, colors=INK)
    bar.set_label('affinity', fontsize=9, color=INK)
    set_title(figure, title, note, simulated)
    return figure


def _scale(images: list[NDArray[np.float32]]) -> tuple[float, float]:
    """Return the ends of the colour scale: the range of nearly all pairs of different videos."""
    known = np.concatenate([image[np.isfinite(image)] for image in images])
    if not len(known):
        return 0.0, 1.0
    low, high = (float(value) for value in np.percentile(known, (0.5, 99.5)))
    return (low, high) if high - low > 1e-6 else (low - 0.01, high + 0.01)


def _means(image: AffinityImage) -> str:
    parts = ((image.within, 'within'), (image.between, 'between'))
    known = [f'{value:.3f} {where}' for value, where in parts if np.isfinite(value)]
    return f' · mean {", ".join(known)}' if known else ''


def _borders(in_order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the start of each group, and the end of the last."""
    return np.append(np.flatnonzero(np.diff(in_order, prepend=in_order[0] - 1)), len(in_order))


def _names(in_order: NDArray[np.int64], names: tuple[str, ...] | None) -> dict[float, str]:
    """Return middle of a group -> its name for the names that fit, the largest groups first."""
    borders = _borders(in_order)
    middles = (borders[:-1] + borders[1:]) / 2
    chosen = labels_with_room(middles, np.diff(borders), _NAME_ROOM / _PANEL * len(in_order))
    groups = in_order[borders[:-1]].tolist()
    return {float(middles[i]): 'none' if groups[i] < 0 else class_name(groups[i], names) for i in chosen}


def _mark_borders(axis: Axes, in_order: NDArray[np.int64]) -> None:
    """Draw ticks at the ends of groups, and lines if they are few."""
    inner = _borders(in_order)[1:-1]
    axis.set_xticks(inner, [''] * len(inner))
    axis.set_yticks(inner, [''] * len(inner))
    axis.tick_params(length=3, width=0.6, colors=NEUTRAL)
    for border in inner if len(inner) < _MAX_LINES else ():
        axis.axhline(border, color='white', linewidth=0.5, alpha=0.7)
        axis.axvline(border, color='white', linewidth=0.5, alpha=0.7)
