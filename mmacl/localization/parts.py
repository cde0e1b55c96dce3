"""What the parts of the post-processor get and return.

A *unit* is one row of a score map: a snippet, or a fraction of one where the map is interpolated. U counts units, K the
clusters kept for a video, N proposals. Parts work on NumPy arrays; real numbers are float64.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from mmacl.registry import POST_PROCESSORS
from mmacl.structures import Proposals
from mmacl.utils import accepted_arguments

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Part = TypeVar('Part')


class ScoreMapPart(Protocol):
    """Turn attention into the map that is thresholded and scored, :class:`ScoreMap`."""

    units_per_snippet: int

    def __call__(self, attention: FloatArray, clusters: NDArray[np.integer[Any]] | None = None) -> FloatArray:
        """Map (T, C) attention to (T * units_per_snippet, K) for the (K,) clusters wanted; None: all C."""
        ...


class ProposalsPart(Protocol):
    """Find candidate segments in the scores of a video, :class:`ThresholdProposals`.

    A part that needs no actionness may leave the argument out.
    """

    def __call__(self, scores: FloatArray, actionness: FloatArray | None = None) -> Proposals:
        """Propose N segments in a (U, K) map, or for its columns from the (U,) actionness; None: there is none."""
        ...


class ScorerPart(Protocol):
    """Score candidate segments, :class:`OuterInnerContrast`."""

    def __call__(self, scores: FloatArray, video_scores: FloatArray, proposals: Proposals) -> FloatArray:
        """Score N proposals, (N,), from the (U, K) map and the (K,) video-level scores.

        Borders of proposals may lie within units.
        """
        ...


class SuppressionPart(Protocol):
    """Suppress overlapping segments of one class, :class:`TemporalNMS`.

    Attributes:
        drops_duplicates: True if copies of a segment with the same score have no effect on the result, so that they may
            be dropped beforehand.
    """

    drops_duplicates: bool

    def __call__(self, segments: NDArray[Any], scores: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return the (M,) rows kept of (N, 2) segments with (N,) scores, and their (M,) scores, which may differ."""
        ...


def build_part(part: dict[str, Any] | Part) -> Part:
    """Build a part from its config; return an object as it is."""
    return cast(Part, POST_PROCESSORS.build(part)) if isinstance(part, dict) else part


def propose(part: ProposalsPart, scores: FloatArray, actionness: FloatArray | None) -> Proposals:
    """Call a part that finds proposals; actionness is given to those that take it."""
    return part(scores, **accepted_arguments(part, actionness=actionness))
