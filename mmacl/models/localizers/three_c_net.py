"""3C-Net: category count and centre loss (Narayan, Cholakkal, Khan, Shao, ICCV 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from mmengine.model import ModuleDict
from torch import Tensor, nn

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.distributed import gather_rows
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import ClassCenters, build_losses
from mmacl.models.pooling import (
    VIDEO_SCORES,
    count_top,
    masked_softmax,
    pool_labelled_classes,
    score_videos,
    top_k_mean,
)
from mmacl.models.precision import full_precision
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError

_LOSSES: dict[str, dict[str, Any] | None] = {
    'classification': {'type': 'VideoClassificationLoss', 'reduction': 'mean'},
    'center': {'type': 'CenterLoss', 'loss_weight': 1e-3},
    'counting': None,
}


class _StreamFusion(nn.Module):
    """Sum the class activations of the streams with a learned weight for each stream and class, 1 at the start."""

    def __init__(self, num_streams: int, num_clusters: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_streams, num_clusters))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Fuse a (B, T, C) for each stream."""
        return (torch.stack(list(maps), dim=2) * self.weight).sum(dim=2)


@MODELS.register_module()
class ThreeCNet(BaseLocalizer):
    """Score the snippets of each stream alone, and fuse the scores with a learned weight for each stream and class.

    Narayan, Cholakkal, Khan, Shao, *3C-Net: Category Count and Center Loss for Weakly-Supervised Action Localization*,
    ICCV 2019, Sec. 3. What the paper leaves open is in ``docs/en/methods/threecnet.md``.

    Args:
        in_channels, num_clusters: see :class:`BaseLocalizer`.
        hidden_channels: width of the embedding of a stream; None: the width of the stream.
        num_layers: fully connected layers before the scores.
        dropout: probability of dropping a channel of the embedding of a snippet.
        top_k_ratio: the score of a video is the mean of one snippet in so many.
        video_scores: ``'softmax'`` of the scores of a video, or ``'sigmoid'``.
        center_rate: how far a batch moves a centre, see :class:`ClassCenters`.
        losses: ``classification``, ``center`` and ``counting``; None switches one off. ``counting`` needs the counts of
            instances, which are labels: it trains with :class:`InstanceCountsHook` alone.
        post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.

    Raises:
        InputError: a width, a number, a choice or a loss is wrong, or all losses are off.
    """

    training_only = ('losses', 'dropout', 'center_rate')

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int | None = None,
        num_layers: int = 1,
        dropout: float = 0.7,
        top_k_ratio: float = 8.0,
        video_scores: str = 'softmax',
        center_rate: float = 0.1,
        losses: Mapping[str, dict[str, Any] | None] = _LOSSES,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_positive(num_layers=num_layers)
        check_choice('video_scores', video_scores, VIDEO_SCORES)
        self.embeddings, self.classifiers, self.centers = ModuleDict(), ModuleDict(), ModuleDict()
        for name, width in in_channels.items():
            hidden = width if hidden_channels is None else hidden_channels
            check_positive(hidden_channels=hidden)
            layers: list[nn.Module] = []
            for layer in range(num_layers):
                layers += [nn.Linear(hidden if layer else width, hidden), nn.ReLU()]
            self.embeddings[name] = nn.Sequential(*layers, nn.Dropout(dropout))
            self.classifiers[name] = nn.Linear(hidden, num_clusters)
            self.centers[name] = ClassCenters(num_clusters, hidden, center_rate)
        self.fusion = _StreamFusion(len(in_channels), num_clusters)
        self.top_k_ratio = top_k_ratio
        self.video_scores = video_scores
        self.losses = build_losses(losses, tuple(_LOSSES))

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` of each stream and fused, ``loss_center`` of each stream, and ``loss_count`` (Sec. 3.2).

        Losses that are off are left out. In training, the centres move once the loss is computed.

        Raises:
            InputError: the counting loss is on, and the counts of instances are not known.
        """
        embeddings = {name: self.embeddings[name](x) for name, x in features.items()}
        maps = self._score(embeddings)
        losses = {}
        if 'classification' in self.losses:
            logits = gather_rows(torch.cat([self._video_logits(cas, mask) for cas in maps.values()], dim=1))
            labels = targets.gathered().labels
            for name, rows in zip(maps, logits.split(self.num_clusters, dim=1), strict=True):
                losses[f'{name}.loss_cls' if name else 'loss_cls'] = self.losses['classification'](rows, labels)
        if 'center' in self.losses:
            classes = gather_rows(targets.labels.nonzero()[:, 1])
            for name, x in embeddings.items():
                rows = gather_rows(pool_attended(x, maps[name], mask, targets.labels))
                losses[f'{name}.loss_center'] = self.losses['center'](rows, classes, self.centers[name].values)
                if self.training:
                    self.centers[name].update(rows, classes)
        if 'counting' in self.losses:
            if targets.counts is None:
                raise InputError(
                    'losses.counting needs the number of instances of each action, which the videos do not have',
                    remedy='set model.losses.counting=None, or train with labels as *_ws_counts.py does',
                )
            counts = gather_rows(count_instances(maps[''], mask))
            losses['loss_count'] = self.losses['counting'](counts, gather_rows(targets.counts))
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Score snippets and videos by the fused scores; each stream also predicts alone."""
        maps = self._score({name: self.embeddings[name](x) for name, x in features.items()})
        views = {
            name: (cas, score_videos(self._video_logits(cas, mask), self.video_scores)) for name, cas in maps.items()
        }
        return SnippetPrediction(*views.pop(''), streams=views)

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifiers, the centres and the fusion, whose rows are clusters."""
        return [*self.classifiers.values(), *self.centers.values(), self.fusion]

    def _score(self, embeddings: dict[str, Tensor]) -> dict[str, Tensor]:
        """Compute the class activations (T-CAM) of each stream, and the fused ones under ``''``, each (B, T, C)."""
        maps = {name: self.classifiers[name](x) for name, x in embeddings.items()}
        return {**maps, '': self.fusion(list(maps.values()))}

    def _video_logits(self, cas: Tensor, mask: Tensor) -> Tensor:
        """Average the k largest activations of each class, (B, C)."""
        return top_k_mean(cas, mask, count_top(mask, self.top_k_ratio))


def pool_attended(features: Tensor, class_map: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
    """Average the features of each video in each of its classes by the attention of the class (Sec. 3.2).

    Attention is the softmax of the T-CAM over time; snippets below its mean, which is 1 / T, count as 0.

    Args:
        features: (B, T, D), finite at padding too.
        class_map: (B, T, C).
        mask: (B, T), True for real snippets.
        labels: (B, C) bool.

    Returns:
        (R, D), in the order of ``labels.nonzero()``.
    """
    attention = masked_softmax(class_map, mask)
    mean = 1 / mask.sum(dim=1).clamp(min=1)[:, None, None]
    # Rounding must not take all snippets of a constant attention away.
    attention = attention.where(attention >= mean * (1 - 1e-5), attention.new_zeros(()))
    return pool_labelled_classes(features, attention / attention.sum(dim=1, keepdim=True).clamp(min=1e-12), labels)


@full_precision
def count_instances(class_map: Tensor, mask: Tensor) -> Tensor:
    """Predict how many instances of each class a video has: the sum of the T-CAM, weighted by its softmax over time.

    Args:
        class_map: fused T-CAM, (B, T, C), finite at padding too.
        mask: (B, T), True for real snippets.

    Returns:
        (B, C).
    """
    return (masked_softmax(class_map, mask) * class_map).sum(dim=1)
