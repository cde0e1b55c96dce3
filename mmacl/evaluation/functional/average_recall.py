"""AR@AN, the proposal metric of ActivityNet: recall of temporal proposals of any class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.average_precision import checked_thresholds
from mmacl.evaluation.functional.matching import candidate_pairs
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.utils import InputError

PROPOSAL_THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))


@dataclass(frozen=True, eq=False)
class RecallCurve:
    """Recall as a function of the average number of proposals per video.

    Attributes:
        recalls: (K, M), at each threshold, of 1, 2, ..., M proposals a video on average.
    """

    recalls: NDArray[np.float64]

    @property
    def average(self) -> NDArray[np.float64]:
        """AR, (M,): mean over the thresholds."""
        return self.recalls.mean(axis=0)

    def at(self, number: int) -> float:
        """Return AR at an average number of proposals."""
        return float(self.average[number - 1])

    @property
    def area(self) -> float:
        """Area under AR from 1 to M by the trapezoid rule, divided by M; it is at most (M - 1) / M."""
        average = self.average
        return float((average[:-1] + average[1:]).sum() / 2 / len(average))


def average_recall(
    ground_truths: SegmentTable,
    proposals: SegmentTable,
    tiou_thresholds: Sequence[float] | NDArray[np.float64] = PROPOSAL_THRESHOLDS,
    max_number: int = 100,
) -> RecallCurve:
    """Compute the recall of 1 to ``max_number`` proposals per video on average.

    Only the V videos with ground truth count. A budget of ``a`` proposals per video keeps the same *share* of the list
    of every video, not the same number. First, lists are shortened to ``max_number`` per video on average: of P
    proposals in all, a video with ``n`` keeps its best ``k = min(floor(n * max_number * V / P), n)``. Then, with P' the
    sum of all ``k``, the budget ``a`` keeps its best ``min(floor(k * a * V / P'), k)``.

    An instance is found if one of the kept proposals reaches the threshold (``>=``); one proposal may find several.
    Labels are not read. Proposals of equal score stay in the order of their rows. Floors are taken of exact fractions;
    the original truncates rounded ones.

    Args:
        ground_truths: instances of the whole subset.
        proposals: scored segments of the whole subset.
        tiou_thresholds: each in (0, 1].
        max_number: M, at least 1.

    Raises:
        InputError: no instance, proposals without scores, a threshold outside (0, 1], or ``max_number`` below 1.
    """
    thresholds = checked_thresholds(tiou_thresholds)
    if max_number < 1:
        raise InputError(f'max_number {max_number} is below 1', remedy='choose at least 1; 100 is usual')
    if proposals.scores is None:
        raise InputError('proposals without scores cannot be ranked', remedy='give each segment a score')
    if not len(ground_truths):
        raise InputError('there is no ground truth, so no recall', remedy='score a subset with annotations')
    videos, video_of_instance = np.unique(ground_truths.videos, return_inverse=True)
    proposals = proposals.take(np.flatnonzero(np.isin(proposals.videos, videos)))
    assert proposals.scores is not None
    proposals = proposals.take(np.lexsort((-proposals.scores, proposals.videos)))
    first = np.searchsorted(proposals.videos, videos, side='left')
    lengths = np.searchsorted(proposals.videos, videos, side='right') - first

    left = _left_over(lengths, max_number)  # (V, M)
    places = np.arange(len(proposals)) - first[np.searchsorted(videos, proposals.videos)]
    pairs = candidate_pairs(ground_truths, proposals, float(thresholds.min()), prefer='row')
    recalls = np.empty((len(thresholds), max_number))
    for row, threshold in enumerate(thresholds):
        good = pairs.at_least(threshold)
        # Place of the best-ranked proposal that covers the instance; len(proposals) if no proposal does.
        place = np.full(len(ground_truths), len(proposals))
        np.minimum.at(place, good.instances, places[good.detections])
        recalls[row] = (place[:, None] < left[video_of_instance]).mean(axis=0)
    return RecallCurve(recalls)


def _left_over(lengths: NDArray[np.int64], max_number: int) -> NDArray[np.int64]:
    """Count the proposals of each video that each budget keeps, (V, M)."""
    kept = lengths
    if lengths.sum():
        kept = np.minimum(lengths * max_number * len(lengths) // lengths.sum(), lengths)
    if not kept.sum():
        return np.zeros((len(lengths), max_number), dtype=np.int64)
    budgets = np.arange(1, max_number + 1)
    return np.minimum(kept[:, None] * budgets * len(lengths) // kept.sum(), kept[:, None])
