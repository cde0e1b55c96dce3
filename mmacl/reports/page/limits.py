"""How much of a run the page holds, so that it stays small and quick whatever the number of videos."""

from __future__ import annotations

from dataclasses import dataclass

# Sums over all videos: about 25 bytes a detection, 1.4 a point of a curve.
_DETECTIONS = 300_000
_POINTS = 1_500_000


@dataclass(frozen=True)
class Limits:
    """What is kept of a video.

    Attributes:
        detections: the best so many of each round.
        points: a curve has at most so many.
    """

    detections: int = 100
    points: int = 300

    @classmethod
    def of(cls, num_videos: int, num_rounds: int) -> Limits:
        """The limits of a run: 100 detections and 300 points, fewer where videos are many."""
        return cls(
            detections=min(100, max(5, _DETECTIONS // max(num_videos * num_rounds, 1))),
            points=min(300, max(40, _POINTS // max(num_videos, 1))),
        )
