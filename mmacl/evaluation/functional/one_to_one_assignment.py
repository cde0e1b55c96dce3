"""The best assignment of clusters to actions in which each serves once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment


def one_to_one_assignment(votes: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of cluster and action with the most votes in all, by the Hungarian method.

    Args:
        votes: (C, num_actions) videos of the cluster that contain the action.

    Returns:
        Clusters, rising, and their actions; each occurs at most once. A pair without any vote is left out, so there may
        be fewer than min(C, num_actions).
    """
    clusters, actions = linear_sum_assignment(votes, maximize=True)
    wanted = np.asarray(votes)[clusters, actions] > 0
    return clusters[wanted], actions[wanted]


def cluster_accuracy(clusters: NDArray[np.integer[Any]], classes: NDArray[np.integer[Any]]) -> float:
    """Fraction of videos whose class is that of their cluster under the best one-to-one assignment.

    Never above purity, where several clusters may stand for one class.

    Args:
        clusters: (N,) non-negative, N > 0.
        classes: (N,) non-negative.
    """
    table = np.zeros((np.max(clusters) + 1, np.max(classes) + 1), dtype=np.int64)
    np.add.at(table, (clusters, classes), 1)
    return float(table[one_to_one_assignment(table)].sum() / len(clusters))
