"""Instances that come line by line, gathered by video."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from mmacl.datasets.annotations.video_names import check_label, check_video_name
from mmacl.datasets.annotations.video_record import VideoRecord
from mmacl.utils import InputError

AMBIGUOUS = 'Ambiguous'
"""The label of stretches in which even annotators did not agree."""


def build_record(
    name: str, subset: str, duration: float | None, instances: Iterable[tuple[float, float, str]], source: str
) -> VideoRecord:
    """A record whose ambiguous segments are kept apart.

    Args:
        name: of the video.
        subset: it belongs to.
        duration: in seconds, if known.
        instances: start, end and label of each.
        source: the file, for messages.

    Raises:
        InputError: the name cannot be that of a video, or a label or the subset cannot be printed.
    """
    check_video_name(name, source)
    rows = list(instances)
    for label in {row[2] for row in rows} | ({subset} if subset else set()):
        check_label(label, f'{source}: video {name!r}')
    clear = [row for row in rows if row[2] != AMBIGUOUS]
    unclear = [row for row in rows if row[2] == AMBIGUOUS]
    return VideoRecord(
        video_name=name,
        subset=subset,
        duration=duration,
        segments=np.array([row[:2] for row in clear], dtype=np.float64).reshape(-1, 2),
        labels=tuple(row[2] for row in clear),
        ambiguous=np.array([row[:2] for row in unclear], dtype=np.float64).reshape(-1, 2),
    )


def read_seconds(value: Any, where: str) -> float:
    """A finite time.

    Raises:
        InputError: it is none.
    """
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = float('nan')
    if not isfinite(seconds):
        raise InputError(f'time {value!r:.80} is not a number of seconds', file=where, remedy='correct the annotation')
    return seconds
