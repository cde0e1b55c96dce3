"""How well clusters of videos agree with their actions (Sec. 4.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.utils import InputError

Labels = NDArray[np.integer[Any]]

MULTI_LABEL = ('primary', 'any', 'exclude')
"""How a video of several actions counts, see :func:`clustering_metrics`."""


def primary_class(action_counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Find the action with most instances in each video; of equally many, the one of the lowest index.

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


def favoured_class(clusters: Labels, action_counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Find, among the actions of each video, the one that most videos of its cluster contain; ties: the lowest index.

    Args:
        clusters: (N,) non-negative.
        action_counts: (N, num_actions) number of instances; every video has one at least.
    """
    occurs = np.asarray(action_counts) > 0
    votes = np.zeros((np.max(clusters) + 1, occurs.shape[1]), dtype=np.int64)
    np.add.at(votes, clusters, occurs)
    return np.where(occurs, votes[clusters], -1).argmax(axis=1)


def count_confusion(memberships: ArrayLike, classes: ArrayLike, num_classes: int) -> NDArray[np.int64]:
    """Count videos by cluster and class.

    Args:
        memberships: (N, C) bool; a video of several clusters counts in each.
        classes: (N,) class of each video; -1: none, such a video is left out.
        num_classes: A.

    Returns:
        (C, A).
    """
    members, classes = np.asarray(memberships, dtype=bool), np.asarray(classes, dtype=np.int64)
    one_hot = classes[:, None] == np.arange(num_classes)
    return members.T.astype(np.int64) @ one_hot.astype(np.int64)


def purity(clusters: Labels, classes: Labels) -> float:
    """Compute the fraction of videos that have the commonest class of their cluster.

    Args:
        clusters: (N,) non-negative, N > 0.
        classes: (N,) non-negative.
    """
    return float(_contingency(clusters, classes).max(axis=1).sum() / len(clusters))


def normalized_mutual_information(clusters: Labels, classes: Labels) -> float:
    """Compute mutual information over the arithmetic mean of both entropies.

    Args:
        clusters: (N,) integers, N > 0.
        classes: (N,) integers.
    """
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score(classes, clusters))


def adjusted_rand_index(clusters: Labels, classes: Labels) -> float:
    """Compute the agreement over pairs of videos, corrected for chance: 1 is perfect, 0 is the mean of chance.

    Args:
        clusters: (N,) integers, N > 0.
        classes: (N,) integers.
    """
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(classes, clusters))


def one_to_one_assignment(votes: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Assign actions to clusters, each once, with the most votes in all, by the Hungarian method.

    Args:
        votes: (C, num_actions) videos of the cluster that contain the action.

    Returns:
        Clusters, rising, and their actions; each occurs at most once. A pair without any vote is left out, so there may
        be fewer than min(C, num_actions).
    """
    from scipy.optimize import linear_sum_assignment

    clusters, actions = linear_sum_assignment(votes, maximize=True)
    wanted = np.asarray(votes)[clusters, actions] > 0
    return clusters[wanted], actions[wanted]


def cluster_accuracy(clusters: Labels, classes: Labels) -> float:
    """Compute the fraction of videos whose class is that of their cluster under the best one-to-one assignment.

    It is never above purity, which lets several clusters have the same class.

    Args:
        clusters: (N,) non-negative, N > 0.
        classes: (N,) non-negative.
    """
    table = _contingency(clusters, classes)
    return float(table[one_to_one_assignment(table)].sum() / len(clusters))


def check_multi_label(multi_label: str) -> None:
    """Refuse a value that :func:`clustering_metrics` does not know."""
    if multi_label not in MULTI_LABEL:
        raise InputError(f'multi_label {multi_label!r} is not known', remedy=f'choose one of {", ".join(MULTI_LABEL)}')


def clustering_metrics(
    memberships: NDArray[np.bool_], action_counts: NDArray[np.integer[Any]], multi_label: str = 'primary'
) -> dict[str, float]:
    """Measure a table of labels: purity, NMI and ARI as in the paper's Table 3, and one-to-one accuracy.

    All are defined for one cluster and one class per video. A video in no cluster or in several (weak supervision) is
    left out, and so is one without instances. The paper does not say how a video of several actions counts:

    - ``'primary'``: with the action that has most instances, see :func:`primary_class`;
    - ``'any'``: with the one that suits its cluster best, see :func:`favoured_class`. A video is then pure if its
      cluster's action is *one* of its actions. This flatters the clusters;
    - ``'exclude'``: not at all.

    Args:
        memberships: (N, C), True where a video is in a cluster.
        action_counts: (N, num_actions) instances of each action in the same videos.
        multi_label: one of the three.

    Returns:
        ``purity``, ``nmi``, ``ari`` and ``accuracy`` as fractions; nothing where no video counts.

    Raises:
        InputError: ``multi_label`` is none of the three.
    """
    clusters, counts = _counted(memberships, action_counts, multi_label)
    return _metrics(clusters, counts, multi_label) if len(clusters) else {}


def chance_metrics(
    memberships: NDArray[np.bool_],
    action_counts: NDArray[np.integer[Any]],
    multi_label: str = 'primary',
    num_shuffles: int = 10,
) -> dict[str, float]:
    """Measure chance: :func:`clustering_metrics` of the same clusters, shuffled over the videos.

    Purity and NMI of random clusters rise with the number of clusters, so a value means little without this one.

    Args:
        memberships: (N, C), True where a video is in a cluster.
        action_counts: (N, num_actions) instances of each action in the same videos.
        multi_label: as for :func:`clustering_metrics`.
        num_shuffles: how many shuffles the figures are the mean of; they are the same in every call.

    Returns:
        The same keys; nothing where no video counts.

    Raises:
        InputError: ``multi_label`` is not known.
    """
    clusters, counts = _counted(memberships, action_counts, multi_label)
    if not len(clusters):
        return {}
    shuffled = [np.random.default_rng(shuffle).permutation(clusters) for shuffle in range(num_shuffles)]
    found = [_metrics(labels, counts, multi_label) for labels in shuffled]
    return {name: float(np.mean([row[name] for row in found])) for name in found[0]}


def _counted(
    memberships: NDArray[np.bool_], action_counts: NDArray[np.integer[Any]], multi_label: str
) -> tuple[NDArray[np.int64], NDArray[np.integer[Any]]]:
    """Return cluster and action counts of the videos that are measured."""
    check_multi_label(multi_label)
    members, counts = np.asarray(memberships, dtype=bool), np.asarray(action_counts)
    counted = (primary_class(counts) >= 0) & (members.sum(axis=1) == 1)
    if multi_label == 'exclude':
        counted &= (counts > 0).sum(axis=1) == 1
    if not counted.any():
        return np.zeros(0, dtype=np.int64), counts[:0]
    return members[counted].argmax(axis=1), counts[counted]


def _metrics(clusters: Labels, counts: NDArray[np.integer[Any]], multi_label: str) -> dict[str, float]:
    """Compute the four figures of videos with one cluster and at least one action each."""
    classes = favoured_class(clusters, counts) if multi_label == 'any' else primary_class(counts)
    return {
        'purity': purity(clusters, classes),
        'nmi': normalized_mutual_information(clusters, classes),
        'ari': adjusted_rand_index(clusters, classes),
        'accuracy': cluster_accuracy(clusters, classes),
    }


def _contingency(clusters: Labels, classes: Labels) -> NDArray[np.int64]:
    """Count videos by cluster and class, (C, A)."""
    table = np.zeros((np.max(clusters) + 1, np.max(classes) + 1), dtype=np.int64)
    np.add.at(table, (clusters, classes), 1)
    return table
