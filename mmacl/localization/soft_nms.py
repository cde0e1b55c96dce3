"""Suppress overlapping segments softly: lower their scores instead of dropping them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.localization.temporal_nms import overlapping_ranges
from mmacl.registry import POST_PROCESSORS
from mmacl.utils import InputError

_METHODS = ('linear', 'gaussian')


@POST_PROCESSORS.register_module()
class SoftNMS:
    """Take the best segment, lower the scores of those that overlap it, repeat with the rest (Bodla et al., 2017).

    A segment of temporal IoU ``o`` with the one taken has its score s multiplied by a factor f:

    - ``'linear'``: ``f = 1 - o`` where ``o >= iou_threshold``, else 1 (their Sec. 3);
    - ``'gaussian'``: ``f = exp(-o ** 2 / sigma)`` (their Eq. 3).

    The paper's scores are positive. A negative one, which a contrast may be, becomes ``s - (1 - f) |s|``: it is lowered
    too. Segments of equal score are taken in their given order.

    Args:
        method: one of the two.
        sigma: of the Gaussian, positive.
        iou_threshold: ``N_t`` of the linear method, in [0, 1].
        score_threshold: a segment whose score is below it when its turn comes is dropped. The paper gives none; None:
            all are kept.

    Raises:
        InputError: the method is not known, ``sigma`` is not positive, or the IoU threshold is outside [0, 1].
    """

    def __init__(
        self,
        method: str = 'gaussian',
        sigma: float = 0.5,
        iou_threshold: float = 0.3,
        score_threshold: float | None = 0.001,
    ) -> None:
        if method not in _METHODS:
            raise InputError(f'nms.method={method!r} is not known', remedy=f'use one of {", ".join(_METHODS)}')
        if not 0 < sigma < math.inf:
            raise InputError(f'nms.sigma={sigma} is not a positive number', remedy='0.5 is the default')
        if not 0 <= iou_threshold <= 1:
            raise InputError(f'nms.iou_threshold={iou_threshold} is not in [0, 1]', remedy='0.3 is the default')
        self.method = method
        self.sigma = sigma
        self.iou_threshold = iou_threshold
        self.score_threshold = score_threshold
        # The linear method gives a copy the score 0, or less, at once: it is dropped before it lowers any other.
        self.drops_duplicates = method == 'linear' and score_threshold is not None and score_threshold > 0

    def __call__(
        self, segments: NDArray[Any], scores: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Lower the scores of segments of one class.

        Args:
            segments: (N, 2) starts and ends in any one unit.
            scores: (N,).

        Returns:
            Rows of the segments kept, best first, (M,), and their new scores, (M,).
        """
        segments = np.asarray(segments, dtype=np.float64).reshape(-1, 2)
        current = np.array(scores, dtype=np.float64)
        by_start = np.argsort(segments[:, 0], kind='stable')
        starts, ends = segments[by_start].T
        lengths = ends - starts
        first, past = overlapping_ranges(starts, ends, self.iou_threshold if self.method == 'linear' else 0.0)
        place = np.empty(len(segments), dtype=np.int64)  # of each row in the order by start
        place[by_start] = np.arange(len(segments))

        floor = -math.inf if self.score_threshold is None else self.score_threshold
        waiting = current.copy()  # the same, and -inf for those taken
        taken: list[int] = []
        for _ in range(len(segments)):
            row = int(waiting.argmax())  # the first of equals
            if waiting[row] < floor:
                break
            taken.append(row)
            current[row], waiting[row] = waiting[row], -math.inf
            i = int(place[row])
            near = slice(first[i], past[i])
            overlap = np.minimum(ends[near], ends[i]) - np.maximum(starts[near], starts[i])
            np.maximum(overlap, 0.0, out=overlap)
            union = lengths[near] + lengths[i] - overlap
            iou = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
            rows = by_start[near]
            waits = np.isfinite(waiting[rows])
            rows, lowered = rows[waits], waiting[rows[waits]]
            with np.errstate(over='ignore'):  # a negative score may double again and again, but waits for its turn
                lowered = lowered - (1 - self._factors(iou[waits])) * np.abs(lowered)
            waiting[rows] = np.maximum(lowered, np.finfo(np.float64).min)
        kept = np.asarray(taken, dtype=np.int64)
        return kept, current[kept]

    def _factors(self, iou: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute f of segments with these IoUs."""
        if self.method == 'gaussian':
            return np.exp(-(iou**2) / self.sigma)
        return np.where(iou >= self.iou_threshold, 1 - iou, 1.0)
