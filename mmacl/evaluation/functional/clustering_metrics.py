"""How well clusters of videos agree with their actions (Sec. 4.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from mmacl.evaluation.functional.one_to_one_assignment import cluster_accuracy
from mmacl.utils import InputError

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


MULTI_LABEL = ('primary', 'any', 'exclude')
"""What a video of several actions may count with, see :func:`clustering_metrics`."""


def favoured_class(clusters: Labels, action_counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Of each video's own actions the one that most videos of its cluster contain; of equals the lowest index.

    Args:
        clusters: (N,) non-negative.
        action_counts: (N, num_actions) number of instances; every video has one at least.
    """
    occurs = np.asarray(action_counts) > 0
    votes = np.zeros((np.max(clusters) + 1, occurs.shape[1]), dtype=np.int64)
    np.add.at(votes, clusters, occurs)
    return np.where(occurs, votes[clusters], -1).argmax(axis=1)


def check_multi_label(multi_label: str) -> None:
    """Refuse what :func:`clustering_metrics` does not know."""
    if multi_label not in MULTI_LABEL:
        raise InputError(f'multi_label {multi_label!r} is not known', remedy=f'choose one of {", ".join(MULTI_LABEL)}')


def clustering_metrics(
    memberships: NDArray[np.bool_], action_counts: NDArray[np.integer[Any]], multi_label: str = 'primary'
) -> dict[str, float]:
    """Purity, NMI and ARI of a table of labels, as the paper's Table 3, and accuracy under a one-to-one assignment.

    All are defined for one cluster and one class a video. A video in no cluster or in several (weak supervision) is
    left out, and so is one without instances. With which class a video of several actions counts, the paper does not
    say:

    - ``'primary'``: the action with most instances, see :func:`primary_class`;
    - ``'any'``: the one that suits its cluster best, see :func:`favoured_class`. A video is then pure if its cluster's
      action is *one* of its actions. This flatters the clusters;
    - ``'exclude'``: none, such videos are left out.

    Args:
        memberships: (N, C), True where a video is in a cluster.
        action_counts: (N, num_actions) instances of each action in the same videos.
        multi_label: one of the three.

    Returns:
        ``purity``, ``nmi``, ``ari`` and ``accuracy`` as fractions; nothing where no video counts.

    Raises:
        InputError: ``multi_label`` is none of the three.
    """
    check_multi_label(multi_label)
    members, counts = np.asarray(memberships, dtype=bool), np.asarray(action_counts)
    counted = (primary_class(counts) >= 0) & (members.sum(axis=1) == 1)
    if multi_label == 'exclude':
        counted &= (counts > 0).sum(axis=1) == 1
    if not counted.any():
        return {}
    clusters, counts = members[counted].argmax(axis=1), counts[counted]
    classes = favoured_class(clusters, counts) if multi_label == 'any' else primary_class(counts)
    return {
        'purity': purity(clusters, classes),
        'nmi': normalized_mutual_information(clusters, classes),
        'ari': adjusted_rand_index(clusters, classes),
        'accuracy': cluster_accuracy(clusters, classes),
    }
