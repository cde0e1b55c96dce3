"""Spectral clustering on the graph of nearest neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.affinity import squared_distances
from mmacl.clustering.base_clusterer import PointsClusterer
from mmacl.clustering.spectral_clusterer import spectral_embedding
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError

# Joins parts of the graph that no edge joins; far below the weight of an edge.
_JOIN = 1e-9


def neighbor_affinity(representations: NDArray[np.float64], num_neighbors: int) -> NDArray[np.float64]:
    """Join each video to its nearest ones: ``w_ij`` is 1 if both are neighbours of each other, 1/2 if one is.

    Args:
        representations: (N, D).
        num_neighbors: neighbours of a video, besides itself; at most N - 1 are used. Of videos at the same distance,
            the first are taken.

    Returns:
        (N, N), symmetric, 1 on the diagonal.
    """
    distances = squared_distances(representations)
    np.fill_diagonal(distances, -1.0)  # a copy of a video is no nearer to it than itself
    nearest = np.argsort(distances, axis=1, kind='stable')[:, : num_neighbors + 1]
    joined = np.zeros_like(distances)
    np.put_along_axis(joined, nearest, 1.0, axis=1)
    return (joined + joined.T) / 2


@CLUSTERERS.register_module()
class NeighborClusterer(PointsClusterer):
    """Normalised cut of the graph of nearest neighbours, then k-means on its C eigenvectors.

    The affinity of the paper is nearly flat with its sigma: distances of all pairs are alike in many dimensions. Ranks
    of distances are not.

    Args:
        cluster_share: neighbours of a video, as a share of the mean size of a cluster, N / C; at least one.

    Raises:
        InputError: the share is not positive.
    """

    def __init__(self, cluster_share: float = 2 / 3) -> None:
        if cluster_share <= 0:
            raise InputError(f'clusterer.cluster_share={cluster_share} is not positive', remedy='2 / 3 is the default')
        self.cluster_share = cluster_share

    def points(self, representations: NDArray[np.float64], num_clusters: int) -> NDArray[np.float64]:
        """Return the first C eigenvectors."""
        count = max(round(self.cluster_share * len(representations) / num_clusters), 1)
        affinity = neighbor_affinity(representations, count)
        return spectral_embedding(affinity + _JOIN, num_clusters)
