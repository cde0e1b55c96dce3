"""From the attention of videos to timed actions (Sec. 3.8, 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from mmengine.structures import InstanceData
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from mmacl.localization.parts import (
    FloatArray,
    ProposalsPart,
    ScoreMapPart,
    ScorerPart,
    SuppressionPart,
    build_part,
    propose,
)
from mmacl.localization.score_map import interpolate
from mmacl.registry import POST_PROCESSORS
from mmacl.structures import ClusterMapping, Proposals, ScoredVideo, SnippetTiming
from mmacl.utils import InputError

_SCORE_MAP = {'type': 'ScoreMap'}
_PROPOSALS = {'type': 'ThresholdProposals'}
_SCORER = {'type': 'OuterInnerContrast'}
_NMS = {'type': 'TemporalNMS'}
_CHOICES = {'class_selection': ('absolute', 'relative'), 'proposal_scores': ('scorer', 'given')}


@POST_PROCESSORS.register_module()
class ActionPostProcessor:
    """Localize the actions of a video: score map, proposals, scores, suppression, cluster to action, units to seconds.

    The steps run in this order. Each part is a config of :data:`~mmacl.registry.POST_PROCESSORS` or an object with the
    same call.

    A cluster mapped to several actions (Sec. 4.2) gives each of its segments to all of them. A mapping weight w < 1
    lowers the score s to ``s - (1 - w) |s|``, which is ``w s`` for a positive score and is lower for a negative one
    too. Segments wholly beyond the video's duration (padding of the last snippet) are dropped.

    A method that finds segments itself hands in proposals; those of the kept clusters then take the place of the part
    ``proposals``.

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
        class_selection: ``'absolute'``: tau as it is. ``'relative'``: tau times the largest ``p_hat`` of the video.
        proposal_scores: ``'scorer'``: the scorer scores every proposal. ``'given'``: proposals keep the scores that
            they come with, and the scorer is not used.

    Raises:
        InputError: ``max_detections`` is below 1, or a word is not known.
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
        class_selection: str = 'absolute',
        proposal_scores: str = 'scorer',
    ) -> None:
        for key, word in (('class_selection', class_selection), ('proposal_scores', proposal_scores)):
            if word not in _CHOICES[key]:
                raise InputError(
                    f'post_processor.{key}={word!r} is not known', remedy=f'use one of {", ".join(_CHOICES[key])}'
                )
        if max_detections is not None and max_detections < 1:
            raise InputError(
                f'post_processor.max_detections={max_detections} keeps nothing', remedy='give a count, or None for all'
            )
        self.class_threshold = class_threshold
        self.score_map = build_part(score_map)
        self.proposals = build_part(proposals)
        self.scorer = build_part(scorer)
        self.nms = None if nms is None else build_part(nms)
        self.nms_after_mapping = nms_after_mapping
        self.max_detections = max_detections
        self.class_selection = class_selection
        self.proposal_scores = proposal_scores

    def __call__(
        self,
        attention: Tensor | ArrayLike,
        video_scores: Tensor | ArrayLike,
        timing: SnippetTiming,
        mapping: ClusterMapping,
        *,
        actionness: Tensor | ArrayLike | None = None,
        proposals: Proposals | None = None,
    ) -> InstanceData:
        """Localize the actions of one video.

        Args:
            attention: ``A`` before any softmax, (T, C).
            video_scores: ``p_hat``, (C,).
            timing: start and length of the snippets in seconds.
            mapping: actions of the C clusters.
            actionness: score of each snippet for any action, (T,); None: the method has none. Where the score map is
                interpolated, so is this; it is not normalised or smoothed.
            proposals: segments that the method found itself, in snippets, borders of any fraction; columns are
                clusters. They are cut off at the ends of the video. None: the part ``proposals`` finds some.

        Returns:
            ``segments`` (N, 2) in seconds, ``labels`` (N,) of actions, ``scores`` (N,), ``clusters`` (N,), best first.
            Equal scores keep the order of cluster (of action with ``nms_after_mapping``), threshold and start. N may be
            0.

        Raises:
            InputError: shapes disagree, the video is empty, a value is not finite, or scores or actionness that a key
                asks for are not there.
        """
        video = ScoredVideo([(attention, video_scores)], timing, actionness, proposals)
        return self.localize_videos([video], mapping)[0][0]

    def localize_videos(self, videos: Sequence[ScoredVideo], mapping: ClusterMapping) -> list[list[InstanceData]]:
        """Localize the actions of several videos, each perhaps in several views, as one call for each would.

        The views of a video are searched as columns of one map, and the segments of all videos are suppressed together.
        A subclass that changes :meth:`__call__` alone is called for each view instead.

        Args:
            videos: the videos.
            mapping: actions of the C clusters.

        Returns:
            The results of :meth:`__call__`, by video and view.

        Raises:
            InputError: as :meth:`__call__`.
        """
        found = [self._find(video, mapping) for video in videos]
        # A place is a view of a video.
        sizes = [part.num_views for part in found]
        first = np.cumsum([0, *sizes])
        segments = np.concatenate([np.zeros((0, 2)), *(part.segments for part in found)])
        places = np.concatenate([np.zeros(0, np.int64), *(of.views + at for of, at in zip(found, first, strict=False))])
        clusters = np.concatenate([np.zeros(0, np.int64), *(part.clusters for part in found)])
        scores = np.concatenate([np.zeros(0), *(part.scores for part in found)])

        if not self.nms_after_mapping:
            rows, scores = self._suppress(segments, scores, places * len(mapping.weights) + clusters)
            segments, places, clusters = segments[rows], places[rows], clusters[rows]
        rows, labels = np.nonzero(mapping.weights[clusters] > 0)
        segments, places, clusters, scores = segments[rows], places[rows], clusters[rows], scores[rows]
        scores = scores - (1 - mapping.weights[clusters, labels]) * np.abs(scores)
        if self.nms_after_mapping:
            rows, scores = self._suppress(segments, scores, places * mapping.weights.shape[1] + labels)
            segments, places, clusters, labels = segments[rows], places[rows], clusters[rows], labels[rows]

        segments = segments / self.score_map.units_per_snippet
        borders = np.searchsorted(places, np.arange(first[-1] + 1))
        results = []
        for video, at, size in zip(videos, first, sizes, strict=False):
            views = []
            for start, end in zip(borders[at : at + size], borders[at + 1 : at + size + 1], strict=True):
                of = slice(start, end)
                seconds = video.timing.to_seconds(segments[of])
                order = np.argsort(-scores[of], kind='stable')
                order = order[seconds[order, 1] > seconds[order, 0]][: self.max_detections]
                views.append(
                    InstanceData(
                        segments=seconds[order],
                        labels=labels[of][order],
                        scores=scores[of][order],
                        clusters=clusters[of][order],
                    )
                )
            results.append(views)
        return results

    def _find(self, video: ScoredVideo, mapping: ClusterMapping) -> _Found:
        """Find and score the proposals of all views of a video, ordered by view, then cluster."""
        s = None if video.actionness is None else _to_numpy(video.actionness)
        views = [(_to_numpy(attention), _to_numpy(video_scores)) for attention, video_scores in video.views]
        kept, maps = [], []
        for cas, p_hat in views:
            _check(cas, p_hat, s, mapping)
            kept.append(self.select_clusters(p_hat))
            maps.append(self.score_map(cas, kept[-1]))
        score_map = maps[0] if len(maps) == 1 else _side_by_side(maps)
        factor = self.score_map.units_per_snippet
        if video.proposals is not None:
            given = [video.proposals.of_columns(of_view) for of_view in kept]
            found = _in_units(Proposals.side_by_side(given, [len(of_view) for of_view in kept]), factor, len(score_map))
        else:
            found = propose(self.proposals, score_map, None if s is None else interpolate(s[:, None], factor)[:, 0])
        if self.nms is not None and self.nms.drops_duplicates:
            found = found.unique()
        view_of = np.repeat(np.arange(len(kept)), [len(of_view) for of_view in kept])
        if len(kept) > 1:
            found = found.take(np.argsort(view_of[found.columns], kind='stable'))
        video_scores = np.concatenate([p_hat[of_view] for (_, p_hat), of_view in zip(views, kept, strict=True)])
        scores = self._score(score_map, video_scores, found)
        return _Found(found.segments, view_of[found.columns], np.concatenate(kept)[found.columns], scores, len(kept))

    def select_clusters(self, video_scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """Clusters above the threshold, or the best one, in increasing order: (C,) to (K,), K >= 1."""
        threshold = self.class_threshold * (video_scores.max() if self.class_selection == 'relative' else 1.0)
        above = np.flatnonzero(video_scores > threshold)
        return above if above.size else np.array([video_scores.argmax()])

    def _score(self, score_map: FloatArray, video_scores: FloatArray, proposals: Proposals) -> FloatArray:
        """Score proposals, or return their own scores, (N,)."""
        if self.proposal_scores == 'scorer':
            return self.scorer(score_map, video_scores, proposals)
        if proposals.scores is None:
            raise InputError(
                "post_processor.proposal_scores='given', but the proposals have no scores of their own",
                remedy="set model.post_processor.proposal_scores='scorer'",
            )
        return proposals.scores

    def _suppress(
        self, segments: NDArray[Any], scores: NDArray[np.float64], groups: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Suppress within each group; return the rows kept, group by group and best first, and their scores."""
        if self.nms is None:
            return np.arange(len(segments)), scores
        if together := getattr(self.nms, 'suppress_groups', None):
            rows, new_scores = together(segments, scores, groups)
            return rows, new_scores
        survivors, lowered = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            kept, kept_scores = self.nms(segments[rows], scores[rows])
            survivors.append(rows[kept])
            lowered.append(kept_scores)
        return np.concatenate(survivors), np.concatenate(lowered)


class _Found(NamedTuple):
    """Scored proposals of a video: segments in units, (N, 2), and of each its view, its cluster and its score, (N,)."""

    segments: NDArray[Any]
    views: NDArray[np.int64]
    clusters: NDArray[np.int64]
    scores: FloatArray
    num_views: int


def _side_by_side(maps: Sequence[FloatArray]) -> FloatArray:
    """Join score maps, (U, K) each; columns stay contiguous, as in a map of their own, so that sums are the same."""
    together = np.empty((len(maps[0]), sum(part.shape[1] for part in maps)), order='F')
    return np.concatenate(maps, axis=1, out=together)


def _to_numpy(values: Tensor | ArrayLike) -> NDArray[np.float64]:
    """Convert an array, or a tensor on any device, to float64."""
    if isinstance(values, Tensor):
        values = values.detach().double().cpu().numpy()
    return np.asarray(values, dtype=np.float64)


def _in_units(proposals: Proposals, units_per_snippet: int, num_units: int) -> Proposals:
    """Convert proposals from snippets to units and cut them off at the ends of the video; drop those outside it."""
    segments = np.clip(np.asarray(proposals.segments, dtype=np.float64) * units_per_snippet, 0, num_units)
    inside = segments[:, 1] > segments[:, 0]
    return Proposals(segments, proposals.columns, proposals.scores).take(inside)


def _check(
    attention: FloatArray, video_scores: FloatArray, actionness: FloatArray | None, mapping: ClusterMapping
) -> None:
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
    if actionness is not None and actionness.shape != attention.shape[:1]:
        raise InputError(f'actionness {actionness.shape} is not (T,) for attention {attention.shape}')
    values = (attention, video_scores, *(() if actionness is None else (actionness,)))
    if not all(np.isfinite(x).all() for x in values):
        raise InputError(
            'attention, actionness or video scores are NaN or infinite',
            remedy='lower the learning rate if training diverged, and check that the features are finite',
        )
