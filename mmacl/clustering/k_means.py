"""K-means on representations of videos."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

_NUM_STARTS = 10


def k_means(
    points: NDArray[np.float64], num_clusters: int, seed: int, num_starts: int = _NUM_STARTS
) -> NDArray[np.int64]:
    """Return the best of some runs of k-means, ten by default, from k-means++ starts.

    Args:
        points: (N, D), N >= ``num_clusters``.
        num_clusters: C.
        seed: non-negative, of any size.
        num_starts: number of runs.

    Returns:
        (N,) in [0, C). Clusters may be empty only where fewer than C points differ.
    """
    # scikit-learn takes seeds of 32 bits.
    model = KMeans(num_clusters, n_init=num_starts, random_state=seed % 2**32)
    # With several threads, sums depend on which finishes first; one thread gives the same bits each time.
    with threadpool_limits(1), warnings.catch_warnings():
        # It warns of fewer distinct points than clusters, which are allowed.
        warnings.simplefilter('ignore', ConvergenceWarning)
        return np.asarray(model.fit_predict(points), dtype=np.int64)
