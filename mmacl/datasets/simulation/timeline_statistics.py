"""How actions lie in videos: the statistics in which simulated timelines should resemble THUMOS14's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mmacl.datasets.annotations import VideoRecord

# Of its 200 annotated validation videos; the mean and median of the duration include the test videos.
THUMOS14_STATISTICS: dict[str, float] = {
    'videos with two classes (share)': 0.135,
    'duration, mean (s)': 209.0,
    'duration, median (s)': 151.0,
    'duration, shortest (s)': 9.0,
    'duration, longest (s)': 1409.0,
    'instances a video, mean': 15.0,
    'instances a video, median': 8.0,
    'instances a video, most': 128.0,
    'instance length, mean (s)': 4.0,
    'instance length, median (s)': 2.9,
    'instance length, 10th percentile (s)': 0.9,
    'instance length, 90th percentile (s)': 8.0,
    'coverage, mean (share)': 0.30,
    'coverage, median (share)': 0.23,
}


def timeline_statistics(records: Sequence[VideoRecord]) -> dict[str, float]:
    """The statistics of :data:`THUMOS14_STATISTICS`, of other annotations.

    A segment with two labels counts as one instance.

    Args:
        records: annotated videos with durations.
    """
    segments = [np.unique(record.segments, axis=0) for record in records]
    durations = np.asarray([record.duration for record in records], dtype=np.float64)
    lengths = [spans[:, 1] - spans[:, 0] for spans in segments]
    counts = np.asarray([len(spans) for spans in segments])
    coverage = np.asarray([spans.sum() for spans in lengths]) / durations
    all_lengths = np.concatenate(lengths)
    values = (
        np.mean([len(set(record.labels)) > 1 for record in records]),
        durations.mean(),
        np.median(durations),
        durations.min(),
        durations.max(),
        counts.mean(),
        np.median(counts),
        counts.max(),
        all_lengths.mean(),
        np.median(all_lengths),
        *np.percentile(all_lengths, [10, 90]),
        coverage.mean(),
        np.median(coverage),
    )
    return {name: float(value) for name, value in zip(THUMOS14_STATISTICS, values, strict=True)}
