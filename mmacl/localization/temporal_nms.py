"""Suppress overlapping segments (Sec. 3.8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.registry import POST_PROCESSORS
from mmacl.utils import InputError

# Below it, a loop over segments costs less than passes over arrays: it looks at the neighbours of each alone.
_FEW_GROUPS = 8


@POST_PROCESSORS.register_module()
class TemporalNMS:
    """Greedy non-maximum suppression: keep the best segment, drop those that overlap it, repeat with the rest.

    Segments of equal score are taken in their given order. Memory grows with N; time grows with N log N and, for each
    segment kept, with the number of segments near it.

    Args:
        iou_threshold: in [0, 1]; a segment is dropped if its temporal IoU with a kept one is strictly above. The paper
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
        """Suppress among the segments of one class.

        Args:
            segments: (N, 2) starts and ends in any one unit.
            scores: (N,).

        Returns:
            Rows of the segments kept, best first, (M,), and their scores, (M,).
        """
        segments = np.asarray(segments, dtype=np.float64).reshape(-1, 2)
        scores = np.asarray(scores, dtype=np.float64)
        by_start = np.argsort(segments[:, 0], kind='stable')
        starts, ends = segments[by_start].T
        lengths = ends - starts
        first, past = overlapping_ranges(starts, ends, self.iou_threshold)

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

    def suppress_groups(
        self, segments: NDArray[Any], scores: NDArray[np.float64], groups: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Suppress within each of many groups, such as the classes of many videos; as group by group, but faster.

        The best segment of every group is taken at once, and so on, until few groups are left.

        Args:
            segments: (N, 2) starts and ends in any one unit.
            scores: (N,).
            groups: (N,) group of each segment.

        Returns:
            Rows of the segments kept, by rising group and best first, (M,), and their scores, (M,).
        """
        order = np.lexsort((-np.asarray(scores), groups))
        segments = np.asarray(segments, dtype=np.float64).reshape(-1, 2)
        places, group = np.arange(len(order)), groups[order]
        starts, ends = segments[order].T
        kept = []
        while len(places):
            best = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
            if len(best) < _FEW_GROUPS:
                break
            kept.append(places[best])
            of = np.repeat(best, np.diff(best, append=len(places)))
            overlap = np.minimum(ends, ends[of]) - np.maximum(starts, starts[of])
            np.maximum(overlap, 0.0, out=overlap)
            lengths = ends - starts
            with np.errstate(invalid='ignore'):  # two segments of no length: 0 / 0 is not above any threshold
                left = ~(overlap / (lengths + lengths[of] - overlap) > self.iou_threshold)
            left[best] = False
            places, group, starts, ends = places[left], group[left], starts[left], ends[left]
        for of_group in np.split(places, np.flatnonzero(np.diff(group)) + 1):
            rows = order[of_group]
            kept.append(of_group[self(segments[rows], scores[rows])[0]])
        rows = order[np.sort(np.concatenate(kept))]
        return rows, scores[rows]


def overlapping_ranges(
    starts: NDArray[np.float64], ends: NDArray[np.float64], iou_threshold: float
) -> tuple[list[int], list[int]]:
    """Range of segments, ordered by start, whose IoU with each one may reach the threshold.

    An IoU of ``t`` needs a partner no longer than ``length / t``, which starts at most that long before.
    """
    lengths = ends - starts
    reach = np.full_like(lengths, lengths.max(initial=0.0))
    if iou_threshold > 0:
        reach = np.minimum(reach, lengths / iou_threshold)
    first = np.searchsorted(starts, starts - reach, side='left')
    past = np.searchsorted(starts, ends, side='left')
    return first.tolist(), past.tolist()
