"""How well clusters of videos agree with their actions (Sec. 4.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

Labels = NDArray[np.integer[Any]]


def primary_class(action_counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """The action with most instances in each video; of equally many, the one of the lowest index.

    The paper measures clusters against one class a video and does not say which where a video has two.

    Args:
        action_counts: (N, num_actions) number of instances.

    Returns:
        (N,) class; -1 where a video has no instance.
    """
    counts = np.asarray(action_counts)
    if counts.shape[1] == 0:
        return np.full(len(counts), -1)
    return np.where(counts.max(axis=1) > 0, counts.argmax(axis=1), -1)


def purity(clusters: Labels, classes: Labels) -> float:
    """Fraction of videos that are of the commonest class of their cluster.

    Args:
        clusters: (N,) non-negative, N > 0.
        classes: (N,) non-negative.
    """
    table = np.zeros((np.max(clusters) + 1, np.max(classes) + 1), dtype=np.int64)
    np.add.at(table, (clusters, classes), 1)
    return float(table.max(axis=1).sum() / len(clusters))


def normalized_mutual_information(clusters: Labels, classes: Labels) -> float:
    """Mutual information over the arithmetic mean of both entropies.

    Args:
        clusters: (N,) integers, N > 0.
        classes: (N,) integers.
    """
    return float(normalized_mutual_info_score(classes, clusters))


def adjusted_rand_index(clusters: Labels, classes: Labels) -> float:
    """Agreement over pairs of videos, corrected for chance: 1 is perfect, 0 is what chance gives.

    Args:
        clusters: (N,) integers, N > 0.
        classes: (N,) integers.
    """
    return float(adjusted_rand_score(classes, clusters))


def clustering_metrics(memberships: NDArray[np.bool_], action_counts: NDArray[np.integer[Any]]) -> dict[str, float]:
    """Purity, NMI and ARI of a table of labels, as the paper's Table 3.

    A video counts with its primary class. The three are defined for one cluster a video, so a video in none or in
    several (weak supervision) is left out, and so is one without instances.

    Args:
        memberships: (N, C), True where a video is in a cluster.
        action_counts: (N, num_actions) instances of each action in the same videos.

    Returns:
        ``purity``, ``nmi`` and ``ari`` as fractions; nothing where no video counts.
    """
    members = np.asarray(memberships, dtype=bool)
    classes = primary_class(action_counts)
    counted = (classes >= 0) & (members.sum(axis=1) == 1)
    if not counted.sum():
        return {}
    clusters, classes = members[counted].argmax(axis=1), classes[counted]
    return {
        'purity': purity(clusters, classes),
        'nmi': normalized_mutual_information(clusters, classes),
        'ari': adjusted_rand_index(clusters, classes),
    }
