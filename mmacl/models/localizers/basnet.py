"""BaS-Net: background suppression network (Lee, Uh, Byun, AAAI 2020)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.checks import check_positive
from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import concatenate_streams
from mmacl.models.heads import ClassAgnosticHead
from mmacl.models.layers import build_snippet_conv
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import build_losses
from mmacl.models.pooling import count_top, normalize_attention, top_k_mean
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction

_LEAKY_RELU = {'type': 'LeakyReLU'}
_LOSSES: dict[str, dict[str, Any] | None] = {
    'base': {'type': 'BinaryVideoClassificationLoss'},
    'suppression': {'type': 'BinaryVideoClassificationLoss'},
}


@MODELS.register_module()
class BaSNet(BaseLocalizer):
    """Classify each video twice by the same layers: as it is, with background, and filtered, without.

    Lee, Uh, Byun, *Background Suppression Network for Weakly-Supervised Temporal Action Localization*, AAAI 2020. The
    background is class C + 1, which every video has in the base branch and none in the suppression branch. What the
    paper leaves open is in ``docs/en/methods/basnet.md``.

    Args:
        in_channels, num_clusters: see :class:`BaseLocalizer`.
        hidden_channels: width of the layers that score snippets; None: the width of all streams together.
        num_layers: convolutions before the scores.
        kernel_size: of them, odd.
        filter_channels: width between the two layers of the filtering module.
        dropout: probability of dropping a channel of a snippet before the scores.
        top_k_ratio: the score of a video is the mean of one snippet in so many.
        losses: ``base`` and ``suppression``, on scores before the softmax; None switches one off.
        norm_weight: ``gamma``, weight of the L1 norm of the foreground weights.
        post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.

    Raises:
        InputError: a width, a number or a loss is wrong, or both losses are off.
    """

    training_only = ('losses', 'norm_weight', 'dropout')

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int | None = None,
        num_layers: int = 2,
        kernel_size: int = 3,
        filter_channels: int = 512,
        dropout: float = 0.7,
        top_k_ratio: float = 8.0,
        losses: Mapping[str, dict[str, Any] | None] = _LOSSES,
        norm_weight: float = 1e-4,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        width = sum(in_channels.values())
        hidden_channels = width if hidden_channels is None else hidden_channels
        check_positive(hidden_channels=hidden_channels, num_layers=num_layers, filter_channels=filter_channels)
        self.filter = ClassAgnosticHead(width, filter_channels, kernel_size=1, act_cfg=_LEAKY_RELU)
        widths = [width, *[hidden_channels] * num_layers]
        self.convs = nn.ModuleList(
            build_snippet_conv(*pair, kernel_size, act_cfg=_LEAKY_RELU) for pair in pairwise(widths)
        )
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(hidden_channels, num_clusters + 1, bias=False)
        self.top_k_ratio = top_k_ratio
        self.norm_weight = norm_weight
        self.losses = build_losses(losses, tuple(_LOSSES))

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_base``, ``loss_supp`` and ``loss_norm``; losses that are off are left out."""
        x = concatenate_streams(features)
        weights = self._filter(x, mask)
        logits = [self._video_logits(self._score(branch, mask), mask) for branch in (x, _suppress(x, weights))]
        rows = gather_rows(torch.cat([*logits, weights.sum(dim=1, keepdim=True)], dim=1))  # one message for all
        base, suppressed, norms = rows.split([self.num_clusters + 1, self.num_clusters + 1, 1], dim=1)
        labels = targets.gathered().labels
        losses = {}
        if 'base' in self.losses:
            losses['loss_base'] = self.losses['base'](base, F.pad(labels, (0, 1), value=True))
        if 'suppression' in self.losses:
            losses['loss_supp'] = self.losses['suppression'](suppressed, F.pad(labels, (0, 1), value=False))
        losses['loss_norm'] = self.norm_weight * norms.mean()
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Score snippets and videos by the suppression branch, without its background; actionness is the filter."""
        x = concatenate_streams(features)
        weights = self._filter(x, mask)
        cas = self._score(_suppress(x, weights), mask)
        scores = self._video_logits(cas, mask).softmax(dim=1)
        return SnippetPrediction(cas[..., :-1], scores[:, :-1], actionness=weights)

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier."""
        return [self.classifier]

    def _filter(self, x: Tensor, mask: Tensor) -> Tensor:
        """Compute the foreground weights, (B, T) in [0, 1], 0 at padding."""
        return normalize_attention(self.filter(x, mask)[1], mask, 'sigmoid')

    def _score(self, x: Tensor, mask: Tensor) -> Tensor:
        """Compute the class activations, (B, T, C + 1), background last; meaningless at padding."""
        for conv in self.convs:
            x = conv(x, mask)
        scores: Tensor = self.classifier(self.dropout(x))
        return scores

    def _video_logits(self, cas: Tensor, mask: Tensor) -> Tensor:
        """Average the k largest activations of each class, (B, C + 1)."""
        return top_k_mean(cas, mask, count_top(mask, self.top_k_ratio))


def _suppress(x: Tensor, weights: Tensor) -> Tensor:
    """Scale each snippet by its foreground weight."""
    return x * weights.unsqueeze(-1)
