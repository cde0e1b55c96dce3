"""Batches of videos that are drawn alike, whatever their labels."""

from __future__ import annotations

from collections.abc import Sized
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
class UniformBatchSampler(BaseBatchSampler):
    """Draw videos in passes over the data set: each pass has every video once, in an order of its own.

    The last batch of a pass is filled up with other videos of the pass, so that all batches are of one size; with fewer
    videos than places, some come again. Once there are labels, videos without one are left out. The ``cluster`` of the
    :class:`DrawnVideo` is None.

    With ``similar_pairs``, a batch begins with pairs of videos that share a cluster, and only its other places belong
    to the passes: the co-activity similarity loss of W-TALC needs such pairs, of which its authors draw three. Clusters
    are drawn among those with two videos, without replacement as long as there are enough.

    In distributed training a process takes the places ``rank::world_size`` of the batch.

    Args:
        sampler: see :class:`BaseBatchSampler`.
        batch_size: videos in a batch over all processes.
        num_batches: batches in an epoch; None: one pass.
        similar_pairs: pairs in a batch that share a cluster; labels are needed for them alone.

    Raises:
        InputError: a number is out of range, the pairs leave no place for other videos, or there are fewer places than
            processes.
    """

    def __init__(self, sampler: Any, batch_size: int, num_batches: int | None = None, similar_pairs: int = 0) -> None:
        batches = 1 if num_batches is None else num_batches
        check_at_least_one('UniformBatchSampler', batch_size=batch_size, num_batches=batches)
        super().__init__(sampler, batch_size)
        self._num_uniform = batch_size - 2 * similar_pairs
        if similar_pairs < 0 or self._num_uniform < 1:
            raise InputError(
                f'similar_pairs={similar_pairs} of two videos each do not leave a place in batch_size={batch_size}',
                remedy=f'set batch_size={2 * max(similar_pairs, 0) + 1} or more, or fewer similar_pairs',
            )
        _, world_size = get_dist_info()
        if batch_size < world_size:
            raise InputError(
                f'batch_size={batch_size} cannot be shared by {world_size} processes',
                remedy='start fewer processes, or raise batch_size',
            )
        self.num_batches = num_batches
        self.similar_pairs = similar_pairs
        self._members: list[NDArray[np.intp]] = []
        self._labelled: NDArray[np.intp] | None = None

    def set_labels(self, labels: PseudoLabels) -> None:
        """Draw videos that have a label, and pairs from these clusters, from now on.

        Raises:
            InputError: a video has no row, none has a label, or pairs are wanted and no cluster has two videos.
        """
        memberships = labels.aligned_to(self.sampler.dataset.video_names)
        self._labelled = np.flatnonzero(memberships.any(axis=1))
        if not len(self._labelled):
            raise InputError('no video has a label', remedy='label the videos of the training subset')
        if not self.similar_pairs:
            return
        members = [np.flatnonzero(column) for column in memberships.T if np.count_nonzero(column) > 1]
        if not members:
            raise InputError(
                f'similar_pairs={self.similar_pairs}, but no cluster has two videos',
                remedy='set similar_pairs=0 or a smaller num_clusters, or add videos',
            )
        self._members = members

    def __len__(self) -> int:
        """Batches in an epoch."""
        return self._batches_per_pass() if self.num_batches is None else self.num_batches

    def _batches_per_pass(self, videos: Sized | None = None) -> int:
        return -(-len(self.sampler.dataset if videos is None else videos) // self._num_uniform)

    def _draw(self, batch: int, seed: int) -> list[tuple[int, DrawnVideo]]:
        """Draw the pairs, then the other videos."""
        rng = np.random.default_rng(seed)
        indices = [*self._draw_pairs(rng), *self._draw_from_pass(batch, rng)]
        return [(place, DrawnVideo(index, None, derive_seed(seed, place))) for place, index in enumerate(indices)]

    def _draw_pairs(self, rng: np.random.Generator) -> list[int]:
        """Videos of the pairs, those of a pair next to each other."""
        if not self.similar_pairs:
            return []
        if not self._members:
            raise RuntimeError('UniformBatchSampler has no labels yet; call set_labels() before drawing batches')
        clusters = draw_then_again(np.arange(len(self._members)), self.similar_pairs, rng)
        pairs = [rng.choice(self._members[cluster], 2, replace=False) for cluster in clusters]
        return [int(index) for pair in pairs for index in pair]

    def _draw_from_pass(self, batch: int, rng: np.random.Generator) -> list[int]:
        """Videos of one part of a pass; the last part is filled up from the parts before it."""
        videos = np.arange(len(self.sampler.dataset)) if self._labelled is None else self._labelled
        number, part = divmod(batch, self._batches_per_pass(videos))
        # The last number tells this seed from that of a batch.
        seed = derive_seed(self.sampler.seed, self.sampler.epoch, number, 1)
        order = np.random.default_rng(seed).permutation(videos)
        start = part * self._num_uniform
        drawn = order[start : start + self._num_uniform].tolist()
        others = order[:start] if start else order
        return [*drawn, *draw_then_again(others, self._num_uniform - len(drawn), rng)]
