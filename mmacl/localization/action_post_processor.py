"""From the attention of one video to timed actions (Sec. 3.8, 4.2).

A *unit* is one row of a score map: a snippet, or a fraction of one where the map is interpolated. U counts units, K the
clusters kept for a video, N proposals. Parts work on NumPy arrays; real numbers are float64.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast

import numpy as np
from mmengine.structures import InstanceData
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from mmacl.localization.proposals import Proposals
from mmacl.registry import POST_PROCESSORS
from mmacl.structures import ClusterMapping, SnippetTiming
from mmacl.utils import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Part = TypeVar('Part')
_SCORE_MAP = {'type': 'ScoreMap'}
_PROPOSALS = {'type': 'ThresholdProposals'}
_SCORER = {'type': 'OuterInnerContrast'}
_NMS = {'type': 'TemporalNMS'}


class ScoreMapPart(Protocol):
    """Turn attention into the map that is thresholded and scored, :class:`ScoreMap`."""

    units_per_snippet: int

    def __call__(self, attention: FloatArray, clusters: NDArray[np.integer[Any]] | None = None) -> FloatArray:
        """Map (T, C) attention to (T * units_per_snippet, K) for the (K,) clusters wanted; None: all C."""
        ...


class ProposalsPart(Protocol):
    """Find candidate segments in a score map, :class:`ThresholdProposals`."""

    def __call__(self, scores: FloatArray) -> Proposals:
        """Propose N segments in a (U, K) map."""
        ...


class ScorerPart(Protocol):
    """Score candidate segments, :class:`OuterInnerContrast`."""

    def __call__(self, scores: FloatArray, video_scores: FloatArray, proposals: Proposals) -> FloatArray:
        """Score N proposals, (N,), from the (U, K) map and the (K,) video-level scores."""
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


@POST_PROCESSORS.register_module()
class ActionPostProcessor:
    """Localize the actions of a video: score map, proposals, scores, suppression, cluster to action, units to seconds.

    The steps run in this order. Each part is a config of :data:`~mmacl.registry.POST_PROCESSORS` or an object with the
    same call.

    A cluster mapped to several actions (Sec. 4.2) gives each of its segments to all of them. A mapping weight w < 1
    lowers the score s to ``s - (1 - w) |s|``, which is ``w s`` for a positive score and is lower for a negative one
    too. Segments wholly beyond the video's duration (padding of the last snippet) are dropped.

    Args:
        class_threshold: ``tau`` of Sec. 4.2; clusters with ``p_hat > tau`` are localized. If there is none, the cluster
            with the largest ``p_hat`` is, the first one of equals.
        score_map: :class:`ScoreMap`.
        proposals: :class:`ThresholdProposals`.
        scorer: :class:`OuterInnerContrast`.
        nms: :class:`TemporalNMS`; None: no suppression.
        nms_after_mapping: False: suppress within each cluster, before the mapping, as the paper does. True: suppress
            within each action, after the mapping, since several clusters often map to one action.
        max_detections: number of best segments of a video to keep; None: all.

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
            timing: start and length of the snippets in seconds.
            mapping: actions of the C clusters.

        Returns:
            ``segments`` (N, 2) in seconds, ``labels`` (N,) of actions, ``scores`` (N,), ``clusters`` (N,), best first.
            Equal scores keep the order of cluster (of action with ``nms_after_mapping``), threshold and start. N may be
            0.

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
        """Suppress within each group; return the rows kept, group by group and best first, and their scores."""
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
    """Build a part from its config; return an object as it is."""
    return cast(Part, POST_PROCESSORS.build(part)) if isinstance(part, dict) else part


def _to_numpy(values: Tensor | ArrayLike) -> NDArray[np.float64]:
    """Convert an array, or a tensor on any device, to float64."""
    if isinstance(values, Tensor):
        values = values.detach().double().cpu().numpy()
    return np.asarray(values, dtype=np.float64)


def _check(attention: NDArray[np.float64], video_scores: NDArray[np.float64], mapping: ClusterMapping) -> None:
    """Refuse shapes and values that would fail later without a clear message."""
    num_clusters = len(mapping.weights)
    if attention.ndim != 2 or not attention.size or attention.shape[1:] != video_scores.shape:
        raise InputError(
            f'attention {attention.shape} and video_scores {video_scores.shape} are not (T, C) and (C,) with T, C >= 1'
        )
    if attention.shape[1] != num_clusters:
        raise InputError(
            f'the model has {attention.shape[1]} clusters, but the mapping to actions has {num_clusters}',
            remedy='load the checkpoint that the mapping was saved with',
        )
    if not (np.isfinite(attention).all() and np.isfinite(video_scores).all()):
        raise InputError(
            'attention or video scores are NaN or infinite',
            remedy='lower the learning rate if training diverged, and check that the features are finite',
        )
