"""K-means on the representations themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.k_means import k_means
from mmacl.clustering.representation_clusterer import RepresentationClusterer
from mmacl.registry import CLUSTERERS


@CLUSTERERS.register_module()
class KMeansClusterer(RepresentationClusterer):
    """K-means on representations of videos, in place of the paper's spectral clustering."""

    def assign(self, representations: NDArray[np.float64], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """The best of ten seeded runs."""
        return k_means(representations, num_clusters, seed)
