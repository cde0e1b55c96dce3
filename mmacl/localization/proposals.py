"""Candidate segments of one video: from thresholds on the score map to proposals (Sec. 3.8, 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.registry import POST_PROCESSORS
from mmacl.utils import InputError


@dataclass(frozen=True, eq=False)
class Proposals:
    """Candidate segments: half-open ranges of units, each in one column of a score map.

    Attributes:
        segments: (N, 2) int64, ``[start, end)`` in units, ``end > start``.
        columns: (N,) int64, the column of the score map (U, K) in which the segment was found.
    """

    segments: NDArray[np.int64]
    columns: NDArray[np.int64]

    def __len__(self) -> int:
        """N."""
        return len(self.segments)

    def unique(self) -> Proposals:
        """Drop copies; keep the order of first occurrence, so that ties between different proposals stay as they are.

        Neighbouring thresholds often find the same range, and copies get the same score.
        """
        if not len(self):
            return self
        # One integer a proposal sorts far faster than rows, and does not overflow for videos of any real length.
        base = int(self.segments[:, 1].max()) + 1
        keys = (self.columns * base + self.segments[:, 0]) * base + self.segments[:, 1]
        first = np.sort(np.unique(keys, return_index=True)[1])
        return Proposals(self.segments[first], self.columns[first])


@POST_PROCESSORS.register_module()
class ThresholdProposals:
    """Propose every longest run of units above a threshold, "[0.1 : 1.0 : 0.1] x mean(A[:, c])" (Sec. 4.2).

    A unit is above a threshold if its score is **strictly** greater, so that a class that is 0 everywhere (its
    attention was clipped, or is constant) gives no proposal instead of the whole video.

    Args:
        thresholds: factors on the mean over time of the class's column of the score map.
        dilation: width in units of a window that widens runs, as in the authors' release (20 frames): a unit belongs to
            a run if any unit of the window around it is above the threshold. Runs grow by ``(dilation - 1) // 2`` units
            at the start and ``dilation // 2`` at the end, and merge where they meet. The mean and the scores do not
            change. 1: off.

    Raises:
        InputError: no thresholds, a threshold that is not positive, or a dilation below 1.
    """

    def __init__(
        self, thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0), dilation: int = 1
    ) -> None:
        if not thresholds or min(thresholds) <= 0:
            raise InputError(
                f'proposals.thresholds={list(thresholds)} are not positive factors of the mean, one or more',
                remedy='the paper uses 0.1, 0.2, ... 1.0',
            )
        if dilation < 1:
            raise InputError(f'proposals.dilation={dilation} is less than one unit', remedy='1 turns it off')
        self.thresholds = np.asarray(thresholds, dtype=np.float64)
        self.dilation = dilation

    def __call__(self, scores: NDArray[np.float64]) -> Proposals:
        """Propose segments in every column.

        Args:
            scores: score map of one video, (U, K).

        Returns:
            Proposals ordered by column, then threshold, then start. Thresholds may repeat a segment.
        """
        levels = scores.mean(axis=0)[:, None] * self.thresholds  # (K, thresholds)
        rows, units = levels.size, len(scores)
        # An inactive unit at either end makes the flips come in pairs (start, end) that never cross a row.
        active = np.zeros((*levels.shape, units + 2), dtype=bool)
        np.greater(scores.T[:, None, :], levels[..., None], out=active[..., 1:-1])
        flips = np.flatnonzero(np.diff(active.reshape(rows, units + 2), axis=1))
        row, segments = flips[::2] // (units + 1), (flips % (units + 1)).reshape(-1, 2)
        if self.dilation > 1 and len(row):
            row, segments = self._dilate(row, segments, units)
        return Proposals(segments, row // len(self.thresholds))

    def _dilate(
        self, row: NDArray[np.int64], segments: NDArray[np.int64], units: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Widen runs and merge those that meet. All grow alike and keep their order, so only neighbours can meet."""
        starts = np.maximum(segments[:, 0] - (self.dilation - 1) // 2, 0)
        ends = np.minimum(segments[:, 1] + self.dilation // 2, units)
        apart = (row[1:] != row[:-1]) | (starts[1:] > ends[:-1])
        first, last = np.append(True, apart), np.append(apart, True)
        return row[first], np.stack([starts[first], ends[last]], axis=1)
