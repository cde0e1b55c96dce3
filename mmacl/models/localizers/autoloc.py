"""AutoLoc: boundaries regressed by outer-inner contrast (Shou, Gao, Zhang, Miyazawa, Chang; ECCV 2018)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import concatenate_streams, fuse_predictions, fuse_streams
from mmacl.models.heads import AnchorHead
from mmacl.models.localizers.base_localizer import PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.localizers.untrimmed_net import UntrimmedNet
from mmacl.models.losses import outer_inner_contrast
from mmacl.models.pooling import masked_mean
from mmacl.registry import MODELS, POST_PROCESSORS
from mmacl.structures import Proposals, SnippetPrediction
from mmacl.utils import InputError

_EPS = 1e-5
_NORM = {'type': 'IN1d', 'affine': True}
_NMS = {'type': 'TemporalNMS', 'iou_threshold': 0.4}


@MODELS.register_module()
class AutoLoc(UntrimmedNet):
    """Regress segments that stand out in the class activations of an UntrimmedNet with soft selection.

    Both train at once; the localization loss trains the regression only. ``docs/en/methods/autoloc.md`` has the
    equations and says what the paper leaves open.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        anchors: lengths in snippets.
        hidden_channels: width of the convolutions that regress segments.
        norm_cfg: norm in them. The paper's batch norm sees one video a step, as an instance norm does.
        attention_threshold: a snippet has no activation in a stream where its attention, before the softmax over time,
            does not exceed the mean of the video by so much. ``-inf``: no snippet loses its activation.
        foreground_threshold: a snippet proposes a segment of a class if its activation is above.
        min_contrast: a segment whose outer-inner contrast is not above is dropped.
        outer_ratio, min_outer: see :func:`outer_inner_contrast`.
        localization_start: share of a round in which the classification branch trains alone, in [0, 1].
        selection_nms: suppression of the segments that the loss is computed of; None: none.
        localization_weight: factor on the localization loss.
        dropout, fusion_weights: of the classification branch, see :class:`UntrimmedNet`.

    Raises:
        InputError: an anchor is not positive, ``localization_start`` is outside [0, 1], or a width is wrong.
    """

    training_only = ('dropout', 'localization_start', 'localization_weight', 'selection_nms')
    replayable = False  # the number of its segments differs from step to step

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        anchors: Sequence[float] = (1, 2, 4, 8, 16, 32),
        hidden_channels: int = 128,
        norm_cfg: Mapping[str, Any] | None = _NORM,
        attention_threshold: float = 0.0,
        foreground_threshold: float = 0.1,
        min_contrast: float = -0.4,
        outer_ratio: float = 0.25,
        min_outer: float = 1.0,
        localization_start: float = 0.5,
        selection_nms: dict[str, Any] | None = _NMS,
        localization_weight: float = 1.0,
        dropout: float = 0.8,
        fusion_weights: Mapping[str, float] | None = None,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            in_channels,
            num_clusters,
            dropout=dropout,
            fusion_weights=fusion_weights,
            post_processor=post_processor,
            data_preprocessor=data_preprocessor,
            init_cfg=init_cfg,
        )
        if not 0 <= localization_start <= 1:
            raise InputError(f'localization_start={localization_start} is not a share of a round in [0, 1]')
        self.regression = AnchorHead(sum(in_channels.values()), anchors, hidden_channels, norm_cfg)
        self.attention_threshold = attention_threshold
        self.foreground_threshold = foreground_threshold
        self.min_contrast = min_contrast
        self.outer_ratio = outer_ratio
        self.min_outer = min_outer
        self.localization_start = localization_start
        self.selection_nms = None if selection_nms is None else POST_PROCESSORS.build(selection_nms)
        self.localization_weight = localization_weight

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` of each stream, and ``loss_oic``, ``A_o - A_i`` of the segments of each label.

        ``loss_oic`` is the mean over the segments of a video, then over the videos that have some.
        """
        losses = super().loss(features, mask, targets)
        videos, classes = targets.labels.nonzero(as_tuple=True)
        with torch.no_grad():
            scores = self._activate(features, mask).class_map[videos, :, classes]
        contrast, segments = self._best_anchors(scores, features, mask, videos)
        kept = self._keep_apart(contrast, segments, scores)
        zeros = contrast.new_zeros(len(mask))
        sums = zeros.index_add(0, videos, torch.where(kept, contrast, 0.0).sum(dim=1))
        counts = zeros.index_add(0, videos, kept.sum(dim=1).to(zeros.dtype))
        rows = gather_rows(torch.stack([sums / counts.clamp(min=1), (counts > 0).to(zeros.dtype)], dim=1))
        starts = self.progress.step >= self.localization_start * self.progress.num_steps
        weight = self.localization_weight if starts else 0.0
        losses['loss_oic'] = -weight * rows[:, 0].sum() / rows[:, 1].sum().clamp(min=1)
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Predict class activations, attention and the segments of all classes that are active anywhere."""
        prediction = self._activate(features, mask)
        activations = prediction.class_map
        videos, classes = (activations > self.foreground_threshold).any(dim=1).nonzero(as_tuple=True)
        scores = activations[videos, :, classes]
        contrast, segments = self._best_anchors(scores, features, mask, videos)
        kept = self._candidates(contrast, scores)
        pairs = kept.nonzero(as_tuple=True)[0]
        owners, columns = videos[pairs].cpu().numpy(), classes[pairs].cpu().numpy()
        found = Proposals(_to_numpy(segments[kept]), columns, _to_numpy(contrast[kept]))
        return dataclasses.replace(prediction, proposals=[found.take(owners == i) for i in range(len(mask))])

    def _activate(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Fuse the streams; snippets without attention have no activation, nor has padding."""
        streams = self._predict_streams(features, mask)
        attended = {}
        for name, stream in streams.items():
            if stream.actionness is not None:  # the selection is soft
                attended[name] = self._attended(stream.actionness, mask).to(stream.class_map.dtype)
        fused = fuse_predictions(streams, self.fusion_weights)
        share = fuse_streams(attended, self.fusion_weights)
        return dataclasses.replace(fused, class_map=fused.class_map * share.unsqueeze(-1), streams={})

    def _attended(self, attention: Tensor, mask: Tensor) -> Tensor:
        """Find the snippets whose attention passes the threshold, (B, T) bool; equal attention passes 0."""
        logits = attention.clamp(min=torch.finfo(attention.dtype).tiny).log()  # up to a constant of the video
        above = logits - masked_mean(logits, mask).unsqueeze(1)
        return (above > self.attention_threshold - _EPS) & mask

    def _best_anchors(
        self, scores: Tensor, features: dict[str, Tensor], mask: Tensor, videos: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Take the anchor of the largest contrast at each snippet.

        Args:
            scores: activations of P (video, class) pairs, (P, T).
            features: of the B videos, see :meth:`loss`.
            mask: (B, T).
            videos: of the pairs, (P,).

        Returns:
            Contrast (P, T) and segments (P, T, 2).
        """
        segments = self.regression(concatenate_streams(features), mask)
        lengths = mask.sum(dim=1)[videos]
        contrast, clipped = outer_inner_contrast(scores, lengths, segments[videos], self.outer_ratio, self.min_outer)
        best = contrast.argmax(dim=-1, keepdim=True)
        chosen = clipped.gather(2, best.unsqueeze(-1).expand(*best.shape, 2))
        return contrast.gather(2, best).squeeze(2), chosen.squeeze(2)

    def _candidates(self, contrast: Tensor, scores: Tensor) -> Tensor:
        """Find snippets in the foreground whose segment stands out, (P, T) bool."""
        return (scores > self.foreground_threshold) & (contrast > self.min_contrast)

    def _keep_apart(self, contrast: Tensor, segments: Tensor, scores: Tensor) -> Tensor:
        """Suppress overlapping candidates of each pair, (P, T) bool: those that the loss is computed of."""
        candidates = self._candidates(contrast, scores)
        if self.selection_nms is None:
            return candidates
        pairs, _ = places = candidates.nonzero(as_tuple=True)
        # The videos one after the other, so that all pairs are suppressed at once and none sees another.
        apart = segments[places].double() + (pairs * (scores.shape[1] + 1)).unsqueeze(1)
        rows, _ = self.selection_nms(_to_numpy(apart), _to_numpy(contrast[places]))
        kept = torch.zeros_like(candidates)
        kept[tuple(place[torch.from_numpy(rows).to(place.device)] for place in places)] = True
        return kept


def _to_numpy(values: Tensor) -> NDArray[np.float64]:
    return values.detach().double().cpu().numpy()
