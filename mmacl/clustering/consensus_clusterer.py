"""Cluster videos by how often several clusterings put them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.base_clusterer import BaseClusterer, PointsClusterer, RepresentationClusterer
from mmacl.clustering.k_means import k_means, k_means_runs
from mmacl.clustering.normalised_cut import is_small, lanczos_embedding, spectral_embedding
from mmacl.clustering.vote_affinity import VoteAffinity, vote_affinity
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError, derive_seed

_PARTS = (dict(type='SpectralClusterer'), dict(type='KMeansClusterer'), dict(type='NeighborClusterer'))


@CLUSTERERS.register_module()
class ConsensusClusterer(RepresentationClusterer):
    """Average many clusterings: the affinity of two videos is the share of the clusterings that put them together.

    Each part converts the representations to points once, and k-means clusters these from ``num_runs`` random starts,
    each counted. The normalised cut of the shares gives the clusters (evidence accumulation: Fred and Jain, 2005; the
    cut is ours). One k-means depends on its start; the share does not.

    Args:
        parts: configs of clusterers that use k-means on points.
        num_runs: of each part.

    Raises:
        InputError: there is no part, a part does not use k-means on points, or there are no runs.
    """

    def __init__(self, parts: Sequence[dict[str, Any]] = _PARTS, num_runs: int = 20) -> None:
        if not parts or num_runs < 1:
            raise InputError(
                f'a consensus of {len(parts)} clusterers with {num_runs} runs each is empty',
                remedy='set clusterer.parts and clusterer.num_runs',
            )
        self.parts: list[PointsClusterer] = []
        for part in parts:
            built = CLUSTERERS.build(part)
            if not isinstance(built, PointsClusterer):
                raise InputError(
                    f'{type(built).__name__} has no points that k-means clusters, so it cannot be a part',
                    remedy='use SpectralClusterer, KMeansClusterer, NeighborClusterer or another PointsClusterer',
                )
            self.parts.append(built)
        self.num_runs = num_runs

    @property
    def single(self) -> BaseClusterer:
        """The first part."""
        return self.parts[0]

    def votes(self, representations: NDArray[np.floating], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """Cluster often: (number of parts x ``num_runs``, N), in [0, C)."""
        found: list[NDArray[np.int64]] = []
        for index, part in enumerate(self.parts):
            points = part.points(representations, num_clusters)
            seeds = [derive_seed(seed, index, run) for run in range(1, self.num_runs + 1)]
            found += k_means_runs(points, num_clusters, seeds)
        return np.stack(found)

    def assign(self, representations: NDArray[np.float64], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """Cluster the rows; from 1,000 on, and 12 a cluster, the shares are not written out as a matrix."""
        votes = self.votes(representations, num_clusters, seed)
        if is_small(len(representations), num_clusters):
            points = spectral_embedding(vote_affinity(votes), num_clusters)
        else:
            points = lanczos_embedding(VoteAffinity(votes), num_clusters).points
        return k_means(points, num_clusters, seed)
