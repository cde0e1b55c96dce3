"""An affinity matrix small enough to look at."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.clustering import gaussian_affinity

MAX_SIZE = 800
"""Blocks a side of a large matrix: more than a screen shows of one."""


class AffinityImage(NamedTuple):
    """Affinities averaged over blocks of videos, and over the pairs within and between groups.

    Attributes:
        values: (B, B) float32; NaN where a block holds nothing but a video's affinity to itself.
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
    """The affinities of Sec. 3.3 as an image of at most ``max_size`` pixels a side.

    A video's affinity to itself is always 1, while all others may lie between 0.57 and 0.67: it is left out of every
    mean. About ``16 N^2`` bytes while it works, less than clustering takes; what is returned is small.

    Args:
        representations: (N, D), videos in the order of the image.
        groups: (N,) group of each video; those of one group stand together.
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
    """Mean over the pairs of different videos in each block, NaN without any, and the number of these pairs."""
    sizes = np.diff(starts, append=len(affinity))
    sums = np.add.reduceat(np.add.reduceat(affinity, starts, axis=0), starts, axis=1)
    pairs = np.outer(sizes, sizes) - np.diag(sizes)
    return np.divide(sums, pairs, out=np.full_like(sums, np.nan), where=pairs > 0), pairs


def _mean(means: NDArray[np.float64], weights: NDArray[np.int64]) -> float:
    known = weights > 0
    return float(np.average(means[known], weights=weights[known])) if known.any() else float('nan')
