"""Hide-and-Seek: hide parts of the training videos (Singh, Lee; ICCV 2017)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.model import ModuleDict
from torch import Tensor, nn

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import StreamPrediction, check_fusion_weights, fuse_predictions
from mmacl.models.layers import RELU, build_snippet_conv
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import VideoClassificationLoss
from mmacl.models.pooling import masked_mean, pool_snippets, top_k_mean
from mmacl.models.precision import widened
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError

POOLINGS = ('max', 'mean')


@MODELS.register_module()
class HideAndSeek(BaseLocalizer):
    """Classify the video by its pooled snippets, of which parts are hidden in training, a network for each stream.

    The paper is arXiv 1704.04232, of which this is the part on action localization.
    ``docs/en/methods/hide_and_seek.md`` says what it leaves open.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        hidden_channels: width of both convolutions of kernel 1.
        pooling: ``'max'`` or ``'mean'`` over time of the embedding, before the classifier.
        num_segments: equal parts into which a training video is cut.
        hide_probability: of hiding a part, in [0, 1); 0: none.
        fusion_weights: weight of each modality; None: the same for all.

    Raises:
        InputError: the pooling is not known, the probability is not in [0, 1), or a width or a weight is wrong.
    """

    training_only = ('num_segments', 'hide_probability')

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int = 500,
        pooling: str = 'max',
        num_segments: int = 20,
        hide_probability: float = 0.5,
        fusion_weights: Mapping[str, float] | None = None,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_choice('pooling', pooling, POOLINGS)
        check_positive(num_segments=num_segments)
        if not 0 <= hide_probability < 1:
            raise InputError(f'hide_probability={hide_probability} is not in [0, 1)', remedy='the paper uses 0.5')
        self.pooling = pooling
        self.num_segments = num_segments
        self.hide_probability = hide_probability
        self.fusion_weights = check_fusion_weights(tuple(in_channels), fusion_weights)
        self.cross_entropy = VideoClassificationLoss(reduction='mean')
        self.convs = ModuleDict(
            {
                name: nn.ModuleList(
                    build_snippet_conv(width_in, hidden_channels, kernel_size=1, act_cfg=RELU)
                    for width_in in (width, hidden_channels)
                )
                for name, width in in_channels.items()
            }
        )
        self.classifiers = ModuleDict({name: nn.Linear(hidden_channels, num_clusters) for name in in_channels})

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` of each stream, softmax cross-entropy; in training, parts of the videos are hidden."""
        labels = targets.gathered().labels
        hidden = self._draw_hidden(mask)
        losses = {}
        for name, x in features.items():
            embedding = self._embed(name, x if hidden is None else _hide(x, hidden, mask), mask)
            logits = gather_rows(widened(self.classifiers[name](self._pool(embedding, mask))))
            losses[f'{name}.loss_cls'] = self.cross_entropy(logits, labels)
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Fuse the class activation maps and the class probabilities of the streams; nothing is hidden."""
        streams = {}
        for name, x in features.items():
            embedding, classifier = self._embed(name, x, mask), self.classifiers[name]
            streams[name] = StreamPrediction(
                class_map=F.linear(embedding, classifier.weight),
                video_scores=widened(classifier(self._pool(embedding, mask))).softmax(dim=1),
            )
        return fuse_predictions(streams, self.fusion_weights)

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier of each stream."""
        return list(self.classifiers.values())

    def _embed(self, name: str, x: Tensor, mask: Tensor) -> Tensor:
        """Apply both convolutions, (B, T, D) to (B, T, hidden_channels)."""
        for conv in self.convs[name]:
            x = conv(x, mask)
        return x

    def _pool(self, embedding: Tensor, mask: Tensor) -> Tensor:
        """Pool over time, (B, T, D) to (B, D)."""
        if self.pooling == 'mean':
            return masked_mean(embedding, mask)
        return top_k_mean(embedding, mask, mask.new_ones(len(mask), dtype=torch.long))

    def _draw_hidden(self, mask: Tensor) -> Tensor | None:
        """Draw the snippets to hide, (B, T) bool; None: nothing is hidden. Parts are cut from the real snippets."""
        if not self.training or self.hide_probability == 0:
            return None
        hidden = torch.rand(len(mask), self.num_segments, device=mask.device) < self.hide_probability
        snippets = torch.arange(mask.shape[1], device=mask.device)
        parts = snippets * self.num_segments // mask.sum(dim=1, keepdim=True).clamp(min=1)
        return hidden.gather(1, parts.clamp(max=self.num_segments - 1)) & mask


def _hide(x: Tensor, hidden: Tensor, mask: Tensor) -> Tensor:
    """Replace hidden snippets of (B, T, D) by the mean snippet of the batch, of all processes."""
    sums = gather_rows(torch.cat([pool_snippets(x, mask.to(x.dtype)), mask.sum(dim=1, keepdim=True)], dim=1)).sum(dim=0)
    return torch.where(hidden.unsqueeze(-1), (sums[:-1] / sums[-1]).to(x.dtype), x)
