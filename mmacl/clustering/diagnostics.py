"""Figures of a clustering that need no labels.

The cost is bounded: of more than ``max_videos`` videos, a random sample of so many is clustered and measured. Random
choices derive from a seed, so no generator of a training is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, silhouette_score

from mmacl.clustering.base_clusterer import BaseClusterer
from mmacl.utils import derive_seed

MAX_VIDEOS = 1000
"""More videos than these are sampled."""

_SHARE = 0.8
Rows = NDArray[np.float64]


def stability(
    clusterer: BaseClusterer,
    representations: Rows,
    num_clusters: int,
    seed: int,
    num_runs: int = 6,
    max_videos: int = MAX_VIDEOS,
) -> float:
    """Measure how alike clusterings of parts of the videos are, which need not mean that they are right.

    Each run clusters four fifths of the videos with a seed of its own. Two runs are compared on the videos that both
    have.

    Args:
        clusterer: one that reads representations; its :attr:`BaseClusterer.single` is measured.
        representations: (N, D).
        num_clusters: C.
        seed: of the parts and of the clusterings.
        num_runs: at least 2.
        max_videos: of more videos, so many are drawn first.

    Returns:
        Mean adjusted Rand index of all pairs of runs, at most 1; 1 if the videos are too few for C clusters.
    """
    rows = representations[sample(len(representations), derive_seed(seed, 0), max_videos)]
    size = round(_SHARE * len(rows))
    if size <= num_clusters:
        return 1.0
    runs = []
    for run in range(1, num_runs + 1):
        part = sample(len(rows), derive_seed(seed, run), size)
        labels = np.full(len(rows), -1)
        labels[part] = assign(_single(clusterer), rows[part], num_clusters, derive_seed(seed, run))
        runs.append(labels)
    return float(np.mean([_rand_index(a, b) for a, b in combinations(runs, 2)]))


def measure_clusters(
    clusterer: BaseClusterer,
    representations: Rows,
    labels: NDArray[np.int64],
    num_clusters: int,
    seed: int,
    widths: Sequence[int] = (),
    last: NDArray[np.int64] | None = None,
    max_videos: int = MAX_VIDEOS,
) -> dict[str, float]:
    """Measure a clustering without labels.

    Args:
        clusterer: what made it.
        representations: (N, D).
        labels: (N,), the cluster of each video.
        num_clusters: C.
        seed: of all random choices here.
        widths: D of each stream, if the representation holds the streams side by side.
        last: (N,), the clusters of the last round.
        max_videos: see :func:`stability`.

    Returns:
        ``stability``: see :func:`stability`; ``silhouette``: mean silhouette, Euclidean; ``last_round``: adjusted Rand
        index with the last round; ``streams``: mean adjusted Rand index of clusterings by single streams. One that
        cannot be measured is left out.
    """
    found = {'stability': stability(clusterer, representations, num_clusters, seed, max_videos=max_videos)}
    chosen = sample(len(labels), derive_seed(seed, 0), max_videos)
    rows, own = representations[chosen], labels[chosen]
    if 1 < len(np.unique(own)) < len(own):
        found['silhouette'] = float(silhouette_score(rows, own))
    if last is not None:
        found['last_round'] = _rand_index(last, labels)
    if len(widths) > 1 and sum(widths) == rows.shape[1] and len(rows) > num_clusters:
        parts = np.split(rows, np.cumsum(widths)[:-1], axis=1)
        alone = [assign(_single(clusterer), part, num_clusters, seed) for part in parts]
        found['streams'] = float(np.mean([_rand_index(a, b) for a, b in combinations(alone, 2)]))
    return found


def half_share(weights: NDArray[Any]) -> float:
    """Return the smallest share of the snippets that holds half of the weights, (T,), in (0, 1].

    0.5 means that all snippets weigh alike; small shares, that few snippets represent the video.
    """
    largest_first = np.sort(np.asarray(weights, dtype=np.float64))[::-1]
    sums = np.cumsum(largest_first)
    # Sums of equal weights are a little off.
    return float((np.searchsorted(sums, sums[-1] / 2 * (1 - 1e-9)) + 1) / len(sums))


def sample(count: int, seed: int, size: int) -> NDArray[np.int64]:
    """Draw ``size`` of ``count`` positions without repetition, in order; all if there are no more."""
    if count <= size:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, size, replace=False))


def assign(clusterer: BaseClusterer, rows: Rows, num_clusters: int, seed: int) -> NDArray[np.int64]:
    """Cluster rows without names, (N, D) to (N,); of several clusters of a video, the first."""
    names = tuple(map(str, range(len(rows))))
    memberships = clusterer(names, num_clusters, seed, representations=rows).aligned_to(names)
    return np.asarray(memberships.argmax(axis=1), dtype=np.int64)


def _rand_index(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Compare two clusterings of the videos that are in both; -1 stands for none."""
    both = (first >= 0) & (second >= 0)
    return float(adjusted_rand_score(first[both], second[both]))


def _single(clusterer: BaseClusterer) -> BaseClusterer:
    """Return the cheap form of a clusterer; a plug-in need not derive from :class:`BaseClusterer`."""
    return getattr(clusterer, 'single', clusterer)
