"""K-means on representations of videos."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

_NUM_STARTS = 10
# Below this number of points, all starts are scikit-learn's, bit for bit.
_TOGETHER = 1000
# Of the copies of the points that runs at a time make.
_COPIES_BYTES = 4e9


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
    state = _random_numbers(seed)
    # With several threads, sums depend on which finishes first; one thread gives the same bits each time.
    if len(points) < _TOGETHER:
        with _quiet(), threadpool_limits(1):
            model = KMeans(num_clusters, n_init=num_starts, random_state=state)
            return np.asarray(model.fit_predict(points), dtype=np.int64)
    centred = np.ascontiguousarray(points - points.mean(axis=0))
    starts = k_means_plus_plus(centred, num_clusters, num_starts, state)
    # The thread count is read first: the limit below changes it.
    at_once = min(num_starts, torch.get_num_threads())
    with _quiet(), threadpool_limits(1), ThreadPoolExecutor(at_once) as threads:
        runs = threads.map(lambda start: _run(centred, centred[start]), starts)
        best, least = next(runs)
        for labels, inertia in runs:
            # Rounding must not exchange a clustering for itself under other numbers.
            if inertia < least and not _same_groups(labels, best, num_clusters):
                best, least = labels, inertia
    return best


def k_means_runs(points: NDArray[np.float64], num_clusters: int, seeds: Sequence[int]) -> list[NDArray[np.int64]]:
    """Run k-means once from each seed, with the labels of :func:`k_means` with one start.

    Of 1,000 points or more, as many runs go at a time as torch has threads and as 4 GB have room for: each copies the
    points, and all share three further copies.

    Args:
        points: (N, D), N >= ``num_clusters``.
        num_clusters: C.
        seeds: non-negative, of any size.

    Returns:
        (N,) in [0, C) for each seed.
    """
    if len(points) < _TOGETHER:
        return [k_means(points, num_clusters, seed, num_starts=1) for seed in seeds]
    at_once = max(1, min(torch.get_num_threads(), int(_COPIES_BYTES // points.nbytes)))
    with _quiet(), threadpool_limits(1), ThreadPoolExecutor(at_once) as threads:
        centred = np.ascontiguousarray(points - points.mean(axis=0))
        factors = _distance_factors(centred)

        def once(seed: int) -> NDArray[np.int64]:
            with threadpool_limits(1):  # a thread has a limit of its own
                (start,) = k_means_plus_plus(centred, num_clusters, 1, _random_numbers(seed), factors)
            return _run(centred, centred[start])[0]

        return list(threads.map(once, seeds))


def k_means_plus_plus(
    points: NDArray[np.float64],
    num_clusters: int,
    num_starts: int,
    state: np.random.RandomState,
    factors: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> NDArray[np.int64]:
    """Draw several greedy k-means++ starts (Arthur and Vassilvitskii 2007), all at once.

    Each centre is the best of ``2 + log C`` points that are drawn by their squared distance to the centres so far.

    Args:
        points: (N, D) float64, centred.
        num_clusters: C.
        num_starts: S.
        state: random numbers, drawn in the order of scikit-learn.
        factors: :func:`_distance_factors` of the points, if they are known.

    Returns:
        (S, C) indices of points.
    """
    num_points, trials = len(points), 2 + int(np.log(num_clusters))
    firsts, shares = [], np.empty((num_starts, num_clusters - 1, trials))
    for start in range(num_starts):
        firsts.append(state.choice(num_points, p=np.full(num_points, 1 / num_points)))
        shares[start] = state.uniform(size=(num_clusters - 1, trials))
    left, right = factors or _distance_factors(points)
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


def _distance_factors(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two matrices whose product is |x|^2 - 2 x y + |y|^2 of all pairs, (N, D + 2) and (D + 2, N)."""
    norms = (points**2).sum(axis=1, keepdims=True)
    left = np.concatenate([-2 * points, norms, np.ones_like(norms)], axis=1)
    return left, np.concatenate([points, np.ones_like(norms), norms], axis=1).T


def _random_numbers(seed: int) -> np.random.RandomState:
    """scikit-learn takes seeds of 32 bits."""
    return np.random.RandomState(seed % 2**32)


@contextmanager
def _quiet() -> Iterator[None]:
    """scikit-learn warns of fewer distinct points than clusters, which are allowed; not for use in threads."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', ConvergenceWarning)
        yield


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
