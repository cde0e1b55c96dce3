"""W-TALC: top-k multiple instance learning and co-activity similarity (Paul, Roy, Roy-Chowdhury, ECCV 2018)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor, nn

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import concatenate_streams
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import LabelRows, VideoTargets
from mmacl.models.losses.build_losses import build_losses
from mmacl.models.pooling import (
    VIDEO_SCORES,
    count_top,
    score_videos,
    top_k_mean,
)
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction

_LOSSES: dict[str, dict[str, Any] | None] = {
    'classification': {'type': 'VideoClassificationLoss', 'loss_weight': 0.5, 'reduction': 'mean'},
    'co_activity': {'type': 'CoActivitySimilarityLoss', 'margin': 0.5, 'loss_weight': 0.5},
}


@MODELS.register_module()
class WTALC(BaseLocalizer):
    """Embed the features of all streams together, score each snippet for each class, average the k largest scores.

    Paul, Roy, Roy-Chowdhury, *W-TALC: Weakly-supervised Temporal Activity Localization and Classification*, ECCV 2018,
    Sec. 3. The method has no class-agnostic attention. What the paper leaves open is in ``docs/en/methods/wtalc.md``.

    Args:
        in_channels, num_clusters: see :class:`BaseLocalizer`.
        hidden_channels: width of the embedding; None: the width of all streams together, as in the paper.
        dropout: probability of dropping a channel of the embedding of a snippet.
        top_k_ratio: ``s``; the score of a video is the mean of one snippet in so many.
        video_scores: ``'softmax'`` of the scores of a video, or ``'sigmoid'``, above 0.5 where they are above 0.
        losses: ``classification`` and ``co_activity``; None switches one off.
        post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.

    Raises:
        InputError: a width, a choice or a loss is wrong, or all losses are off.
    """

    training_only = ('losses', 'dropout')

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int | None = None,
        dropout: float = 0.7,
        top_k_ratio: float = 8.0,
        video_scores: str = 'softmax',
        losses: Mapping[str, dict[str, Any] | None] = _LOSSES,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        width = sum(in_channels.values())
        hidden_channels = width if hidden_channels is None else hidden_channels
        check_positive(hidden_channels=hidden_channels)
        check_choice('video_scores', video_scores, VIDEO_SCORES)
        self.embedding = nn.Sequential(nn.Linear(width, hidden_channels), nn.ReLU(), nn.Dropout(dropout))
        self.classifier = nn.Linear(hidden_channels, num_clusters)
        self.top_k_ratio = top_k_ratio
        self.video_scores = video_scores
        self.losses = build_losses(losses, tuple(_LOSSES))

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` (Sec. 3.3) and ``loss_cas`` (Sec. 3.4); those that are off are left out."""
        x, cas = self._encode(features)
        losses = {}
        if 'classification' in self.losses:
            logits = gather_rows(self._video_logits(cas, mask))
            losses['loss_cls'] = self.losses['classification'](logits, targets.gathered().labels)
        if 'co_activity' in self.losses:
            losses['loss_cas'] = self.losses['co_activity'](*LabelRows.pool(x, cas, mask, targets).gathered())
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Score the snippets by A and the videos by the mean of their largest scores."""
        cas = self._encode(features)[1]
        return SnippetPrediction(cas, score_videos(self._video_logits(cas, mask), self.video_scores))

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier."""
        return [self.classifier]

    def _encode(self, features: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Compute the embedding X, (B, T, D), and the class activations A, (B, T, C); meaningless at padding."""
        x = self.embedding(concatenate_streams(features))
        return x, self.classifier(x)

    def _video_logits(self, cas: Tensor, mask: Tensor) -> Tensor:
        """Average the k largest activations of each class, (B, C)."""
        return top_k_mean(cas, mask, count_top(mask, self.top_k_ratio))
