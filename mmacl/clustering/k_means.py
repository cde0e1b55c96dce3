"""K-means on representations of videos."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

_NUM_STARTS = 10
# Below this number of points, all starts are scikit-learn's, bit for bit.
_TOGETHER = 1000


def k_means(
    points: NDArray[np.float64], num_clusters: int, seed: int, num_starts: int = _NUM_STARTS
) -> NDArray[np.int64]:
    """Return the best of some runs of k-means, ten by default, from k-means++ starts.

    From 1,000 points on, the starts are drawn at once, and as many run at a time as torch has threads. The random
    numbers are those of scikit-learn in the same order, so the labels are the same but for ties of rounding.

    Args:
        points: (N, D), N >= ``num_clusters``.
        num_clusters: C.
        seed: non-negative, of any size.
        num_starts: number of runs.

    Returns:
        (N,) in [0, C). Clusters may be empty only where fewer than C points differ.
    """
    # scikit-learn takes seeds of 32 bits.
    state = np.random.RandomState(seed % 2**32)
    # Asked before the limit below, which torch's own number follows.
    at_once = min(num_starts, torch.get_num_threads())
    # With several threads, sums depend on which finishes first; one thread gives the same bits each time.
    with warnings.catch_warnings():
        # It warns of fewer distinct points than clusters, which are allowed.
        warnings.simplefilter('ignore', ConvergenceWarning)
        if len(points) < _TOGETHER:
            with threadpool_limits(1):
                model = KMeans(num_clusters, n_init=num_starts, random_state=state)
                return np.asarray(model.fit_predict(points), dtype=np.int64)
        centred = np.ascontiguousarray(points - points.mean(axis=0))
        starts = k_means_plus_plus(centred, num_clusters, num_starts, state)
        with threadpool_limits(1), ThreadPoolExecutor(at_once) as threads:
            runs = threads.map(lambda start: _run(centred, centred[start]), starts)
            best, least = next(runs)
            for labels, inertia in runs:
                # Rounding must not exchange a clustering for itself under other numbers.
                if inertia < least and not _same_groups(labels, best, num_clusters):
                    best, least = labels, inertia
    return best


def k_means_runs(points: NDArray[np.float64], num_clusters: int, seeds: Sequence[int]) -> list[NDArray[np.int64]]:
    """Run k-means once from each seed; of 1,000 points or more, as many runs at a time as torch has threads.

    Args:
        points: (N, D), N >= ``num_clusters``.
        num_clusters: C.
        seeds: non-negative, of any size.

    Returns:
        (N,) in [0, C) for each seed, the same as :func:`k_means` with one start.
    """
    at_once = torch.get_num_threads() if len(points) >= _TOGETHER else 1
    # The limit of all libraries is set here, so that no run lifts it while another one works.
    with threadpool_limits(1), ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(lambda seed: k_means(points, num_clusters, seed, num_starts=1), seeds))


def k_means_plus_plus(
    points: NDArray[np.float64], num_clusters: int, num_starts: int, state: np.random.RandomState
) -> NDArray[np.int64]:
    """Draw several greedy k-means++ starts (Arthur and Vassilvitskii 2007), all at once.

    Each centre is the best of ``2 + log C`` points that are drawn by their squared distance to the centres so far.

    Args:
        points: (N, D) float64, centred.
        num_clusters: C.
        num_starts: S.
        state: random numbers, drawn in the order of scikit-learn.

    Returns:
        (S, C) indices of points.
    """
    num_points, trials = len(points), 2 + int(np.log(num_clusters))
    firsts, shares = [], np.empty((num_starts, num_clusters - 1, trials))
    for start in range(num_starts):
        firsts.append(state.choice(num_points, p=np.full(num_points, 1 / num_points)))
        shares[start] = state.uniform(size=(num_clusters - 1, trials))
    # One product gives |x|^2 - 2 x y + |y|^2.
    norms = (points**2).sum(axis=1, keepdims=True)
    left = np.concatenate([-2 * points, norms, np.ones_like(norms)], axis=1)
    right = np.concatenate([points, np.ones_like(norms), norms], axis=1).T
    chosen = np.empty((num_starts, num_clusters), dtype=np.int64)
    chosen[:, 0] = firsts
    closest = np.maximum(left[chosen[:, 0]] @ right, 0)
    each = np.arange(num_starts)
    potentials = closest.sum(axis=1)
    for place in range(1, num_clusters):
        drawn = shares[:, place - 1] * potentials[:, None]
        sums = np.cumsum(closest, axis=1)
        candidates = np.stack([np.searchsorted(*pair) for pair in zip(sums, drawn, strict=True)])
        np.minimum(candidates, num_points - 1, out=candidates)
        distances = (left[candidates.reshape(-1)] @ right).reshape(num_starts, trials, num_points)
        np.clip(distances, 0, closest[:, None], out=distances)
        totals = distances.sum(axis=2)
        best = totals.argmin(axis=1)
        closest, potentials, chosen[:, place] = distances[each, best], totals[each, best], candidates[each, best]
    return chosen


def _run(points: NDArray[np.float64], centres: NDArray[np.float64]) -> tuple[NDArray[np.int64], float]:
    """Run k-means from the centres: labels, (N,), and the sum of squared distances."""
    # A thread has a limit of its own.
    with threadpool_limits(1):
        model = KMeans(len(centres), init=centres, n_init=1).fit(points)
    return np.asarray(model.labels_, dtype=np.int64), float(model.inertia_)


def _same_groups(one: NDArray[np.int64], two: NDArray[np.int64], num_clusters: int) -> bool:
    """Whether two clusterings differ by the numbers of their clusters only."""
    pairs = np.unique(one * num_clusters + two)
    return len(pairs) == len(np.unique(one)) == len(np.unique(two))
