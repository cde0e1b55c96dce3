"""Thresholds on the score map to candidate segments (Sec. 3.8, 4.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmacl.localization.proposals import Proposals
from mmacl.registry import POST_PROCESSORS
from mmacl.utils import InputError


@POST_PROCESSORS.register_module()
class ThresholdProposals:
    """Every longest run of units above a threshold is a proposal; "[0.1 : 1.0 : 0.1] x mean(A[:, c])" (Sec. 4.2).

    A unit is above a threshold where its score is **strictly** greater: a class that is 0 everywhere (its attention was
    clipped, or did not change) then yields no proposal instead of the whole video.

    Args:
        thresholds: factors on the mean over time of the class's column of the score map.
        dilation: width of a window in units that widens what lies above a threshold, as in the authors' release (20
            frames): a unit belongs to a run where any unit of the window around it is above the threshold. Runs grow by
            ``(dilation - 1) // 2`` units at the start and ``dilation // 2`` at the end, and merge where they meet. It
            acts on the runs alone: neither the mean nor the scores see it. 1: off.

    Raises:
        InputError: no thresholds, a threshold that is not positive, or a dilation below 1.
    """

    def __init__(
        self, thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0), dilation: int = 1
    ) -> None:
        if not thresholds or min(thresholds) <= 0:
            raise InputError(
                f'proposals.thresholds={list(thresholds)} must be one or more positive factors of the mean'
            )
        if dilation < 1:
            raise InputError(
                f'proposals.dilation={dilation} is not a width of at least one unit', remedy='1 turns it off'
            )
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
        """Widen runs and merge those that meet; equal growth keeps their order, so only neighbours can meet."""
        starts = np.maximum(segments[:, 0] - (self.dilation - 1) // 2, 0)
        ends = np.minimum(segments[:, 1] + self.dilation // 2, units)
        apart = (row[1:] != row[:-1]) | (starts[1:] > ends[:-1])
        first, last = np.append(True, apart), np.append(apart, True)
        return row[first], np.stack([starts[first], ends[last]], axis=1)
