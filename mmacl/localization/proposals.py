"""Candidate segments of one video before they are scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Proposals:
    """Half-open ranges of units, each in one column of a score map.

    Attributes:
        segments: (N, 2) int64, ``[start, end)`` in units, ``end > start``.
        columns: (N,) int64, the column of the score map (U, K) that the segment was found in.
    """

    segments: NDArray[np.int64]
    columns: NDArray[np.int64]

    def __len__(self) -> int:
        """N."""
        return len(self.segments)

    def unique(self) -> Proposals:
        """Each proposal once, in the order of first occurrence.

        Neighbouring thresholds often find the same range; such copies get the same score. Keeping the order of first
        occurrence keeps ties between *different* proposals as they were.
        """
        if not len(self):
            return self
        # One integer a proposal sorts far faster than rows do, and cannot overflow for videos of any real length.
        base = int(self.segments[:, 1].max()) + 1
        keys = (self.columns * base + self.segments[:, 0]) * base + self.segments[:, 1]
        first = np.sort(np.unique(keys, return_index=True)[1])
        return Proposals(self.segments[first], self.columns[first])
