"""Spectral clustering on the graph of nearest neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.affinity import squared_distances
from mmacl.clustering.base_clusterer import PointsClusterer
from mmacl.clustering.block_lanczos import basis_rows
from mmacl.clustering.neighbor_graph import SEARCHES, graph_embedding, join_neighbors, nearest_neighbors
from mmacl.clustering.normalised_cut import is_small, log_embedding, spectral_embedding, torch_device
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError

# Joins parts of the graph that no edge joins; far below the weight of an edge.
_JOIN = 1e-9


def neighbor_affinity(representations: NDArray[np.floating], num_neighbors: int) -> NDArray[np.float64]:
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

    From 1,000 videos on, the graph is stored as its edges, which takes about ``36 k N`` bytes for k neighbours, and
    ``8 N`` for each of at most ``10 C + 500`` vectors; the eigenvectors are the same.

    Args:
        cluster_share: neighbours of a video, as a share of the mean size of a cluster, N / C; at least one.
        search: how neighbours are found from 1,000 videos on: ``'exact'``, or by the packages ``'faiss'`` (exact) and
            ``'pynndescent'`` (approximate), see :func:`nearest_neighbors`.
        device: of the linear algebra from 1,000 videos on; ``'auto'``: a GPU if there is one.

    Raises:
        InputError: the share is not positive, or the search is not known.
    """

    reads_single_precision = True

    def __init__(self, cluster_share: float = 2 / 3, search: str = 'exact', device: str = 'auto') -> None:
        if cluster_share <= 0:
            raise InputError(f'clusterer.cluster_share={cluster_share} is not positive', remedy='2 / 3 is the default')
        if search not in SEARCHES:
            raise InputError(f'clusterer.search={search!r} is not known', remedy=f'use one of {", ".join(SEARCHES)}')
        self.cluster_share = cluster_share
        self.search = search
        self.device = device

    def points(self, representations: NDArray[np.floating], num_clusters: int) -> NDArray[np.float64]:
        """Return the first C eigenvectors."""
        num_videos = len(representations)
        count = max(round(self.cluster_share * num_videos / num_clusters), 1)
        if is_small(num_videos, num_clusters):
            affinity = neighbor_affinity(representations, count)
            return spectral_embedding(affinity + _JOIN, num_clusters)
        device = torch_device(self.device)
        neighbors = nearest_neighbors(representations, min(count, num_videos - 1), self.search, device=device)
        graph = join_neighbors(neighbors)
        found = graph_embedding(graph, _JOIN, num_clusters, device=device)
        needed = 36 * neighbors.size + 8 * num_videos * basis_rows(num_videos, num_clusters)
        log_embedding('neighbors', num_videos, needed, found, device)
        return found.points
