"""What is to be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from mmacl.datasets.untrimmed_video_dataset import UntrimmedVideoDataset


@dataclass(frozen=True)
class Subject:
    """A data set that was not read yet.

    Attributes:
        name: such as ``train``; of a folder, the name of the subset.
        dataset: built with ``lazy_init=True``.
        trains: whether it is trained on, so that every class must have a video.
        timing_stated: False: the timing of the data set means nothing, and is estimated where it is needed.
    """

    name: str
    dataset: UntrimmedVideoDataset
    trains: bool = False
    timing_stated: bool = True
