"""Score proposals by the mean inside, alone or in contrast with the mean outside, Eq. (14)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.registry import POST_PROCESSORS
from mmacl.structures import Proposals
from mmacl.utils import InputError


@POST_PROCESSORS.register_module()
class OuterInnerContrast:
    """Contrast the mean inside a proposal with the mean just outside, and add the video-level score, Eq. (14).

    ``score = avg(A[inner, c]) - avg(A[outer, c]) + gamma * p_hat_c``. The outer region has two sides, each
    ``outer_ratio`` of the proposal's length, and is averaged as one region. The paper leaves open:

    - Borders are real numbers, as in the paper, and A is constant within a unit: a side of 1.25 units covers a quarter
      of its second unit. A side narrower than a unit has the mean of that unit, so that proposals of one unit are
      contrasted with their neighbours too.
    - A side ends where the video ends; a side wholly outside the video adds nothing.
    - A proposal that fills the video has no outer region, and its outer mean is 0.

    Args:
        gamma: weight of the video-level score, 0.1 in Sec. 4.2.
        outer_ratio: width of a side as a fraction of the proposal's length, 1/4 in the paper.

    Raises:
        InputError: the ratio is not positive.
    """

    def __init__(self, gamma: float = 0.1, outer_ratio: float = 0.25) -> None:
        if outer_ratio <= 0:
            raise InputError(f'scorer.outer_ratio={outer_ratio} leaves no outer region', remedy='the paper uses 0.25')
        self.gamma = gamma
        self.outer_ratio = outer_ratio

    def __call__(
        self, scores: NDArray[np.float64], video_scores: NDArray[np.float64], proposals: Proposals
    ) -> NDArray[np.float64]:
        """Score every proposal.

        Args:
            scores: score map of one video, (U, K).
            video_scores: ``p_hat`` of the same columns, (K,).
            proposals: N segments in units.

        Returns:
            (N,).
        """
        units = len(scores)
        start, end = proposals.segments.T.astype(np.float64)
        side = (end - start) * self.outer_ratio
        outer_start, outer_end = np.maximum(start - side, 0.0), np.minimum(end + side, float(units))

        integral = _Integral(scores)
        inside = integral(start, end, proposals.columns)
        outside = integral(outer_start, start, proposals.columns) + integral(end, outer_end, proposals.columns)
        width = (start - outer_start) + (outer_end - end)
        outer_mean = np.divide(outside, width, out=np.zeros_like(outside), where=width > 0)
        return inside / (end - start) - outer_mean + self.gamma * video_scores[proposals.columns]


@POST_PROCESSORS.register_module()
class MeanInside:
    """Average the scores inside a proposal and add the video-level score, as STPN and UntrimmedNet do.

    ``score = avg(A[inner, c]) + gamma * p_hat_c``. Borders within a unit are those of :class:`OuterInnerContrast`.

    Args:
        gamma: weight of the video-level score; 0 in STPN, 0.2 in the code of UntrimmedNet.
    """

    def __init__(self, gamma: float = 0.0) -> None:
        self.gamma = gamma

    def __call__(
        self, scores: NDArray[np.float64], video_scores: NDArray[np.float64], proposals: Proposals
    ) -> NDArray[np.float64]:
        """Score every proposal; arguments and result are those of :class:`OuterInnerContrast`."""
        start, end = proposals.segments.T.astype(np.float64)
        inside = _Integral(scores)(start, end, proposals.columns) / (end - start)
        return inside + self.gamma * video_scores[proposals.columns]


class _Integral:
    """Integrate a map that is constant within each unit over any range, in constant time from cumulative sums."""

    def __init__(self, scores: NDArray[np.float64]) -> None:
        zero = np.zeros((1, scores.shape[1]))
        # Both are one row longer than the map, so that a range may end at the end of the video.
        self._below = np.concatenate([zero, np.cumsum(scores, axis=0, dtype=np.float64)])
        self._here = np.concatenate([scores, zero])

    def __call__(
        self, start: NDArray[np.float64], end: NDArray[np.float64], columns: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Integrate from ``start`` to ``end``, (N,) each, in one column each, (N,)."""
        return self._up_to(end, columns) - self._up_to(start, columns)

    def _up_to(self, position: NDArray[np.float64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
        whole = position.astype(np.int64)
        return self._below[whole, columns] + (position - whole) * self._here[whole, columns]
