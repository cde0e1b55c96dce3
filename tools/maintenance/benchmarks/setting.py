"""What to measure: the size of the data, the device, how often."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import derive_seed

#: A row holds figures by the names of their columns.
Row = dict[str, Any]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Size:
    """Size of a data set.

    Attributes:
        name: as on the command line.
        data: the data set in names of configs.
        train_videos, test_videos: numbers of videos.
        num_clusters: C.
        median_snippets, log_sd, longest: lengths of the videos are log-normal, in snippets, and cut at the longest.
        width: D of each of the two streams.
        hidden: width of the hidden layers; None: as the config says.
    """

    name: str
    data: str
    train_videos: int
    test_videos: int
    num_clusters: int
    median_snippets: float
    log_sd: float = 0.8
    longest: int = 2200
    width: int = 1024
    hidden: int | None = None

    def lengths(self, count: int, seed: int = 0) -> NDArray[np.intp]:
        """Draw T of ``count`` videos, at least 14."""
        drawn = np.random.default_rng(derive_seed(14, seed)).lognormal(np.log(self.median_snippets), self.log_sd, count)
        return np.clip(drawn, min(14, self.longest), self.longest).astype(np.intp)

    def smaller(self) -> Size:
        """A size at which a topic takes a moment, for tests: its figures say nothing."""
        return replace(
            self, train_videos=24, test_videos=6, num_clusters=4, median_snippets=12, longest=20, width=16, hidden=8
        )


#: THUMOS14 has about 330 snippets a video, ActivityNet-1.2 about 180 (16 frames at 25 fps).
SIZES = {
    'thumos14': Size('thumos14', 'thumos14', 200, 212, 20, median_snippets=235),
    'anet12': Size('anet12', 'anet12', 4819, 2383, 100, median_snippets=165, log_sd=0.5, longest=470),
    'synthetic': Size('synthetic', 'synthetic', 120, 60, 20, median_snippets=160, log_sd=0.4, longest=400, width=128),
    '20k': Size('20k', 'anet12', 20_000, 2383, 100, median_snippets=165, log_sd=0.5, longest=470),
    '100k': Size('100k', 'anet12', 100_000, 2383, 200, median_snippets=165, log_sd=0.5, longest=470),
}


@dataclass(frozen=True)
class Setting:
    """What all topics are told.

    Attributes:
        size: of the data.
        device: ``'cpu'`` or ``'cuda'``.
        quick: measure a few times only.
        methods: methods of the topic ``step``.
        steps: timed steps of a way; None: as the topic chooses.
        limits: see :func:`machine_limits.measure_limits`.
    """

    size: Size
    device: str = 'cpu'
    quick: bool = False
    methods: tuple[str, ...] = ('acl',)
    steps: int | None = None
    limits: dict[str, float] = field(default_factory=dict)

    def times(self, few: int, many: int) -> int:
        """``few`` for a quick run, else ``many``."""
        return few if self.quick else many

    def share(self, value: float, limit: str) -> float | None:
        """Part of a measured limit; None: it was not measured."""
        return value / self.limits[limit] if self.limits.get(limit) else None
