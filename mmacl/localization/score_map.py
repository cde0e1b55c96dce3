"""Turn attention into the score map that is thresholded and scored (Sec. 3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter
from scipy.special import expit, softmax

from mmacl.registry import POST_PROCESSORS
from mmacl.utils import InputError

MODES = (
    'none',
    'raw',
    'class_softmax',
    'class_softmax_minmax',
    'minmax',
    'positive_minmax',
    'time_softmax',
    'sigmoid',
)


@POST_PROCESSORS.register_module()
class ScoreMap:
    """Normalise the class-specific attention A, then refine it in time: mode, interpolation, smoothing, in this order.

    The paper thresholds and scores "A[:, c]" (Sec. 3.8, 4.2) and says nothing about its sign and scale.

    ======================== =========================================================================================
    mode                     map
    ======================== =========================================================================================
    ``none``                 A itself, the paper's words. A class whose mean over time is not positive is clipped at 0:
                             with a negative mean the order of the thresholds ``0.1 ... 1.0 x mean`` would flip
    ``raw``                  A itself, never clipped; not for thresholds relative to the mean (W-TALC)
    ``class_softmax``        softmax over classes, snippet by snippet
    ``class_softmax_minmax`` the same, then each class scaled to [0, 1] over the video (CMCS)
    ``minmax``               each class scaled to [0, 1] over the video (the authors' release)
    ``positive_minmax``      the same, after scores below 0 have become 0 (BaS-Net)
    ``time_softmax``         softmax over time, the paper's A_hat (Sec. 3.5); of the order of 1 / T
    ``sigmoid``              logistic function of A
    ======================== =========================================================================================

    A class that is constant over the video scales to 0 in the three min-max modes: it names no instant. In these modes
    the lowest value of a class is 0 and lies below every threshold, so the whole video is never a proposal, however
    steady the attention: a video that is one action from end to end cannot be found with tIoU 1. (Interpolation and
    smoothing can lift the lowest value above 0.) The other modes can propose the whole video.

    Args:
        mode: one of the above.
        interpolation: units per snippet, linear in between. The value of snippet ``i`` is that of its centre, time
            ``i + 0.5`` snippets, and unit ``j`` lies at ``(j + 0.5) / interpolation`` snippets; before the first and
            after the last centre the map is constant. 1: units are snippets.
        smoothing: ``dict(window=..., order=1)``, a Savitzky-Golay filter. ``window`` is an odd number of units; in a
            shorter video it is the longest that fits. ``order`` of the polynomial is below the window. The result is
            clipped to the range of the class before smoothing, since a fit may overshoot. None: no smoothing.

    Raises:
        InputError: the mode is not known, ``interpolation`` is below 1, or ``smoothing`` is not such a filter.
    """

    def __init__(self, mode: str = 'none', interpolation: int = 1, smoothing: Mapping[str, int] | None = None) -> None:
        if mode not in MODES:
            raise InputError(f'score_map.mode={mode!r} is not known', remedy=f'choose one of {", ".join(MODES)}')
        if interpolation < 1:
            raise InputError(
                f'score_map.interpolation={interpolation} is not a whole number >= 1', remedy='1 turns it off'
            )
        self.mode = mode
        self.units_per_snippet = interpolation
        self.smoothing = None if smoothing is None else _window_and_order(**smoothing)

    def __call__(
        self, attention: NDArray[np.floating[Any]], clusters: NDArray[np.integer[Any]] | None = None
    ) -> NDArray[np.float64]:
        """Compute the score map of one video.

        Args:
            attention: ``A`` before any softmax, (T, C), T >= 1.
            clusters: (K,) columns wanted; None: all. Normalisation over classes uses all C.

        Returns:
            (T * interpolation, K).
        """
        scores = self._normalise(np.asarray(attention, dtype=np.float64))
        if clusters is not None:
            scores = scores[:, clusters]
        return self._smooth(interpolate(scores, self.units_per_snippet))

    def _normalise(self, attention: NDArray[np.float64]) -> NDArray[np.float64]:
        """Apply the mode, (T, C) to (T, C)."""
        if self.mode == 'none':
            return np.where(attention.mean(axis=0) > 0, attention, np.maximum(attention, 0.0))
        if self.mode == 'raw':
            return attention
        if self.mode == 'minmax':
            return _scale_to_unit_range(attention)
        if self.mode == 'positive_minmax':
            return _scale_to_unit_range(np.maximum(attention, 0.0))
        if self.mode == 'class_softmax':
            return softmax(attention, axis=1)
        if self.mode == 'class_softmax_minmax':
            return _scale_to_unit_range(softmax(attention, axis=1))
        if self.mode == 'time_softmax':
            return softmax(attention, axis=0)
        return expit(attention)

    def _smooth(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Savitzky-Golay along time, (U, K) to (U, K)."""
        if self.smoothing is None:
            return scores
        (window, order), units = self.smoothing, len(scores)
        window = min(window, units - 1 + units % 2)
        if window <= order:
            return scores
        smooth = savgol_filter(scores, window, order, axis=0)
        return np.clip(smooth, scores.min(axis=0), scores.max(axis=0))


def interpolate(scores: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Interpolate to ``factor`` units per snippet, (T, K) to (T * factor, K); see :class:`ScoreMap`."""
    if factor == 1:
        return scores
    last = len(scores) - 1
    positions = np.clip((np.arange(len(scores) * factor) + 0.5) / factor - 0.5, 0, last)
    before = positions.astype(np.int64)
    fraction = (positions - before)[:, None]
    return scores[before] * (1 - fraction) + scores[np.minimum(before + 1, last)] * fraction


def _window_and_order(window: int, order: int = 1) -> tuple[int, int]:
    """Check the window and the order of a Savitzky-Golay filter."""
    if window % 2 == 0 or not 0 <= order < window:
        raise InputError(
            f'score_map.smoothing=dict(window={window}, order={order}) is not an odd window above an order >= 0',
            remedy='use, for example, dict(window=33, order=1)',
        )
    return window, order


def _scale_to_unit_range(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale each column to [0, 1] over time; a constant column becomes 0."""
    low = scores.min(axis=0)
    spread = scores.max(axis=0) - low
    return np.divide(scores - low, spread, out=np.zeros_like(scores), where=spread > 0)
