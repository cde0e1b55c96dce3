"""UM: background is what has short features (Lee, Wang, Lu and Byun, AAAI 2021)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import concatenate_streams
from mmacl.models.heads.embedding_classifier import EmbeddingClassifier
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses.build_losses import build_losses
from mmacl.models.pooling import count_top, masked_mean, score_videos, top_k_mean
from mmacl.models.precision import full_precision
from mmacl.models.snippet_selection import drop_candidates, select_top
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError

_LOSSES: dict[str, dict[str, Any] | None] = {
    'classification': {'type': 'VideoClassificationLoss', 'reduction': 'mean'},
    'magnitude': {'type': 'FeatureMagnitudeLoss'},
    'entropy': {'type': 'BackgroundEntropyLoss'},
}


@MODELS.register_module()
class UM(BaseLocalizer):
    """Score classes by a softmax, and whether there is an action at all by the length of a snippet's embedding.

    ``P(y = c, d = 1) = P(y = c | d = 1) min(m, ||f||) / m``. Snippets of the longest embeddings stand for actions,
    those of the shortest for background.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        embedding_channels: width of the embedding.
        dropout: probability of dropping a channel of a snippet before the classifier.
        action_ratio: ``r_act``; one snippet in so many is a pseudo action. The scores of a video pool as many.
        background_ratio: ``r_bkg``, the same of pseudo background.
        candidate_dropout: probability with which a training step passes over a snippet in both choices.
        margin: ``m``; it depends on the scale of the features.
        losses: ``classification``, ``magnitude`` (``margin`` is filled in) and ``entropy``; None switches one off.

    Raises:
        InputError: a width, a ratio or the margin is wrong, a loss cannot be built, or all are off.
    """

    training_only = ('losses', 'dropout', 'candidate_dropout', 'background_ratio')

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        embedding_channels: int = 2048,
        dropout: float = 0.7,
        action_ratio: float = 9,
        background_ratio: float = 4,
        candidate_dropout: float = 0.7,
        margin: float = 100.0,
        losses: Mapping[str, dict[str, Any] | None] = _LOSSES,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        if margin <= 0:
            raise InputError(f'margin={margin} is not positive', remedy='the paper uses 100')
        self.action_ratio, self.background_ratio = action_ratio, background_ratio
        self.candidate_dropout = candidate_dropout
        self.margin = margin
        self.network = EmbeddingClassifier(sum(in_channels.values()), embedding_channels, num_clusters, dropout)
        self.losses = build_losses(
            {
                name: {**config, 'margin': margin} if config is not None and name == 'magnitude' else config
                for name, config in losses.items()
            },
            tuple(_LOSSES),
        )

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls``, ``loss_magnitude`` and ``loss_entropy``; those that are off are left out."""
        embedding, logits = self.network(concatenate_streams(features), mask)
        magnitudes = measure(embedding)
        preferred = drop_candidates(mask, self.candidate_dropout, self.training)
        num_actions = count_top(mask, self.action_ratio)
        actions = select_top(magnitudes, mask, num_actions, preferred)
        backgrounds = select_top(-magnitudes, mask, count_top(mask, self.background_ratio), preferred)
        losses = {}
        if 'classification' in self.losses:
            video_logits = gather_rows(top_k_mean(logits, mask, num_actions))
            losses['loss_cls'] = self.losses['classification'](video_logits, targets.gathered().labels)
        if 'magnitude' in self.losses:
            pooled = [gather_rows(masked_mean(embedding, snippets)) for snippets in (actions, backgrounds)]
            losses['loss_magnitude'] = self.losses['magnitude'](*pooled)
        if 'entropy' in self.losses:
            losses['loss_entropy'] = self.losses['entropy'](gather_rows(masked_mean(logits, backgrounds)))
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Multiply the class probabilities of each snippet with the probability of an action, the actionness."""
        embedding, logits = self.network(concatenate_streams(features), mask)
        actionness = measure(embedding).clamp(max=self.margin) / self.margin
        return SnippetPrediction(
            logits.softmax(dim=2) * actionness.unsqueeze(2),
            score_videos(top_k_mean(logits, mask, count_top(mask, self.action_ratio))),
            actionness=actionness,
        )

    def head_modules(self) -> Iterable[nn.Module]:
        """Name the classifier: its outputs are clusters."""
        return (self.network.classifier,)


@full_precision
def measure(embedding: Tensor) -> Tensor:
    """Compute the length of each embedding, (B, T, D) to (B, T)."""
    return torch.linalg.vector_norm(embedding, dim=2)
