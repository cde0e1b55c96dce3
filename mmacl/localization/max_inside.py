"""Score proposals by the largest score inside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.registry import POST_PROCESSORS
from mmacl.structures import Proposals


@POST_PROCESSORS.register_module()
class MaxInside:
    """Take the largest score inside a proposal and add the video-level score, as W-TALC does.

    ``score = max(A[inner, c]) + gamma * p_hat_c`` (Paul et al., 2018). A unit that a proposal covers in part counts.

    Args:
        gamma: weight of the video-level score; 0.7 in the code of W-TALC.
    """

    def __init__(self, gamma: float = 0.7) -> None:
        self.gamma = gamma

    def __call__(
        self, scores: NDArray[np.float64], video_scores: NDArray[np.float64], proposals: Proposals
    ) -> NDArray[np.float64]:
        """Score every proposal; arguments and result are those of :class:`OuterInnerContrast`."""
        units, columns = scores.shape
        if not len(proposals):
            return np.empty(0)
        # All columns one after the other. `reduceat` takes pairs (start, end), so an end needs a place of its own even
        # where it is the end of the last column.
        flat = np.full((columns, units + 1), -np.inf)
        flat[:, :-1] = scores.T
        start = np.floor(proposals.segments[:, 0]).astype(np.int64)
        end = np.ceil(proposals.segments[:, 1]).astype(np.int64)
        borders = np.stack([start, end], axis=1) + (proposals.columns * (units + 1))[:, None]
        largest = np.maximum.reduceat(flat.ravel(), borders.ravel())[::2]
        return largest + self.gamma * video_scores[proposals.columns]
