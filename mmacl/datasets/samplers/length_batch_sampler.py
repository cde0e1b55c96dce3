"""Batches of videos of similar length, for a test or a validation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mmengine.dist import get_dist_info

from mmacl.datasets.samplers.base_batch_sampler import check_at_least_one
from mmacl.registry import DATA_SAMPLERS
from mmacl.utils import InputError


@DATA_SAMPLERS.register_module()
class LengthBatchSampler:
    """Put videos of similar length into one batch, so that little of it is padding; each video once, longest first.

    Metrics and files do not depend on the order. The last digits of a prediction depend on the batch that a video is
    computed in (about 1e-6 of the largest score in float32), so the batches do not depend on the number of processes:
    they are made of all videos, and then dealt to the processes in turn. No video is repeated to make shares equal.

    Args:
        sampler: a sampler of mmengine: its ``dataset`` holds the videos; its order is not used.
        batch_size: most videos in a batch.
        max_snippets: most snippets in a batch with its padding, which bounds the memory; a longer video is a batch of
            its own.

    Raises:
        InputError: a number is less than 1, or the data set does not tell the lengths of its videos.
    """

    def __init__(self, sampler: Any, batch_size: int, max_snippets: int = 4096) -> None:
        check_at_least_one('LengthBatchSampler', batch_size=batch_size, max_snippets=max_snippets)
        self.sampler = sampler
        self.dataset = getattr(sampler, 'dataset', None)
        if not hasattr(self.dataset, 'num_snippets'):
            raise InputError(
                f'LengthBatchSampler: {type(self.dataset).__name__} has no num_snippets(index)',
                remedy='leave batch_sampler out and set batch_size=1',
            )
        self.batch_size = batch_size
        self.max_snippets = max_snippets
        self._batches: list[list[int]] | None = None

    def __len__(self) -> int:
        """Batches of this process."""
        rank, world_size = get_dist_info()
        return len(self._all()[rank::world_size])

    def __iter__(self) -> Iterator[list[int]]:
        """The batches of this process, as indices of videos."""
        rank, world_size = get_dist_info()
        yield from self._all()[rank::world_size]

    def _all(self) -> list[list[int]]:
        """Make the batches of all processes, once."""
        if self._batches is None:
            dataset: Any = self.dataset
            lengths = np.array([dataset.num_snippets(index) for index in range(len(dataset))], dtype=np.int64)
            self._batches = []
            room = 0
            for index in np.argsort(-lengths, kind='stable').tolist():
                if room < 1:
                    self._batches.append([])
                    room = min(self.batch_size, self.max_snippets // max(int(lengths[index]), 1))
                self._batches[-1].append(index)
                room -= 1
        return self._batches
