"""What all batch samplers share: each choice is derived from (seed, epoch, batch)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from mmengine.dist import get_dist_info
from numpy.typing import NDArray

from mmacl.structures import PseudoLabels
from mmacl.utils import InputError, derive_seed


class DrawnVideo(NamedTuple):
    """One place in a batch; a dataset takes it as an index.

    Attributes:
        index: of the video in the dataset.
        cluster: ``z``, the cluster for which the video was drawn (Sec. 3.5); None: it was drawn for no cluster.
        seed: for every random choice that concerns this place, such as the start of a crop.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which is not needed
    cluster: int | None
    seed: int


class BaseBatchSampler(ABC):
    """Draw batches of :class:`DrawnVideo`; every choice depends on (seed, epoch, batch) alone.

    In distributed training every process draws the whole batch and takes its share of the places.

    Args:
        sampler: a sampler of mmengine: its ``dataset`` holds the videos, its ``seed`` and ``epoch`` are used, its order
            is not.
        batch_size: videos in a batch over all processes.

    Raises:
        InputError: the sampler is of another kind.
    """

    def __init__(self, sampler: Any, batch_size: int) -> None:
        lacking = [name for name in ('dataset', 'seed', 'epoch') if not hasattr(sampler, name)]
        if lacking:
            raise InputError(
                f'sampler {type(sampler).__name__} has no {lacking[0]}',
                remedy="use sampler=dict(type='DefaultSampler')",
            )
        self.sampler = sampler
        self.batch_size = batch_size

    @abstractmethod
    def set_labels(self, labels: PseudoLabels) -> None:
        """Draw from these clusters from now on."""

    @abstractmethod
    def __len__(self) -> int:
        """Batches in an epoch."""

    @abstractmethod
    def _draw(self, batch: int, seed: int) -> list[tuple[int, DrawnVideo]]:
        """Draw one batch of all processes.

        Args:
            batch: its number in the epoch.
            seed: of this batch.

        Returns:
            Videos, each with a place; place ``i`` goes to process ``i % world_size``.
        """

    def set_epoch(self, epoch: int) -> None:
        """Draw other batches in every epoch."""
        self.sampler.set_epoch(epoch)

    def __iter__(self) -> Iterator[list[DrawnVideo]]:
        """The share of this process, batch by batch.

        Raises:
            RuntimeError: labels are needed and there are none yet.
        """
        for batch in range(len(self)):
            rank, world_size = get_dist_info()
            drawn = self._draw(batch, derive_seed(self.sampler.seed, self.sampler.epoch, batch))
            yield [video for place, video in drawn if place % world_size == rank]


def check_at_least_one(sampler: str, **numbers: int) -> None:
    """Refuse numbers below 1.

    Raises:
        InputError: names the sampler and the key.
    """
    for key, value in numbers.items():
        if value < 1:
            raise InputError(f'{sampler}: {key}={value} must be at least 1')


def draw_then_again(members: NDArray[np.intp], number: int, rng: np.random.Generator) -> list[int]:
    """Draw members without replacement; if there are fewer than ``number``, all of them, then some again."""
    drawn = rng.choice(members, min(number, len(members)), replace=False)
    again = rng.choice(members, number - len(drawn), replace=True)
    return [*drawn.tolist(), *again.tolist()]
