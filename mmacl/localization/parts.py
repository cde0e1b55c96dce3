"""What the four parts of :class:`~mmacl.localization.ActionPostProcessor` promise each other.

A *unit* is the grain of a score map: a snippet, or a fraction of one where the map is interpolated. U counts units, K
the clusters kept for a video, N proposals. All arrays are NumPy; real numbers are float64.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mmacl.localization.proposals import Proposals

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class ScoreMapPart(Protocol):
    """Attention to the map that is thresholded and scored."""

    units_per_snippet: int

    def __call__(self, attention: FloatArray, clusters: NDArray[np.integer[Any]] | None = None) -> FloatArray:
        """(T, C) attention and the (K,) clusters wanted (None: all) to (T * units_per_snippet, K)."""
        ...


class ProposalsPart(Protocol):
    """A score map to candidate segments."""

    def __call__(self, scores: FloatArray) -> Proposals:
        """(U, K) to N proposals."""
        ...


class ScorerPart(Protocol):
    """Candidate segments to scores."""

    def __call__(self, scores: FloatArray, video_scores: FloatArray, proposals: Proposals) -> FloatArray:
        """(U, K) map, (K,) video-level scores and N proposals to (N,)."""
        ...


class SuppressionPart(Protocol):
    """Scored segments of one class to those that stay.

    Attributes:
        drops_duplicates: True where a copy of a segment with the same score never survives nor changes anything, so
            that copies may be dropped beforehand.
    """

    drops_duplicates: bool

    def __call__(self, segments: NDArray[Any], scores: FloatArray) -> tuple[IntArray, FloatArray]:
        """(N, 2) segments and (N,) scores to the (M,) rows that stay and their (M,) scores, which may be new ones."""
        ...
