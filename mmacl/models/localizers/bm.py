"""BM: weakly supervised localization with background modeling (Nguyen, Ramanan, Fowlkes; ICCV 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.model import ModuleDict
from torch import Tensor, nn

from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import StreamPrediction, check_fusion_weights, fuse_predictions
from mmacl.models.heads import ClassAgnosticHead
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import VideoClassificationLoss, self_guided_attention
from mmacl.models.pooling import masked_mean, normalize_attention
from mmacl.models.precision import widened
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction


@MODELS.register_module()
class BM(BaseLocalizer):
    """Pool foreground and background by one attention, and guide it by the class scores, a network for each stream.

    Equations are those of the paper, arXiv 1908.06552. ``docs/en/methods/bm.md`` says what is left open. The variant
    that trains on micro-videos as well is not here.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        hidden_channels: width between the two layers of the attention module.
        background_weight: ``alpha``, weight of the classification of the background.
        guide_weight: ``beta``, weight of the self-guided attention loss.
        cluster_weight: ``gamma``, weight of the loss that clusters foreground and background.
        guide_sigma: standard deviation of the Gaussian over the class scores, in snippets; 0: none.
        detach_guidance: the guiding class scores get no gradient of the guide loss.
        fusion_weights: weight of each modality; None: the same for all.

    Raises:
        InputError: a width or a weight is wrong.
    """

    training_only = ('background_weight', 'guide_weight', 'cluster_weight', 'guide_sigma', 'detach_guidance')
    replayable = True

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int = 256,
        background_weight: float = 0.1,
        guide_weight: float = 0.1,
        cluster_weight: float = 0.1,
        guide_sigma: float = 1.0,
        detach_guidance: bool = True,
        fusion_weights: Mapping[str, float] | None = None,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        self.background_weight = background_weight
        self.guide_weight = guide_weight
        self.cluster_weight = cluster_weight
        self.guide_sigma = guide_sigma
        self.detach_guidance = detach_guidance
        self.fusion_weights = check_fusion_weights(tuple(in_channels), fusion_weights)
        self.cross_entropy = VideoClassificationLoss(reduction='mean')
        self.attention = ModuleDict(
            {name: ClassAgnosticHead(width, hidden_channels, kernel_size=1) for name, width in in_channels.items()}
        )
        # The last class is background; the equations have no bias.
        self.classifiers = ModuleDict(
            {name: nn.Linear(width, num_clusters + 1, bias=False) for name, width in in_channels.items()}
        )
        # Foreground and background of the cluster loss.
        self.separators = ModuleDict({name: nn.Linear(width, 2, bias=False) for name, width in in_channels.items()})

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_fg``, ``loss_bg``, ``loss_guide`` and ``loss_cluster`` of each stream, means over videos."""
        labels = F.pad(targets.gathered().labels, (0, 1))
        background = torch.zeros_like(labels)
        background[:, -1] = True
        sides = torch.eye(2, dtype=torch.bool, device=mask.device)
        losses = {}
        for name, x in features.items():
            attention = self._attend(name, x, mask)
            pooled = torch.stack([self._pool(x, attention, mask), self._pool(x, 1 - attention, mask)])  # (2, B, D)
            guide = self_guided_attention(
                attention, self._classify(name, x), targets.labels, mask, self.guide_sigma, self.detach_guidance
            )
            rows = [*widened(self.classifiers[name](pooled)), *widened(self.separators[name](pooled)), guide[:, None]]
            widths = [row.shape[1] for row in rows]
            fg, bg, side_of_fg, side_of_bg, guide = gather_rows(torch.cat(rows, dim=1)).split(widths, dim=1)
            cluster = self.cross_entropy(side_of_fg, sides[:1].expand_as(side_of_fg))
            cluster = cluster + self.cross_entropy(side_of_bg, sides[1:].expand_as(side_of_bg))
            losses[f'{name}.loss_fg'] = self.cross_entropy(fg, labels)
            losses[f'{name}.loss_bg'] = self.background_weight * self.cross_entropy(bg, background)
            losses[f'{name}.loss_guide'] = self.guide_weight * guide.mean()
            losses[f'{name}.loss_cluster'] = self.cluster_weight * cluster
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Fuse attention times class probability, the probabilities of the foreground, and attention of the streams."""
        streams = {}
        for name, x in features.items():
            attention = self._attend(name, x, mask)
            streams[name] = StreamPrediction(
                class_map=attention.unsqueeze(-1) * self._classify(name, x)[..., :-1],
                video_scores=self._classify(name, self._pool(x, attention, mask))[..., :-1],
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

    def _pool(self, x: Tensor, weights: Tensor, mask: Tensor) -> Tensor:
        """Average the weighted snippets, (B, T, D) to (B, D)."""
        return masked_mean(x * weights.unsqueeze(-1), mask)

    def _classify(self, name: str, x: Tensor) -> Tensor:
        """Compute the probabilities of the clusters and, last, of background, (..., C + 1)."""
        probabilities: Tensor = widened(self.classifiers[name](x)).softmax(dim=-1)
        return probabilities
