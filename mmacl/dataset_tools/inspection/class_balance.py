"""How many videos and instances a class has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmacl.dataset_tools.inspection.fault import Fault
from mmacl.datasets.annotations import VideoRecord


@dataclass(frozen=True)
class ClassBalance:
    """One class in one subset.

    Attributes:
        name: of the class.
        videos: that have an instance of it.
        instances: in all of them.
        seconds: that they last together, those left out that have no length.
    """

    name: str
    videos: int
    instances: int
    seconds: float


def class_balance(records: Sequence[VideoRecord], classes: Sequence[str]) -> list[ClassBalance]:
    """All classes, and labels that are none, in this order."""
    videos: dict[str, set[str]] = {name: set() for name in classes}
    lengths: dict[str, list[float]] = {name: [] for name in classes}
    for record in records:
        for label, length in zip(record.labels, np.diff(record.segments, axis=1).reshape(-1).tolist(), strict=True):
            videos.setdefault(label, set()).add(record.video_name)
            lengths.setdefault(label, []).append(length)
    return [
        ClassBalance(
            name, len(videos[name]), len(lengths[name]), sum(length for length in lengths[name] if 0 < length < np.inf)
        )
        for name in videos
    ]


def empty_class_faults(balance: Sequence[ClassBalance], source: str, refused: bool) -> list[Fault]:
    """Classes that no video has, as long as the subset has any.

    Args:
        balance: of a subset.
        source: its annotations.
        refused: whether the data set cannot be trained on for it; else a warning.
    """
    if not any(row.instances for row in balance):
        return []
    remedy = (
        'correct classes or the subset, or set allow_empty_classes=True'
        if refused
        else 'mind that nothing can be learnt or scored for it'
    )
    return [
        Fault('empty class', f'no video has class {row.name!r}', source, remedy, warning=not refused)
        for row in balance
        if not row.videos
    ]
