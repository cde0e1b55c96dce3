"""Train on the videos first whose clusters are sure, and on all of them later, as FEEL does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError

CONFIDENCES = ('compactness', 'silhouette')


class SelfPacedSelection:
    """Select the most confident part of each cluster; the part grows with the rounds.

    FEEL (Tang et al., arXiv:2312.07384) adds videos from easy to hard, at constant or at variable speed. Its numbers
    and its measure could not be looked up. Equal steps in ``shares`` are a constant speed. Shares belong to rounds, not
    to parts of the training, so that more rounds can be added to a run.

    Args:
        shares: part of each cluster that trains in round 1, 2, ..., in (0, 1]; the last one holds for all later rounds.
        confidence: ``'compactness'``: minus the mean distance to the other videos of the cluster; ``'silhouette'``:
            ``(b - a) / max(a, b)`` with that distance a and the mean distance b to the nearest other cluster.

    Raises:
        InputError: there are no shares, one is not in (0, 1], or the measure is not known.
    """

    def __init__(self, shares: Sequence[float] = (0.5, 0.75, 1.0), confidence: str = 'compactness') -> None:
        if not shares or not all(0 < share <= 1 for share in shares):
            raise InputError(
                f'clustering.selection.shares={list(shares)} are not parts in (0, 1], one or more',
                remedy='(0.5, 0.75, 1.0) is the default',
            )
        if confidence not in CONFIDENCES:
            raise InputError(
                f'clustering.selection.confidence={confidence!r} is not known',
                remedy=f'use one of {", ".join(CONFIDENCES)}',
            )
        self.shares = tuple(shares)
        self.confidence = confidence

    def __call__(self, memberships: NDArray[np.bool_], distances: NDArray[np.float64], round: int) -> NDArray[np.bool_]:
        """Select videos; of equal confidence, the first.

        Args:
            memberships: (N, C), True where a video belongs to a cluster.
            distances: (N, N), symmetric, such as :meth:`BaseClusterer.distances` gives them.
            round: number of the round, from 1.

        Returns:
            (N,), True for those that train. Every cluster with a video keeps one.
        """
        share = self.shares[min(round, len(self.shares)) - 1]
        values = confidences(memberships, distances, self.confidence)
        selected = np.zeros(len(memberships), dtype=bool)
        for cluster, column in enumerate(memberships.T):
            members = np.flatnonzero(column)
            best = members[np.argsort(-values[members, cluster], kind='stable')]
            count = np.ceil(np.round(share * len(members), 9))  # 0.7 * 10 is a little more than 7
            selected[best[: int(count)]] = True
        return selected


def confidences(memberships: NDArray[np.bool_], distances: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Compute how sure each video belongs to each cluster, (N, C); meaningless where it does not belong.

    A video alone in its cluster has a distance of 0 to its cluster.

    Args:
        memberships: (N, C) bool.
        distances: (N, N).
        kind: one of :data:`CONFIDENCES`.
    """
    members = memberships.astype(np.float64)
    sizes = members.sum(axis=0)
    own = (distances @ members) / np.maximum(sizes - members, 1)
    if kind == 'compactness':
        return -own
    # Distances to a cluster without a video, or to the video's own one, do not count.
    nearest = np.where(sizes > 0, own, np.inf)
    result = np.zeros_like(own)
    for cluster in range(memberships.shape[1]):
        others = np.delete(nearest, cluster, axis=1).min(axis=1, initial=np.inf)
        a, b = own[:, cluster], np.where(np.isfinite(others), others, 0.0)
        scale = np.maximum(a, b)
        result[:, cluster] = np.divide(b - a, scale, out=np.zeros_like(a), where=scale > 0)
    return result
