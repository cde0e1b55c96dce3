"""Batches of Z clusters with K videos each."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmengine.dist import get_dist_info
from numpy.typing import NDArray

from mmacl.datasets.samplers.base_batch_sampler import (
    BaseBatchSampler,
    DrawnVideo,
    check_at_least_one,
    draw_then_again,
)
from mmacl.registry import DATA_SAMPLERS
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError, derive_seed


@DATA_SAMPLERS.register_module()
class ClusterBatchSampler(BaseBatchSampler):
    """Draw Z clusters and K videos of each (Sec. 3.5, 4.2).

    Z = min(``clusters_per_batch``, clusters with a video). Clusters are drawn without replacement, and so are the
    videos of a cluster; a cluster with fewer than K videos gives all of them, then some again. A video with several
    labels may be drawn for any of its clusters. The videos of a cluster are next to each other in the batch.

    In distributed training a process takes the clusters ``rank::world_size`` of the batch, so that no cluster is split.

    Args:
        sampler: a sampler of mmengine: its ``dataset`` holds the videos, its ``seed`` and ``epoch`` are used, its order
            is not.
        batch_size: videos in a batch over all processes; must be Z * K as configured.
        clusters_per_batch: Z.
        videos_per_cluster: K.
        num_batches: batches in an epoch; stated, because the length is needed before there are labels.

    Raises:
        InputError: a number is not positive, ``batch_size`` is another one, or the sampler is of another kind.
    """

    def __init__(
        self,
        sampler: Any,
        batch_size: int,
        clusters_per_batch: int = 12,
        videos_per_cluster: int = 2,
        num_batches: int = 50,
    ) -> None:
        sizes = dict(
            clusters_per_batch=clusters_per_batch, videos_per_cluster=videos_per_cluster, num_batches=num_batches
        )
        check_at_least_one('ClusterBatchSampler', **sizes)
        if batch_size != clusters_per_batch * videos_per_cluster:
            raise InputError(
                f'batch_size={batch_size} is not clusters_per_batch * videos_per_cluster = '
                f'{clusters_per_batch} * {videos_per_cluster}',
                remedy=f'set batch_size={clusters_per_batch * videos_per_cluster}',
            )
        super().__init__(sampler, batch_size)
        self.clusters_per_batch = clusters_per_batch
        self.videos_per_cluster = videos_per_cluster
        self.num_batches = num_batches
        self._members: dict[int, NDArray[np.intp]] = {}

    def set_labels(self, labels: PseudoLabels) -> None:
        """Draw from these clusters from now on.

        Raises:
            InputError: a video has no row, no cluster has a video, or there are fewer clusters than processes.
        """
        memberships = labels.aligned_to(self.sampler.dataset.video_names)
        members = {cluster: np.flatnonzero(column) for cluster, column in enumerate(memberships.T) if column.any()}
        if not members:
            raise InputError('no video has a label', remedy='label the videos of the training subset')
        _, world_size = get_dist_info()
        num_drawn = min(self.clusters_per_batch, len(members))
        if num_drawn < world_size:
            raise InputError(
                f'{num_drawn} clusters in a batch cannot be shared by {world_size} processes',
                remedy='start fewer processes, or raise clusters_per_batch or num_clusters',
            )
        self._members = members

    def __len__(self) -> int:
        """Batches in an epoch."""
        return self.num_batches

    def _draw(self, batch: int, seed: int) -> list[tuple[int, DrawnVideo]]:
        """Draw clusters and videos of each; the place of a video is that of its cluster."""
        if not self._members:
            raise RuntimeError('ClusterBatchSampler has no labels yet; call set_labels() before drawing batches')
        rng = np.random.default_rng(seed)
        non_empty = np.fromiter(self._members, dtype=np.int64)
        clusters = rng.choice(non_empty, min(self.clusters_per_batch, len(non_empty)), replace=False)
        drawn: list[tuple[int, DrawnVideo]] = []
        for place, cluster in enumerate(clusters.tolist()):
            for index in draw_then_again(self._members[cluster], self.videos_per_cluster, rng):
                drawn.append((place, DrawnVideo(index, cluster, derive_seed(seed, place, len(drawn)))))
        return drawn
