"""Spectral clustering of videos (Sec. 3.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.affinity import gaussian_affinity, sigma_rule
from mmacl.clustering.affinity_panels import AffinityPanels
from mmacl.clustering.base_clusterer import PointsClusterer
from mmacl.clustering.block_lanczos import basis_rows
from mmacl.clustering.landmarks import landmark_bytes, landmark_embedding
from mmacl.clustering.neighbor_clusterer import NeighborClusterer
from mmacl.clustering.normalised_cut import (
    is_small,
    lanczos_embedding,
    log_embedding,
    spectral_embedding,
    torch_device,
)
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError

METHODS = ('auto', 'exact', 'nystroem', 'neighbors')


@CLUSTERERS.register_module()
class SpectralClusterer(PointsClusterer):
    """Gaussian affinity -> normalised cut of Shi and Malik [36] -> k-means on its C eigenvectors.

    ``'exact'`` computes all affinities in float64. Below 1,000 videos LAPACK solves the dense problem, which takes
    about ``24 N^2`` bytes. Above, half of the matrix is stored and block Lanczos finds the eigenvectors to the same
    digits: about ``4 N^2 + 8 N (D + 10 C + 1524)`` bytes (:func:`exact_bytes`). ``'nystroem'`` approximates the
    affinity (:func:`landmark_embedding`), ``'neighbors'`` cuts the graph of nearest neighbours instead
    (:class:`NeighborClusterer`). Above 1,000 videos the log says which way was taken, its memory and residual.

    Args:
        sigma: ``'paper'``: "sigma = 1 / N^2 sum_i sum_j ||f_i - f_j||"; ``'upper_triangle'``: over i <= j, as in the
            authors' release.
        self_affinity: whether a video's affinity to itself, ``w_ii = 1``, counts in its degree, as in the paper's
            "fully connected affinity graph". scikit-learn, which the release uses, leaves it out.
        method: one of :data:`METHODS`; ``'auto'``: exact where it fits ``memory_budget_bytes``, else ``'nystroem'``.
        memory_budget_bytes: bytes that ``'auto'`` may take beside the representations.
        num_landmarks: videos that stand for all in ``'nystroem'``; more are more exact.
        device: of the linear algebra above 1,000 videos; ``'auto'``: a GPU if there is one.

    Raises:
        InputError: an unknown ``sigma`` or ``method``, or a number that is not positive.
    """

    reads_single_precision = True

    def __init__(
        self,
        sigma: str = 'paper',
        self_affinity: bool = True,
        method: str = 'auto',
        memory_budget_bytes: float = 4e9,
        num_landmarks: int = 1000,
        device: str = 'auto',
    ) -> None:
        sigma_rule(sigma)
        if method not in METHODS:
            raise InputError(f'clusterer.method={method!r} is not known', remedy=f'use one of {", ".join(METHODS)}')
        for key, number in (('memory_budget_bytes', memory_budget_bytes), ('num_landmarks', num_landmarks)):
            if not number > 0:
                raise InputError(f'clusterer.{key}={number} is not positive', remedy='4e9 and 1000 are the defaults')
        self.sigma = sigma
        self.self_affinity = self_affinity
        self.method = method
        self.memory_budget_bytes = memory_budget_bytes
        self.num_landmarks = num_landmarks
        self.device = device

    def points(self, representations: NDArray[np.floating], num_clusters: int) -> NDArray[np.float64]:
        """Return the first C eigenvectors."""
        num_videos, width = representations.shape
        method, needed = self.method, exact_bytes(num_videos, width, num_clusters)
        if method == 'auto':
            method = 'exact' if needed <= self.memory_budget_bytes else 'nystroem'
        if method == 'neighbors':
            return NeighborClusterer(device=self.device).points(representations, num_clusters)
        if method == 'exact' and is_small(num_videos, num_clusters):
            return self._dense(representations, num_clusters)
        device = torch_device(self.device)
        if method == 'exact':
            panels = AffinityPanels(representations, self.sigma, self.self_affinity, device)
            found = lanczos_embedding(panels, num_clusters)
            del panels
        else:
            needed = landmark_bytes(num_videos, width, num_clusters, self.num_landmarks)
            found = landmark_embedding(
                representations, num_clusters, self.num_landmarks, self.sigma, self.self_affinity, device=device
            )
        log_embedding(method, num_videos, needed, found, device)
        return found.points

    def _dense(self, representations: NDArray[np.floating], num_clusters: int) -> NDArray[np.float64]:
        affinity = gaussian_affinity(representations, self.sigma)
        if not self.self_affinity:
            np.fill_diagonal(affinity, 0.0)
            # A video whose affinities to all others are 0 keeps its own, otherwise its degree would be 0.
            alone = np.flatnonzero(affinity.sum(axis=1) == 0)
            affinity[alone, alone] = 1.0
        return spectral_embedding(affinity, num_clusters)


def exact_bytes(num_videos: int, width: int, num_clusters: int) -> int:
    """Bound the memory of ``'exact'`` beside the representations: half the matrix, a panel, the rows, the basis."""
    rows = 8 * num_videos * width
    return 4 * num_videos**2 + 16 * 512 * num_videos + rows + 8 * num_videos * basis_rows(num_videos, num_clusters)
