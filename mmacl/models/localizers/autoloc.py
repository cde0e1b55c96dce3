"""AutoLoc: boundaries regressed by outer-inner contrast (Shou, Gao, Zhang, Miyazawa, Chang; ECCV 2018)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import concatenate_streams
from mmacl.models.heads import AnchorHead
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import VideoClassificationLoss, outer_inner_contrast
from mmacl.models.pooling import masked_softmax, pool_snippets
from mmacl.models.precision import widened
from mmacl.registry import MODELS, POST_PROCESSORS
from mmacl.structures import Proposals, SnippetPrediction
from mmacl.utils import InputError

_NORM = {'type': 'IN1d', 'affine': True}
_NMS = {'type': 'TemporalNMS', 'iou_threshold': 0.4}


@MODELS.register_module()
class AutoLoc(BaseLocalizer):
    """Classify the video from attended snippets, and regress segments that stand out in its class activations.

    ``docs/en/methods/autoloc.md`` has the equations and says what the paper leaves open.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        anchors: lengths in snippets.
        hidden_channels: width of the convolutions that regress segments.
        norm_cfg: norm in them. The paper's batch norm sees one video a step, as an instance norm does.
        attention_threshold: a snippet whose attention is below so many times the mean of the video, which is 1 / T, has
            no activation.
        foreground_threshold: a snippet proposes a segment of a class if its activation is above.
        min_contrast: a segment whose outer-inner contrast is not above is dropped.
        outer_ratio, min_outer: see :func:`outer_inner_contrast`.
        localization_start: share of a round in which the classification branch trains alone, in [0, 1].
        selection_nms: suppression of the segments that the loss is computed of; None: none.
        localization_weight: factor on the localization loss.

    Raises:
        InputError: an anchor is not positive, ``localization_start`` is outside [0, 1], or a width is wrong.
    """

    training_only = ('localization_start', 'localization_weight', 'selection_nms')

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        anchors: Sequence[float] = (1, 2, 4, 8, 16, 32),
        hidden_channels: int = 128,
        norm_cfg: Mapping[str, Any] | None = _NORM,
        attention_threshold: float = 1.0,
        foreground_threshold: float = 0.1,
        min_contrast: float = -0.4,
        outer_ratio: float = 0.25,
        min_outer: float = 1.0,
        localization_start: float = 0.5,
        selection_nms: dict[str, Any] | None = _NMS,
        localization_weight: float = 1.0,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        if not 0 <= localization_start <= 1:
            raise InputError(f'localization_start={localization_start} is not a share of a round in [0, 1]')
        width = sum(in_channels.values())
        self.classifier = nn.Linear(width, num_clusters)
        self.attention = nn.Linear(width, 1)
        self.regression = AnchorHead(width, anchors, hidden_channels, norm_cfg)
        self.classification = VideoClassificationLoss(reduction='mean')
        self.attention_threshold = attention_threshold
        self.foreground_threshold = foreground_threshold
        self.min_contrast = min_contrast
        self.outer_ratio = outer_ratio
        self.min_outer = min_outer
        self.localization_start = localization_start
        self.selection_nms = None if selection_nms is None else POST_PROCESSORS.build(selection_nms)
        self.localization_weight = localization_weight

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls``, the cross-entropy of the videos, and ``loss_oic``, ``A_o - A_i`` of their segments.

        ``loss_oic`` is the mean over the segments of a video, then over the videos that have some. It trains the
        regression only.
        """
        x = concatenate_streams(features)
        activations, _, logits = self._classify(x, mask)
        losses = {'loss_cls': self.classification(gather_rows(logits), targets.gathered().labels)}

        videos, classes = targets.labels.nonzero(as_tuple=True)
        scores = activations.detach()[videos, :, classes]
        contrast, segments = self._best_anchors(scores, self.regression(x, mask), mask, videos)
        kept = self._select(contrast, segments, scores)
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
        x = concatenate_streams(features)
        activations, attention, logits = self._classify(x, mask)
        videos, classes = (activations > self.foreground_threshold).any(dim=1).nonzero(as_tuple=True)
        scores = activations[videos, :, classes]
        contrast, segments = self._best_anchors(scores, self.regression(x, mask), mask, videos)
        kept = self._candidates(contrast, scores)
        pairs = kept.nonzero(as_tuple=True)[0]
        owners, columns = videos[pairs].cpu().numpy(), classes[pairs].cpu().numpy()
        found = Proposals(_to_numpy(segments[kept]), columns, _to_numpy(contrast[kept]))
        return SnippetPrediction(
            class_map=activations,
            video_scores=logits.softmax(dim=1),
            actionness=attention,
            proposals=[found.take(owners == i) for i in range(len(mask))],
        )

    def snippet_weights(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Return the attention over time."""
        x = concatenate_streams(features)
        return dict.fromkeys(features, self._classify(x, mask)[1])

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier; attention and regression know no classes."""
        return [self.classifier]

    def _classify(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return class activations (B, T, C) in [0, 1], attention (B, T) and the logits of the videos (B, C).

        Activations are 0 at padding.
        """
        logits = widened(self.classifier(x))
        attention = masked_softmax(self.attention(x).squeeze(-1), mask)
        attended = attention * mask.sum(dim=1, keepdim=True) >= self.attention_threshold
        activations = logits.softmax(dim=-1) * (attended & mask).unsqueeze(-1)
        return activations, attention, pool_snippets(logits, attention)

    def _best_anchors(self, scores: Tensor, segments: Tensor, mask: Tensor, videos: Tensor) -> tuple[Tensor, Tensor]:
        """Take the anchor of the largest contrast at each snippet.

        Args:
            scores: activations of P (video, class) pairs, (P, T).
            segments: of all videos and anchors, (B, T, M, 2).
            mask: (B, T).
            videos: of the pairs, (P,).

        Returns:
            Contrast (P, T) and segments (P, T, 2).
        """
        lengths = mask.sum(dim=1)[videos]
        contrast, clipped = outer_inner_contrast(scores, lengths, segments[videos], self.outer_ratio, self.min_outer)
        best = contrast.argmax(dim=-1, keepdim=True)
        chosen = clipped.gather(2, best.unsqueeze(-1).expand(*best.shape, 2))
        return contrast.gather(2, best).squeeze(2), chosen.squeeze(2)

    def _candidates(self, contrast: Tensor, scores: Tensor) -> Tensor:
        """Find snippets in the foreground whose segment stands out, (P, T) bool."""
        return (scores > self.foreground_threshold) & (contrast > self.min_contrast)

    def _select(self, contrast: Tensor, segments: Tensor, scores: Tensor) -> Tensor:
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
