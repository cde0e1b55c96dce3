"""Candidate segments of one video, before they are scored and suppressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Proposals:
    """Candidate segments: half-open ranges of units, each in one column of a score map.

    Attributes:
        segments: (N, 2), ``[start, end)`` in units, ``end > start``: int64 of runs of whole units, float64 of a method
            that regresses boundaries.
        columns: (N,) int64, the column of the score map (U, K) in which the segment was found. In what a localizer
            predicts, units are snippets and columns are the C clusters.
        scores: (N,) float64, where the proposals come with scores of their own; None: they have none.
    """

    segments: NDArray[Any]
    columns: NDArray[np.int64]
    scores: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        """N."""
        return len(self.segments)

    def take(self, rows: NDArray[Any]) -> Proposals:
        """Take some rows, by their numbers or by a mask."""
        return Proposals(self.segments[rows], self.columns[rows], None if self.scores is None else self.scores[rows])

    def unique(self) -> Proposals:
        """Drop copies; keep the order of first occurrence, so that ties between different proposals stay as they are.

        Neighbouring thresholds often find the same range, and copies get the same score. A copy with another score of
        its own is none.
        """
        if not len(self):
            return self
        if self.scores is None and np.issubdtype(self.segments.dtype, np.integer):
            # One integer a proposal sorts far faster than rows, and does not overflow for videos of any real length.
            base = int(self.segments[:, 1].max()) + 1
            keys = (self.columns * base + self.segments[:, 0]) * base + self.segments[:, 1]
            first = np.unique(keys, return_index=True)[1]
        else:
            values = [self.segments, self.columns[:, None]]
            rows = np.concatenate([*values, *([] if self.scores is None else [self.scores[:, None]])], axis=1)
            first = np.unique(rows, axis=0, return_index=True)[1]
        return self.take(np.sort(first))

    def of_columns(self, columns: NDArray[np.int64]) -> Proposals:
        """Keep the proposals of some columns and number those anew: (K,) increasing columns become 0 to K - 1."""
        found = self.take(np.isin(self.columns, columns))
        return Proposals(found.segments, np.searchsorted(columns, found.columns), found.scores)

    @classmethod
    def side_by_side(cls, parts: Sequence[Proposals], widths: Sequence[int]) -> Proposals:
        """Join the proposals of maps that stand side by side as one; without scores unless all parts have some.

        Args:
            parts: proposals of each map, one or more.
            widths: columns of each map.
        """
        first = np.cumsum([0, *widths])
        own = [part.scores for part in parts if part.scores is not None]
        return cls(
            np.concatenate([part.segments for part in parts]),
            np.concatenate([part.columns + at for part, at in zip(parts, first, strict=False)]),
            np.concatenate(own) if len(own) == len(parts) else None,
        )
