"""Candidate segments of one video: from thresholds on scores to proposals (Sec. 3.8, 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.localization.parts import ProposalsPart, build_part, propose
from mmacl.registry import POST_PROCESSORS
from mmacl.structures import Proposals
from mmacl.utils import InputError

__all__ = ['CombinedProposals', 'Proposals', 'ThresholdProposals']

#: What thresholds are relative to, and what they may be.
_SCALES = {'mean': 'positive', 'max': 'in (0, 1)', 'range': 'in [0, 1)', 'one': 'finite'}
_SOURCES = ('class_map', 'actionness')


@POST_PROCESSORS.register_module()
class ThresholdProposals:
    """Propose every longest run of units above a threshold, "[0.1 : 1.0 : 0.1] x mean(A[:, c])" (Sec. 4.2).

    A unit is above a threshold if its score is **strictly** greater, so that a class that is 0 everywhere (its
    attention was clipped, or is constant) gives no proposal instead of the whole video.

    Args:
        thresholds: t, one or more, see ``relative_to``.
        dilation: width in units of a window that widens runs, as in the authors' release (20 frames): a unit belongs to
            a run if any unit of the window around it is above the threshold. Runs grow by ``(dilation - 1) // 2`` units
            at the start and ``dilation // 2`` at the end, and merge where they meet. The mean and the scores do not
            change. 1: off.
        relative_to: the level above which a unit is active. ``'mean'``: ``t * mean`` over time of the class's column,
            the paper's. ``'max'``: ``t * max`` (Hide-and-Seek); a column without a positive score gives no proposal.
            ``'range'``: ``min + t (max - min)`` of the column (W-TALC). ``'one'``: t itself (BaS-Net, CoLA).
        source: ``'class_map'``: runs of each column of the score map. ``'actionness'``: runs of the video's actionness,
            proposed for every column.
        min_length: shortest run that is proposed, in units, after widening. 1: any.

    Raises:
        InputError: no thresholds, one that ``relative_to`` does not allow, a word that is not known, or a dilation or a
            minimum length below 1.
    """

    def __init__(
        self,
        thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
        dilation: int = 1,
        relative_to: str = 'mean',
        source: str = 'class_map',
        min_length: int = 1,
    ) -> None:
        for key, value, known in (('relative_to', relative_to, _SCALES), ('source', source, _SOURCES)):
            if value not in known:
                raise InputError(f'proposals.{key}={value!r} is not known', remedy=f'use one of {", ".join(known)}')
        self.thresholds = _check_thresholds(thresholds, relative_to)
        if dilation < 1:
            raise InputError(f'proposals.dilation={dilation} is less than one unit', remedy='1 turns it off')
        if min_length < 1:
            raise InputError(f'proposals.min_length={min_length} is less than one unit', remedy='1 turns it off')
        self.dilation = dilation
        self.relative_to = relative_to
        self.source = source
        self.min_length = min_length

    def __call__(self, scores: NDArray[np.float64], actionness: NDArray[np.float64] | None = None) -> Proposals:
        """Propose segments in every column.

        Args:
            scores: score map of one video, (U, K).
            actionness: (U,); None: the method has none.

        Returns:
            Proposals ordered by column, then threshold, then start. Thresholds may repeat a segment.

        Raises:
            InputError: actionness is the source, and there is none.
        """
        if self.source == 'class_map':
            return self._find_runs(scores)
        if actionness is None:
            raise InputError(
                "proposals.source='actionness', but the method predicts no actionness",
                remedy="set model.post_processor.proposals.source='class_map'",
            )
        runs, columns = self._find_runs(actionness[:, None]).segments, scores.shape[1]
        return Proposals(np.tile(runs, (columns, 1)), np.repeat(np.arange(columns), len(runs)))

    def _find_runs(self, scores: NDArray[np.float64]) -> Proposals:
        """Propose the runs of each column of (U, K) scores."""
        levels = self._levels(scores)  # (K, thresholds)
        rows, units = levels.size, len(scores)
        # An inactive unit at either end makes the flips come in pairs (start, end) that never cross a row.
        active = np.zeros((*levels.shape, units + 2), dtype=bool)
        np.greater(scores.T[:, None, :], levels[..., None], out=active[..., 1:-1])
        flips = np.flatnonzero(np.diff(active.reshape(rows, units + 2), axis=1))
        row, segments = flips[::2] // (units + 1), (flips % (units + 1)).reshape(-1, 2)
        if self.dilation > 1 and len(row):
            row, segments = self._dilate(row, segments, units)
        if self.min_length > 1:
            long = segments[:, 1] - segments[:, 0] >= self.min_length
            row, segments = row[long], segments[long]
        return Proposals(segments, row // len(self.thresholds))

    def _levels(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the level of each column and threshold, (U, K) to (K, thresholds)."""
        if self.relative_to == 'one':
            return np.tile(self.thresholds, (scores.shape[1], 1))
        if self.relative_to == 'mean':
            return scores.mean(axis=0)[:, None] * self.thresholds
        low, high = scores.min(axis=0)[:, None], scores.max(axis=0)[:, None]
        if self.relative_to == 'max':
            return high * self.thresholds
        return low + self.thresholds * (high - low)

    def _dilate(
        self, row: NDArray[np.int64], segments: NDArray[np.int64], units: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Widen runs and merge those that meet. All grow alike and keep their order, so only neighbours can meet."""
        starts = np.maximum(segments[:, 0] - (self.dilation - 1) // 2, 0)
        ends = np.minimum(segments[:, 1] + self.dilation // 2, units)
        apart = (row[1:] != row[:-1]) | (starts[1:] > ends[:-1])
        first, last = np.append(True, apart), np.append(apart, True)
        return row[first], np.stack([starts[first], ends[last]], axis=1)


@POST_PROCESSORS.register_module()
class CombinedProposals:
    """Propose what any of several parts proposes, as CoLA and CO2-Net do with the class map and the actionness.

    Args:
        parts: configs of proposal parts, or objects with the same call; one or more. Scores of their own are dropped
            unless all parts give some.

    Raises:
        InputError: there are no parts.
    """

    def __init__(self, parts: Sequence[dict[str, Any] | ProposalsPart]) -> None:
        if not parts:
            raise InputError(
                'proposals.parts=[] proposes nothing', remedy="name one, such as type='ThresholdProposals'"
            )
        self.parts = [build_part(part) for part in parts]

    def __call__(self, scores: NDArray[np.float64], actionness: NDArray[np.float64] | None = None) -> Proposals:
        """Propose segments; arguments are those of :class:`ThresholdProposals`.

        Returns:
            Proposals ordered by column, then part, then as the part orders them.
        """
        found = [propose(part, scores, actionness) for part in self.parts]
        own_scores = [proposals.scores for proposals in found if proposals.scores is not None]
        together = Proposals(
            np.concatenate([proposals.segments for proposals in found]),
            np.concatenate([proposals.columns for proposals in found]),
            np.concatenate(own_scores) if len(own_scores) == len(found) else None,
        )
        return together.take(np.argsort(together.columns, kind='stable'))


def _check_thresholds(thresholds: Sequence[float], relative_to: str) -> NDArray[np.float64]:
    """Refuse thresholds that say nothing about their scale."""
    values = np.asarray(thresholds, dtype=np.float64)
    allowed = {
        'mean': np.isfinite(values) & (values > 0),
        'max': (values > 0) & (values < 1),
        'range': (values >= 0) & (values < 1),
        'one': np.isfinite(values),
    }[relative_to]
    if values.ndim != 1 or not values.size or not allowed.all():
        raise InputError(
            f'proposals.thresholds={list(thresholds)} are not {_SCALES[relative_to]} numbers, one or more, '
            f'for relative_to={relative_to!r}',
            remedy='the paper uses 0.1, 0.2, ... 1.0 times the mean',
        )
    return values
