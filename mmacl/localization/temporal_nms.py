"""Non-maximum suppression in time (Sec. 3.8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.registry import POST_PROCESSORS
from mmacl.utils import InputError


@POST_PROCESSORS.register_module()
class TemporalNMS:
    """Greedy: the best segment stays, those that overlap it too much go, and so on with the best of the rest.

    Segments of equal score are taken in the order in which they come. Memory grows with N, not with its square, and
    time with N log N plus, for each survivor, the segments near it.

    Args:
        iou_threshold: in [0, 1]; a segment goes where its temporal IoU with a survivor is strictly above it. The paper
            gives no value.

    Raises:
        InputError: the threshold is outside [0, 1].
    """

    def __init__(self, iou_threshold: float = 0.5) -> None:
        if not 0 <= iou_threshold <= 1:
            raise InputError(f'nms.iou_threshold={iou_threshold} is not in [0, 1]', remedy='0.5 is the default')
        self.iou_threshold = iou_threshold
        # Copies overlap by exactly 1, which is not above 1.
        self.drops_duplicates = iou_threshold < 1

    def __call__(
        self, segments: NDArray[Any], scores: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Choose the survivors among the segments of one class.

        Args:
            segments: (N, 2) starts and ends in any one unit.
            scores: (N,).

        Returns:
            Rows of the survivors, best first, (M,), and their scores, (M,).
        """
        segments = np.asarray(segments, dtype=np.float64).reshape(-1, 2)
        scores = np.asarray(scores, dtype=np.float64)
        by_start = np.argsort(segments[:, 0], kind='stable')
        starts, ends = segments[by_start].T
        lengths = ends - starts
        first, past = self._neighbours(starts, ends, lengths)

        place = np.empty(len(segments), dtype=np.int64)  # of each row in the order by start
        place[by_start] = np.arange(len(segments))
        alive = np.ones(len(segments), dtype=bool)
        kept = []
        ranking = np.argsort(-scores, kind='stable')
        with np.errstate(invalid='ignore'):  # two segments of no length: 0 / 0 is not above any threshold
            for row, i in zip(ranking.tolist(), place[ranking].tolist(), strict=True):
                if not alive[i]:
                    continue
                kept.append(row)
                near = slice(first[i], past[i])
                overlap = np.minimum(ends[near], ends[i]) - np.maximum(starts[near], starts[i])
                np.maximum(overlap, 0.0, out=overlap)
                alive[near] &= ~(overlap / (lengths[near] + lengths[i] - overlap) > self.iou_threshold)
        rows = np.asarray(kept, dtype=np.int64)
        return rows, scores[rows]

    def _neighbours(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64], lengths: NDArray[np.float64]
    ) -> tuple[list[int], list[int]]:
        """For each segment, the range in the order by start outside which nothing can overlap it too much.

        IoU above ``t`` needs a partner shorter than ``length / t``, which starts no further than that before it.
        """
        reach = np.full_like(lengths, lengths.max(initial=0.0))
        if self.iou_threshold > 0:
            reach = np.minimum(reach, lengths / self.iou_threshold)
        first = np.searchsorted(starts, starts - reach, side='left')
        past = np.searchsorted(starts, ends, side='left')
        return first.tolist(), past.tolist()
