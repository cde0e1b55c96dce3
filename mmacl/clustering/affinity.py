"""The affinity graph between videos (Sec. 3.3).

All of it is float64. With the paper's sigma the affinities off the diagonal lie within a few hundredths of each other,
and what tells videos apart is lost in lower precision.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.utils import InputError

# Distances below this, relative to the longest representation, are rounding and not distance.
_SAME = 1e-12
_ROWS_AT_ONCE = 256


def squared_distances(representations: ArrayLike) -> NDArray[np.float64]:
    """Squared Euclidean distance of every pair, (N, D) -> (N, N).

    From the Gram matrix of the centred rows: common offsets would cancel digits. Exactly symmetric and never negative,
    with a diagonal of exactly 0.
    """
    rows = np.asarray(representations, dtype=np.float64)
    centred = rows - rows.mean(axis=0)
    distances = centred @ centred.T
    norms = np.diagonal(distances).copy()
    distances *= -2.0
    # Norms are added to each other first: one after the other would round the pairs (i, j) and (j, i) differently.
    distances += np.add.outer(norms, norms)
    np.maximum(distances, 0.0, out=distances)
    return distances


def mean_distance(squared: NDArray[np.floating]) -> float:
    """The paper's ``sigma``: mean distance over all N^2 ordered pairs, a video with itself included.

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
    """The authors' release: mean distance over pairs i <= j, a video with itself included.

    Args:
        squared: (N, N) squared distances, symmetric, 0 on the diagonal.
    """
    # Half of the paper's sum over N (N + 1) / 2 pairs.
    num_videos = len(squared)
    return mean_distance(squared) * num_videos / (num_videos + 1)


SIGMAS: dict[str, Callable[[NDArray[np.floating]], float]] = {
    'paper': mean_distance,
    'upper_triangle': mean_distance_of_upper_triangle,
}
"""Rules for ``sigma`` by name: (N, N) squared distances -> sigma."""


def sigma_rule(name: str) -> Callable[[NDArray[np.floating]], float]:
    """The rule of that name.

    Raises:
        InputError: there is none.
    """
    if name not in SIGMAS:
        raise InputError(f'sigma {name!r} is not known', remedy=f'choose one of {", ".join(SIGMAS)}')
    return SIGMAS[name]


def paper_sigma(representations: ArrayLike) -> float:
    """``sigma = 1 / N^2 sum_i sum_j ||f_i - f_j||``.

    Args:
        representations: (N, D).
    """
    return mean_distance(squared_distances(representations))


def gaussian_affinity(representations: ArrayLike, sigma: float | str | None = None) -> NDArray[np.float64]:
    """``w_ij = exp(-||f_i - f_j||^2 / (2 sigma^2))``, 1 on the diagonal.

    Args:
        representations: (N, D).
        sigma: a number, or a rule in :data:`SIGMAS`; None: the paper's.

    Returns:
        (N, N) in [0, 1]; all 1 where all representations are the same.
    """
    rows = np.asarray(representations, dtype=np.float64)
    squared = squared_distances(rows)
    if sigma is None or isinstance(sigma, str):
        sigma = sigma_rule(sigma or 'paper')(squared)
    if sigma <= _SAME * np.sqrt(np.square(rows).sum(axis=1).max()):
        return np.ones_like(squared)
    squared *= -0.5 / sigma**2
    return np.exp(squared, out=squared)
