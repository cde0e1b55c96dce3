"""Data of the timelines that the browser draws: integers in lists, curves as bytes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import VideoRecord
from mmacl.reports.page.run_segments import RoundSegments, RunSegments

if TYPE_CHECKING:
    from mmacl.structures import AttentionCurve

FINE, COARSE, LONG = 0.01, 0.1, 100.0
"""Times are multiples of ``FINE`` seconds, of ``COARSE`` in videos of ``LONG`` seconds or more."""
SCORE_STEPS = 9999
"""Scores are integer parts of the highest absolute score of their round."""
# Sums over all videos; a detection takes about 25 bytes, a point of a curve 1.4.
_DETECTIONS = 300_000
_POINTS = 1_500_000


@dataclass(frozen=True)
class Limits:
    """How much of each video the page holds, so that it stays small whatever the number of videos.

    Attributes:
        detections: most detections of a round.
        points: most points of a curve.
        videos: most videos in the list, half of them validation videos if there are enough of each; of more, videos at
            even distances in the list, and those that the page names.
    """

    detections: int = 100
    points: int = 300
    videos: int = 10_000

    @classmethod
    def of(cls, num_videos: int, num_rounds: int) -> Limits:
        """Return the limits of a run: 100 detections and 300 points, fewer for many videos; 10,000 videos."""
        num_videos = min(num_videos, cls.videos)
        return cls(
            detections=min(100, max(5, _DETECTIONS // max(num_videos * num_rounds, 1))),
            points=min(300, max(40, _POINTS // max(num_videos, 1))),
        )

    def listed(self, num_validated: int, num_trained: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Choose the videos of the list: numbers of the validation videos, and of the other training videos."""
        room = max(self.videos - num_trained, self.videos // 2)
        validated = _evenly(num_validated, min(room, num_validated))
        return validated, _evenly(num_trained, min(self.videos - len(validated), num_trained))


def unit_of(duration: float) -> float:
    """Return the time unit of a timeline in seconds; a NaN duration is an unknown one."""
    return COARSE if duration >= LONG else FINE


def truth_data(truth: VideoRecord | None, labels: dict[str, int], unit: float) -> list[int]:
    """Return ``[start, end, label, ...]`` of the instances; ambiguous segments have the label -1."""
    if truth is None:
        return []
    rows = [(*times, labels[name]) for times, name in zip(truth.inside()[0].tolist(), truth.labels, strict=True)]
    rows += [(*times, -1) for times in truth.ambiguous.tolist()]
    return [value for start, end, label in rows for value in (round(start / unit), round(end / unit), label)]


def detection_data(
    segments: RunSegments, found: RoundSegments, hits: NDArray[np.bool_] | None, limit: int
) -> tuple[list[list[int]], NDArray[np.int64], float]:
    """Select the best detections of each video after a round.

    Args:
        segments: the run.
        found: the round.
        hits: (N,) whether each detection matches an instance; None without ground truth.
        limit: most detections of a video.

    Returns:
        For each video ``[start, end, label, cluster, hit, score, ...]`` with ``hit`` 1, 0, or -1 for unknown; (V,) the
        number of all its detections; and the score that ``SCORE_STEPS`` stands for.
    """
    table = found.table
    assert table.scores is not None
    numbers = np.arange(len(segments.videos))
    first, last = np.searchsorted(table.videos, numbers, 'left'), np.searchsorted(table.videos, numbers, 'right')
    units = np.array([unit_of(duration) for duration in segments.durations.tolist()])
    scale = float(np.abs(table.scores).max(initial=0)) or 1.0
    rows = np.column_stack(
        [
            np.rint(table.segments / units[table.videos, None]),
            table.labels,
            found.clusters,
            np.full(len(table), -1) if hits is None else hits,
            np.rint(table.scores / scale * SCORE_STEPS),
        ]
    ).astype(np.int64)
    lists = [rows[a : min(a + limit, b)].reshape(-1).tolist() for a, b in zip(first, last, strict=True)]
    return lists, last - first, scale


def curve_data(values: NDArray[np.floating[Any]], points: int) -> tuple[str, int, float, float]:
    """Reduce a curve to 256 levels and at most ``points`` stretches, each the maximum of its values.

    Returns:
        Bytes in base64, values in a stretch, and the values of the levels 0 and 255.
    """
    size = max(1, -(-len(values) // points))
    highest = np.maximum.reduceat(np.asarray(values, dtype=np.float64), np.arange(0, len(values), size))
    highest = np.nan_to_num(highest, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = min(float(highest.min()), 0.0), max(float(highest.max()), 0.0)
    levels = np.rint((highest - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return base64.b64encode(levels.tobytes()).decode(), size, low, high


def curves_data(curve: AttentionCurve, limits: Limits) -> dict[str, Any]:
    """Return ``A`` and, if the method has it, ``S`` of a video, their ``range``, ``step`` and ``offset`` in seconds."""
    specific, size, low, high = curve_data(curve.class_specific, limits.points)
    found: dict[str, Any] = {'A': specific, 'range': [_short(low), _short(high)]}
    if curve.class_agnostic is not None:
        found['S'], _, floor, top = curve_data(curve.class_agnostic, limits.points)
        found['range'] += [_short(floor), _short(top)]
    return {
        **found,
        'step': _short(curve.snippet_duration * size),
        'offset': _short(curve.offset),
        'values': len(curve.class_specific),
        'size': size,
    }


def per_cent_or_none(fractions: NDArray[np.float64] | Sequence[float]) -> list[float | None]:
    """Convert fractions to per cent with one decimal; None for NaN, which JSON does not have."""
    return [None if np.isnan(value) else round(100 * float(value), 1) for value in fractions]


def _evenly(number: int, chosen: int) -> NDArray[np.int64]:
    """Choose so many of the numbers below one, at even distances."""
    return np.arange(chosen) * number // max(chosen, 1)


def _short(number: float) -> float:
    """Round to six digits."""
    return float(f'{number:.6g}')
