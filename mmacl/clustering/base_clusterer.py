"""What every clusterer takes and returns, and clusterers that read representations alone (Sec. 3.3)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.affinity import squared_distances
from mmacl.clustering.k_means import k_means
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError

_ROWS_AT_ONCE = 4096


class BaseClusterer(ABC):
    """Assign every training video to a cluster, or to several.

    Attributes:
        uses_representations: whether it needs ``representations``; they are computed only then.
        uses_annotations: whether it needs ``action_counts``, as weak supervision does; otherwise it never sees them.
    """

    uses_representations: bool = False
    uses_annotations: bool = False

    @abstractmethod
    def __call__(
        self,
        video_names: tuple[str, ...],
        num_clusters: int,
        seed: int,
        representations: NDArray[np.floating] | None = None,
        action_counts: NDArray[np.integer[Any]] | None = None,
    ) -> PseudoLabels:
        """Cluster the videos.

        Args:
            video_names: N names.
            num_clusters: C; clusters are numbered from 0 and may be empty.
            seed: of every random choice; the same seed and input give the same labels.
            representations: (N, D), one row a video (:func:`video_representation`), of any floating type; may be a
                memory map.
            action_counts: (N, num_actions) instances of each action in each video.

        Raises:
            InputError: the input cannot be clustered.
        """

    @property
    def single(self) -> BaseClusterer:
        """A clusterer that is cheap enough to measure how stable clusters are; default: this one."""
        return self

    def distances(self, representations: NDArray[np.floating]) -> NDArray[np.float64]:
        """Measure how far apart the videos are, (N, D) to (N, N), symmetric; default: Euclidean.

        :class:`SelfPacedSelection` takes the videos first that are near to those of their cluster.
        """
        return np.sqrt(squared_distances(representations))


class RepresentationClusterer(BaseClusterer):
    """Assign each video to one cluster by its representation.

    If there are at most as many distinct representations as clusters, each becomes a cluster and the remaining clusters
    stay empty: identical videos cannot be told apart, and an eigenvector that separates them would be rounding error.

    Attributes:
        reads_single_precision: whether :meth:`assign` takes float32 as it is, and so needs no copy of many videos;
            otherwise it gets float64.
    """

    uses_representations = True
    reads_single_precision: bool = False

    @abstractmethod
    def assign(self, representations: NDArray[Any], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """Cluster (N, D) representations, more than ``num_clusters`` of them distinct; return (N,) in [0, C)."""

    def __call__(
        self,
        video_names: tuple[str, ...],
        num_clusters: int,
        seed: int,
        representations: NDArray[np.floating] | None = None,
        action_counts: NDArray[np.integer[Any]] | None = None,
    ) -> PseudoLabels:
        """See :class:`BaseClusterer`; ``action_counts`` is ignored.

        Raises:
            InputError: there are more clusters than videos, no clusters or no videos, or the representations do not fit
                the videos or are not finite.
        """
        rows = _checked(video_names, num_clusters, representations)
        if rows.dtype != np.float32 or not self.reads_single_precision:
            rows = rows.astype(np.float64, copy=False)
        if _more_are_distinct(rows, num_clusters):
            assignments = self.assign(rows, num_clusters, seed)
        else:
            assignments = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
        return PseudoLabels.from_assignments(tuple(video_names), assignments, num_clusters)


class PointsClusterer(RepresentationClusterer):
    """Convert representations to points, and cluster these with k-means."""

    @abstractmethod
    def points(self, representations: NDArray[Any], num_clusters: int) -> NDArray[np.float64]:
        """Convert (N, D) representations to points, (N, any number)."""

    def assign(self, representations: NDArray[Any], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """Return the best of ten seeded runs of k-means on the points."""
        return k_means(self.points(representations, num_clusters), num_clusters, seed)


def _checked(
    video_names: tuple[str, ...], num_clusters: int, representations: NDArray[np.floating] | None
) -> NDArray[Any]:
    """Check the representations."""
    num_videos = len(video_names)
    if num_clusters < 1:
        raise InputError(
            f'num_clusters={num_clusters} is less than 1', remedy='set model.num_clusters to the number of actions'
        )
    if num_clusters > num_videos:
        raise InputError(
            f'num_clusters={num_clusters} is more than the {num_videos} training videos',
            remedy=f'set model.num_clusters to at most {num_videos}, or add videos',
        )
    if representations is None:
        raise InputError(
            'no representations of videos to cluster', remedy='pass them, or use a clusterer that needs none'
        )
    rows = np.asarray(representations)
    if rows.ndim != 2 or len(rows) != num_videos:
        raise InputError(
            f'representations of shape {rows.shape} do not fit {num_videos} videos', remedy='give one row a video'
        )
    blocks = (rows[start : start + _ROWS_AT_ONCE] for start in range(0, num_videos, _ROWS_AT_ONCE))
    broken = np.flatnonzero(~np.concatenate([np.isfinite(block).all(axis=1) for block in blocks]))
    if len(broken):
        raise InputError(
            f'the representation of video {video_names[broken[0]]!r} is not finite ({len(broken)} of '
            f'{num_videos} videos)',
            remedy='check its features, and lower the learning rate if attention diverged',
        )
    return rows


def _more_are_distinct(rows: NDArray[Any], number: int) -> bool:
    """Whether more than ``number`` rows differ; looks at no more rows than it takes to know."""
    seen: set[bytes] = set()
    for row in rows:
        seen.add((row + 0.0).tobytes())  # -0.0 is 0.0
        if len(seen) > number:
            return True
    return False
