"""The affinity graph between videos (Sec. 3.3).

Everything is computed in float64. With the paper's sigma, the affinities off the diagonal differ by a few hundredths,
and lower precision would lose the differences between videos.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.utils import InputError

SAME = 1e-12
"""Distances below this share of the longest representation are rounding errors."""

_ROWS_AT_ONCE = 256


def squared_distances(representations: ArrayLike) -> NDArray[np.float64]:
    """Compute the squared Euclidean distance of every pair, (N, D) -> (N, N).

    Uses the Gram matrix of the centred rows, because a common offset would cancel digits. The result is exactly
    symmetric, never negative, and exactly 0 on the diagonal.
    """
    rows = np.asarray(representations, dtype=np.float64)
    centred = rows - rows.mean(axis=0)
    distances = centred @ centred.T
    norms = np.diagonal(distances).copy()
    distances *= -2.0
    # Add the norms first: adding them one after the other would round (i, j) and (j, i) differently.
    distances += np.add.outer(norms, norms)
    np.maximum(distances, 0.0, out=distances)
    return distances


def mean_distance(squared: NDArray[np.floating]) -> float:
    """Compute the paper's ``sigma``: the mean distance over all N^2 ordered pairs, including a video with itself.

    Args:
        squared: (N, N) squared distances.
    """
    num_videos = len(squared)
    sums = [
        np.sqrt(squared[start : start + _ROWS_AT_ONCE]).sum(dtype=np.float64)
        for start in range(0, num_videos, _ROWS_AT_ONCE)
    ]
    return float(np.sum(sums) / num_videos**2)


def mean_distance_of_upper_triangle(squared: NDArray[np.floating]) -> float:
    """Compute ``sigma`` of the authors' release: the mean distance over pairs i <= j, including a video with itself.

    Args:
        squared: (N, N) squared distances, symmetric, 0 on the diagonal.
    """
    return sigma_of_mean('upper_triangle', mean_distance(squared), len(squared))


def sigma_of_mean(name: str, mean: float, num_videos: int) -> float:
    """Compute ``sigma`` of a rule from the mean distance over all N^2 ordered pairs."""
    # Over i <= j, it is half of the sum, over N (N + 1) / 2 pairs.
    return mean * num_videos / (num_videos + 1) if name == 'upper_triangle' else mean


SIGMAS: dict[str, Callable[[NDArray[np.floating]], float]] = {
    'paper': mean_distance,
    'upper_triangle': mean_distance_of_upper_triangle,
}
"""Rules for ``sigma`` by name: (N, N) squared distances -> sigma."""


def sigma_rule(name: str) -> Callable[[NDArray[np.floating]], float]:
    """Return the rule of a name.

    Raises:
        InputError: there is no such rule.
    """
    if name not in SIGMAS:
        raise InputError(f'sigma {name!r} is not known', remedy=f'choose one of {", ".join(SIGMAS)}')
    return SIGMAS[name]


def paper_sigma(representations: ArrayLike) -> float:
    """Compute ``sigma = 1 / N^2 sum_i sum_j ||f_i - f_j||``.

    Args:
        representations: (N, D).
    """
    return mean_distance(squared_distances(representations))


def gaussian_affinity(representations: ArrayLike, sigma: float | str | None = None) -> NDArray[np.float64]:
    """Compute ``w_ij = exp(-||f_i - f_j||^2 / (2 sigma^2))``, 1 on the diagonal.

    Args:
        representations: (N, D).
        sigma: a number, or a rule in :data:`SIGMAS`; None: the paper's.

    Returns:
        (N, N) in [0, 1]; all 1 if all representations are equal.
    """
    rows = np.asarray(representations, dtype=np.float64)
    squared = squared_distances(rows)
    if sigma is None or isinstance(sigma, str):
        sigma = sigma_rule(sigma or 'paper')(squared)
    if sigma <= SAME * np.sqrt(np.square(rows).sum(axis=1).max()):
        return np.ones_like(squared)
    squared *= -0.5 / sigma**2
    return np.exp(squared, out=squared)
