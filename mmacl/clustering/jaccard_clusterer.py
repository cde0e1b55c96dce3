"""Cluster videos by the neighbours that they share, as FEEL does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from mmacl.clustering.base_clusterer import RepresentationClusterer
from mmacl.clustering.jaccard_distance import jaccard_distances
from mmacl.clustering.k_means import k_means
from mmacl.clustering.normalised_cut import spectral_embedding
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError

ALGORITHMS = ('spectral', 'average_linkage')


@CLUSTERERS.register_module()
class JaccardClusterer(RepresentationClusterer):
    """Cluster by :func:`jaccard_distances` (FEEL: Tang et al., arXiv:2312.07384).

    FEEL measures videos by "feature-robust" Jaccard distances of l-reciprocal nearest neighbours. Its numbers could not
    be looked up; the defaults are those of Zhong et al., and ``algorithm`` is the normalised cut of ACL.

    Args:
        num_neighbors: ``l``, neighbours of a video; at most N - 1 are used.
        expansion_neighbors: videos, with itself, over which the neighbourhood of a video is averaged; 1: itself alone.
        euclidean_weight: weight of the Euclidean distance in the mean of both, in [0, 1].
        algorithm: ``'spectral'``: the normalised cut with the affinity ``1 - d``, then k-means;
            ``'average_linkage'``: join the two nearest clusters until C are left.

    Raises:
        InputError: a number is out of range, or the algorithm is not known.
    """

    def __init__(
        self,
        num_neighbors: int = 20,
        expansion_neighbors: int = 6,
        euclidean_weight: float = 0.0,
        algorithm: str = 'spectral',
    ) -> None:
        for key, number in (('num_neighbors', num_neighbors), ('expansion_neighbors', expansion_neighbors)):
            if number < 1:
                raise InputError(f'clusterer.{key}={number} is less than 1', remedy='20 and 6 are the defaults')
        if not 0 <= euclidean_weight <= 1:
            raise InputError(
                f'clusterer.euclidean_weight={euclidean_weight} is not in [0, 1]', remedy='0 is the default'
            )
        if algorithm not in ALGORITHMS:
            raise InputError(
                f'clusterer.algorithm={algorithm!r} is not known', remedy=f'use one of {", ".join(ALGORITHMS)}'
            )
        self.num_neighbors = num_neighbors
        self.expansion_neighbors = expansion_neighbors
        self.euclidean_weight = euclidean_weight
        self.algorithm = algorithm

    def distances(self, representations: NDArray[np.floating]) -> NDArray[np.float64]:
        """Compute :func:`jaccard_distances` of every pair, (N, D) to (N, N)."""
        rows = representations.astype(np.float64, copy=False)
        return jaccard_distances(rows, self.num_neighbors, self.expansion_neighbors, self.euclidean_weight)

    def assign(self, representations: NDArray[np.float64], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """Cluster the rows."""
        distances = self.distances(representations)
        if self.algorithm == 'spectral':
            return k_means(spectral_embedding(1 - distances, num_clusters), num_clusters, seed)
        linkage = AgglomerativeClustering(num_clusters, metric='precomputed', linkage='average')
        return np.asarray(linkage.fit_predict(distances), dtype=np.int64)
