"""Distance of videos by the neighbours that they share (Zhong, Zheng, Cao and Li, CVPR 2017)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mmacl.clustering.affinity import squared_distances

FloatArray = NDArray[np.float64]


def jaccard_distances(
    representations: FloatArray,
    num_neighbors: int = 20,
    expansion_neighbors: int = 6,
    euclidean_weight: float = 0.0,
) -> FloatArray:
    """Compute the k-reciprocal Jaccard distance of every pair, mixed with the Euclidean one.

    1. ``R(i, k)``: videos among the k nearest of i that have i among their own k nearest, and i itself.
    2. ``R*(i, k)``: R(i, k) and every R(q, k / 2) of a q in R(i, k) that shares two thirds of its videos with R(i, k).
    3. ``V_i``: ``exp(-d_ij)`` of the j in R*(i, k), d being the Euclidean distance, and 0 of all others; scaled to sum
       to 1.
    4. Each V_i becomes the mean V of the k2 nearest videos, i included.
    5. ``d_J(i, j) = 1 - sum min(V_i, V_j) / sum max(V_i, V_j)``, and the result is
       ``(1 - w) d_J + w d / max d``.

    Args:
        representations: (N, D).
        num_neighbors: ``k``, above 0; at most N - 1 are used.
        expansion_neighbors: ``k2``, above 0; 1: V stays as it is.
        euclidean_weight: ``w`` in [0, 1].

    Returns:
        (N, N) in [0, 1], symmetric, 0 on the diagonal.
    """
    euclidean = np.sqrt(squared_distances(representations))
    neighbors = nearest_first(euclidean)
    related = expand(reciprocal(neighbors, num_neighbors), reciprocal(neighbors, max(1, round(num_neighbors / 2))))
    weights = related.multiply(np.exp(-euclidean)).tocsr()
    weights = sparse.diags_array(1 / weights.sum(axis=1)) @ weights
    first = among_nearest(neighbors, expansion_neighbors - 1)
    weights = (first / first[[0]].sum()) @ weights
    shared = sum_of_minima(weights)
    # Rows sum to 1, so the maxima of a pair sum to 2 minus the minima.
    distances = (1 - euclidean_weight) * (1 - shared / (2 - shared))
    longest = euclidean.max()
    if euclidean_weight and longest > 0:
        distances += euclidean_weight / longest * euclidean
    distances = np.clip(distances, 0.0, 1.0)
    np.fill_diagonal(distances, 0.0)
    return distances


def nearest_first(distances: FloatArray) -> NDArray[np.intp]:
    """Order the others of each video by distance, equal ones by number, itself first: (N, N) to (N, N)."""
    distances = distances.copy()
    np.fill_diagonal(distances, -1.0)
    return np.argsort(distances, axis=1, kind='stable')


def among_nearest(neighbors: NDArray[np.intp], count: int) -> sparse.csr_array:
    """Mark the ``count`` nearest of each video and itself, (N, N) of 0 and 1."""
    num_videos = len(neighbors)
    columns = neighbors[:, : count + 1]
    rows = np.repeat(np.arange(num_videos), columns.shape[1])
    ones = np.ones(columns.size)
    return sparse.csr_array((ones, (rows, columns.reshape(-1))), shape=(num_videos, num_videos))


def reciprocal(neighbors: NDArray[np.intp], count: int) -> sparse.csr_array:
    """Mark R(i, count), (N, N) of 0 and 1."""
    nearest = among_nearest(neighbors, count)
    return nearest.multiply(nearest.T).tocsr()


def expand(wide: sparse.csr_array, narrow: sparse.csr_array) -> sparse.csr_array:
    """Mark R*(i, k), given R(i, k) and R(i, k / 2), (N, N) of 0 and 1."""
    overlap = (wide @ narrow.T).multiply(wide).tocsr()
    sizes = narrow.sum(axis=1)
    accepted = overlap.copy()
    accepted.data = (3 * overlap.data >= 2 * sizes[overlap.indices]).astype(np.float64)
    expanded = (wide + accepted @ narrow).tocsr()
    expanded.data = (expanded.data > 0).astype(np.float64)
    return expanded


def sum_of_minima(weights: sparse.csr_array) -> FloatArray:
    """Compute ``sum_k min(V_ik, V_jk)`` of every pair of rows, (N, N), exactly symmetric."""
    num_videos = weights.shape[0]
    by_column = weights.tocsc()
    sums = np.zeros((num_videos, num_videos))
    for row in range(num_videos):
        own = slice(weights.indptr[row], weights.indptr[row + 1])
        theirs = by_column[:, weights.indices[own]]
        minima = np.minimum(theirs.data, np.repeat(weights.data[own], np.diff(theirs.indptr)))
        sums[row] = np.bincount(theirs.indices, weights=minima, minlength=num_videos)
    return np.minimum(sums, sums.T)
