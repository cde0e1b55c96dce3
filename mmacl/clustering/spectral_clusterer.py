"""Spectral clustering of videos (Sec. 3.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.affinity import gaussian_affinity, sigma_rule
from mmacl.clustering.k_means import k_means
from mmacl.clustering.representation_clusterer import RepresentationClusterer
from mmacl.clustering.spectral_embedding import spectral_embedding
from mmacl.registry import CLUSTERERS


@CLUSTERERS.register_module()
class SpectralClusterer(RepresentationClusterer):
    """Gaussian affinity -> normalised cut of Shi and Malik [36] -> k-means on its C eigenvectors.

    Exact, in float64, for as many videos as fit: about 24 N^2 bytes.

    Args:
        sigma: ``'paper'``: "sigma = 1 / N^2 sum_i sum_j ||f_i - f_j||"; ``'upper_triangle'``: over i <= j, as in the
            authors' release.
        self_affinity: whether a video's affinity to itself, ``w_ii = 1``, counts in its degree, as "a fully connected
            affinity graph" whose ``w_ij`` is defined for all i and j has it. The release's scikit-learn leaves it out.

    Raises:
        InputError: an unknown ``sigma``.
    """

    def __init__(self, sigma: str = 'paper', self_affinity: bool = True) -> None:
        sigma_rule(sigma)
        self.sigma = sigma
        self.self_affinity = self_affinity

    def assign(self, representations: NDArray[np.float64], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """Clusters of the rows."""
        affinity = gaussian_affinity(representations, self.sigma)
        if not self.self_affinity:
            np.fill_diagonal(affinity, 0.0)
            # A video so far from all others that its affinities are 0 keeps its own, else its cut is undefined.
            alone = np.flatnonzero(affinity.sum(axis=1) == 0)
            affinity[alone, alone] = 1.0
        return k_means(spectral_embedding(affinity, num_clusters), num_clusters, seed)
