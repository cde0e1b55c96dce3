"""Attention of one video to timed actions (Sec. 3.8, 4.2)."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from mmengine.structures import InstanceData
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from mmacl.localization.parts import ProposalsPart, ScoreMapPart, ScorerPart, SuppressionPart
from mmacl.registry import POST_PROCESSORS
from mmacl.structures import ClusterMapping, SnippetTiming
from mmacl.utils import InputError

Part = TypeVar('Part')
_SCORE_MAP = {'type': 'ScoreMap'}
_PROPOSALS = {'type': 'ThresholdProposals'}
_SCORER = {'type': 'OuterInnerContrast'}
_NMS = {'type': 'TemporalNMS'}


@POST_PROCESSORS.register_module()
class ActionPostProcessor:
    """Score map, proposals, scores, suppression, cluster to action, units to seconds, in this order.

    Each part is a config of :data:`~mmacl.registry.POST_PROCESSORS` or a ready object; what a part must do stands in
    :mod:`mmacl.localization.parts`.

    A cluster that stands for several actions (Sec. 4.2) gives each segment to all of them. A mapping weight w < 1
    lowers the score s to ``s - (1 - w) |s|``: that is ``w s`` for a positive score, and never a rise for a negative
    one. Segments that lie wholly beyond the video's duration (padding of the last snippet) are dropped.

    Args:
        class_threshold: ``tau``; clusters with ``p_hat > tau`` are localized. Where there is none, the best one is (the
            first of equals).
        score_map: :class:`ScoreMap`.
        proposals: :class:`ThresholdProposals`.
        scorer: :class:`OuterInnerContrast`.
        nms: :class:`TemporalNMS`; None: nothing is suppressed.
        nms_after_mapping: False: suppress within each cluster, before the mapping, as the paper. True: within each
            action instead, since several clusters often stand for one action.
        max_detections: keep this many of the best segments of a video; None: all.

    Raises:
        InputError: ``max_detections`` is below 1.
    """

    def __init__(
        self,
        class_threshold: float = 0.1,
        score_map: dict[str, Any] | ScoreMapPart = _SCORE_MAP,
        proposals: dict[str, Any] | ProposalsPart = _PROPOSALS,
        scorer: dict[str, Any] | ScorerPart = _SCORER,
        nms: dict[str, Any] | SuppressionPart | None = _NMS,
        nms_after_mapping: bool = False,
        max_detections: int | None = None,
    ) -> None:
        if max_detections is not None and max_detections < 1:
            raise InputError(
                f'post_processor.max_detections={max_detections} keeps nothing', remedy='give a count, or None for all'
            )
        self.class_threshold = class_threshold
        self.score_map = _build(score_map)
        self.proposals = _build(proposals)
        self.scorer = _build(scorer)
        self.nms = None if nms is None else _build(nms)
        self.nms_after_mapping = nms_after_mapping
        self.max_detections = max_detections

    def __call__(
        self,
        attention: Tensor | ArrayLike,
        video_scores: Tensor | ArrayLike,
        timing: SnippetTiming,
        mapping: ClusterMapping,
    ) -> InstanceData:
        """Localize the actions of one video.

        Args:
            attention: ``A`` before any softmax, (T, C).
            video_scores: ``p_hat``, (C,).
            timing: where snippets lie in time.
            mapping: which actions the C clusters stand for.

        Returns:
            ``segments`` (N, 2) seconds, ``labels`` (N,) actions, ``scores`` (N,), ``clusters`` (N,), best first; equal
            scores in the order of cluster (of action with ``nms_after_mapping``), threshold and start. N may be 0.

        Raises:
            InputError: shapes disagree, the video is empty, or a value is not finite.
        """
        cas, p_hat = _to_numpy(attention), _to_numpy(video_scores)
        _check(cas, p_hat, mapping)
        kept = self.select_clusters(p_hat)
        score_map = self.score_map(cas, kept)
        proposals = self.proposals(score_map)
        if self.nms is not None and self.nms.drops_duplicates:
            proposals = proposals.unique()
        segments, clusters = proposals.segments, kept[proposals.columns]
        scores = self.scorer(score_map, p_hat[kept], proposals)

        if not self.nms_after_mapping:
            rows, scores = self._suppress(segments, scores, clusters)
            segments, clusters = segments[rows], clusters[rows]
        rows, labels = np.nonzero(mapping.weights[clusters] > 0)
        segments, clusters, scores = segments[rows], clusters[rows], scores[rows]
        scores = scores - (1 - mapping.weights[clusters, labels]) * np.abs(scores)
        if self.nms_after_mapping:
            rows, scores = self._suppress(segments, scores, labels)
            segments, clusters, labels = segments[rows], clusters[rows], labels[rows]

        seconds = timing.to_seconds(segments / self.score_map.units_per_snippet)
        order = np.argsort(-scores, kind='stable')
        order = order[seconds[order, 1] > seconds[order, 0]][: self.max_detections]
        return InstanceData(
            segments=seconds[order], labels=labels[order], scores=scores[order], clusters=clusters[order]
        )

    def select_clusters(self, video_scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """Clusters above ``tau``, or the best one, in increasing order: (C,) to (K,), K >= 1."""
        above = np.flatnonzero(video_scores > self.class_threshold)
        return above if above.size else np.array([video_scores.argmax()])

    def _suppress(
        self, segments: NDArray[np.int64], scores: NDArray[np.float64], groups: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows that survive within their group, group by group and best first in each, and their scores."""
        if self.nms is None:
            return np.arange(len(segments)), scores
        survivors, new_scores = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            kept, kept_scores = self.nms(segments[rows], scores[rows])
            survivors.append(rows[kept])
            new_scores.append(kept_scores)
        return np.concatenate(survivors), np.concatenate(new_scores)


def _build(part: dict[str, Any] | Part) -> Part:
    """A part from its config; a ready one as it is."""
    return cast(Part, POST_PROCESSORS.build(part)) if isinstance(part, dict) else part


def _to_numpy(values: Tensor | ArrayLike) -> NDArray[np.float64]:
    """Any array or tensor, on any device, as float64."""
    if isinstance(values, Tensor):
        values = values.detach().double().cpu().numpy()
    return np.asarray(values, dtype=np.float64)


def _check(attention: NDArray[np.float64], video_scores: NDArray[np.float64], mapping: ClusterMapping) -> None:
    """Refuse what would end in an unclear error, or in silence, further on."""
    num_clusters = len(mapping.weights)
    if attention.ndim != 2 or not attention.size or attention.shape[1:] != video_scores.shape:
        raise InputError(
            f'attention {attention.shape} and video_scores {video_scores.shape} are not (T, C) and (C,) with T, C >= 1'
        )
    if attention.shape[1] != num_clusters:
        raise InputError(
            f'the model has {attention.shape[1]} clusters, the mapping to actions {num_clusters}',
            remedy='load the checkpoint that the mapping belongs to',
        )
    if not (np.isfinite(attention).all() and np.isfinite(video_scores).all()):
        raise InputError(
            'attention or video scores are NaN or infinite: training diverged (lower the learning rate) '
            'or the features are not finite'
        )
