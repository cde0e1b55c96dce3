"""What every clusterer takes and returns, and clusterers that read representations alone (Sec. 3.3)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.structures import PseudoLabels
from mmacl.utils import InputError


class BaseClusterer(ABC):
    """Gives every training video its cluster, or clusters.

    Attributes:
        uses_representations: whether it needs ``representations``; if not, nobody computes them.
        uses_annotations: whether it needs ``action_counts``. Only weak supervision may: whoever says False is never
            shown them.
    """

    uses_representations: bool = False
    uses_annotations: bool = False

    @abstractmethod
    def __call__(
        self,
        video_names: tuple[str, ...],
        num_clusters: int,
        seed: int,
        representations: NDArray[np.float64] | None = None,
        action_counts: NDArray[np.integer[Any]] | None = None,
    ) -> PseudoLabels:
        """Cluster the videos.

        Args:
            video_names: N names.
            num_clusters: C; clusters are numbered from 0 and may be empty.
            seed: of every random choice; the same seed and input give the same labels.
            representations: (N, D), one row a video (:func:`video_representation`).
            action_counts: (N, num_actions) instances of each action in each video.

        Raises:
            InputError: what a person handed in cannot be clustered like this.
        """


class RepresentationClusterer(BaseClusterer):
    """One cluster a video, from its representation.

    Where there are no more distinct representations than clusters, each is a cluster of its own and further clusters
    stay empty: identical videos cannot be told apart, and an eigenvector that did so would be rounding.
    """

    uses_representations = True

    @abstractmethod
    def assign(self, representations: NDArray[np.float64], num_clusters: int, seed: int) -> NDArray[np.int64]:
        """Clusters of (N, D) representations, of which more than ``num_clusters`` differ: (N,) in [0, C)."""

    def __call__(
        self,
        video_names: tuple[str, ...],
        num_clusters: int,
        seed: int,
        representations: NDArray[np.float64] | None = None,
        action_counts: NDArray[np.integer[Any]] | None = None,
    ) -> PseudoLabels:
        """See :class:`BaseClusterer`; ``action_counts`` is not looked at.

        Raises:
            InputError: more clusters than videos, none of either, or representations that do not fit or are not finite.
        """
        rows = _checked(video_names, num_clusters, representations)
        distinct, of_distinct = np.unique(rows, axis=0, return_inverse=True)
        if len(distinct) <= num_clusters:
            assignments = of_distinct.reshape(-1)
        else:
            assignments = self.assign(rows, num_clusters, seed)
        return PseudoLabels.from_assignments(tuple(video_names), assignments, num_clusters)


def _checked(
    video_names: tuple[str, ...], num_clusters: int, representations: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """The representations in float64, if they can be clustered."""
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
            'no representations of videos to cluster', remedy='hand them in, or name a clusterer that needs none'
        )
    rows = np.asarray(representations, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != num_videos:
        raise InputError(
            f'representations of shape {rows.shape} do not fit {num_videos} videos', remedy='give one row a video'
        )
    broken = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(broken):
        raise InputError(
            f'the representation of video {video_names[broken[0]]!r} is not finite ({len(broken)} of '
            f'{num_videos} videos)',
            remedy='check its features, and lower the learning rate if attention diverged',
        )
    return rows
