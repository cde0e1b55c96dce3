"""STPN: sparse temporal pooling network (Nguyen, Liu, Prasad, Han; CVPR 2018)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.model import ModuleDict
from torch import Tensor, nn

from mmacl.models.checks import check_choice
from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import StreamPrediction, check_fusion_weights, fuse_predictions
from mmacl.models.heads import ClassAgnosticHead
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.pooling import normalize_attention, pool_snippets
from mmacl.models.precision import widened
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction

POOLINGS = ('mean', 'sum')


@MODELS.register_module()
class STPN(BaseLocalizer):
    """Pool the snippets by a sparse class-agnostic attention and classify the video, a network for each stream.

    Equations are those of the paper, arXiv 1712.05080. ``docs/en/methods/stpn.md`` says what it leaves open.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        hidden_channels: width between the two layers of the attention module.
        pooling: ``'mean'`` divides the weighted sum of Eq. (1) by T, so that the length of a video does not matter;
            ``'sum'`` is Eq. (1) as it is written.
        bias: the classifier has a bias; the class activations of Eq. (4) leave it out.
        sparsity_weight: ``beta``, weight of the sparsity loss.
        fusion_weights: weight of each modality, ``alpha`` and ``1 - alpha``; None: the same for all.

    Raises:
        InputError: the pooling is not known, or a width or a weight is wrong.
    """

    training_only = ('sparsity_weight',)
    replayable = True

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int = 256,
        pooling: str = 'mean',
        bias: bool = True,
        sparsity_weight: float = 1e-4,
        fusion_weights: Mapping[str, float] | None = None,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_choice('pooling', pooling, POOLINGS)
        self.pooling = pooling
        self.sparsity_weight = sparsity_weight
        self.fusion_weights = check_fusion_weights(tuple(in_channels), fusion_weights)
        self.attention = ModuleDict(
            {name: ClassAgnosticHead(width, hidden_channels, kernel_size=1) for name, width in in_channels.items()}
        )
        self.classifiers = ModuleDict(
            {name: nn.Linear(width, num_clusters, bias=bias) for name, width in in_channels.items()}
        )

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls``, multi-label cross-entropy, and ``loss_sparse``, ``beta |lambda|_1``, of each stream.

        ``loss_cls`` is the mean over videos and clusters, ``loss_sparse`` the mean over videos.
        """
        labels = targets.gathered().labels
        losses = {}
        for name, x in features.items():
            attention = self._attend(name, x, mask)
            logits = widened(self.classifiers[name](self._pool(x, attention, mask)))
            rows = gather_rows(torch.cat([logits, attention.sum(dim=1, keepdim=True)], dim=1))
            logits, norms = rows[:, :-1], rows[:, -1]
            losses[f'{name}.loss_cls'] = F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype))
            losses[f'{name}.loss_sparse'] = self.sparsity_weight * norms.mean()
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Fuse the weighted T-CAM of Eq. (5), the class probabilities and the attention of the streams."""
        streams = {}
        for name, x in features.items():
            attention = self._attend(name, x, mask)
            activations = F.linear(x, self.classifiers[name].weight)  # Eq. (4)
            streams[name] = StreamPrediction(
                class_map=attention.unsqueeze(-1) * widened(activations).sigmoid(),
                video_scores=widened(self.classifiers[name](self._pool(x, attention, mask))).sigmoid(),
                actionness=attention,
            )
        return fuse_predictions(streams, self.fusion_weights)

    def snippet_weights(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Return the attention of each stream."""
        return {name: self._attend(name, x, mask) for name, x in features.items()}

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier of each stream."""
        return list(self.classifiers.values())

    def _attend(self, name: str, x: Tensor, mask: Tensor) -> Tensor:
        """Compute ``lambda``, (B, T) in [0, 1], 0 at padding."""
        return normalize_attention(self.attention[name](x, mask)[1], mask, 'sigmoid')

    def _pool(self, x: Tensor, attention: Tensor, mask: Tensor) -> Tensor:
        """Pool the snippets by their attention, Eq. (1): (B, T, D) to (B, D)."""
        if self.pooling == 'mean':
            attention = attention / mask.sum(dim=1, keepdim=True)
        return pool_snippets(x, attention)
