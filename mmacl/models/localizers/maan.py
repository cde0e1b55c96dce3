"""MAAN: average over random subsets of the snippets (Yuan, Lyu, Shen, Tsang, Yeung; ICLR 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch.nn.functional as F
from mmengine.model import ModuleDict
from torch import Tensor, nn

from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import StreamPrediction, check_fusion_weights, fuse_predictions
from mmacl.models.heads import ClassAgnosticHead
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.marginalized_average import marginalized_weights
from mmacl.models.pooling import normalize_attention, pool_snippets
from mmacl.models.precision import widened
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction

_LEAKY = {'type': 'LeakyReLU', 'negative_slope': 0.01}


@MODELS.register_module()
class MAAN(BaseLocalizer):
    """Classify a video by the expected mean of a random subset of its snippets, a network for each stream.

    Yuan et al., *Marginalized Average Attentional Network for Weakly-Supervised Learning*, ICLR 2019, arXiv 1905.08586.
    ``docs/en/methods/maan.md`` says what the paper leaves open.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        hidden_channels: width between the two layers that give the latent discriminative probabilities.
        fusion_weights: weight of each modality; None: the same for all.

    Raises:
        InputError: a width or a weight is wrong.
    """

    training_only = ()

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int = 256,
        fusion_weights: Mapping[str, float] | None = None,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        self.fusion_weights = check_fusion_weights(tuple(in_channels), fusion_weights)
        self.attention = ModuleDict(
            {
                name: ClassAgnosticHead(width, hidden_channels, kernel_size=1, act_cfg=_LEAKY)
                for name, width in in_channels.items()
            }
        )
        self.classifiers = ModuleDict({name: nn.Linear(width, num_clusters) for name, width in in_channels.items()})

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` of each stream: multi-label cross-entropy, the mean over videos and clusters."""
        labels = targets.gathered().labels
        losses = {}
        for name, x in features.items():
            weights = marginalized_weights(self._probabilities(name, x, mask), mask)
            logits = gather_rows(widened(self.classifiers[name](pool_snippets(x, weights))))
            losses[f'{name}.loss_cls'] = F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype))
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Fuse the weighted class activations, the class probabilities and ``p`` of the streams.

        The activations go through a sigmoid: weights would turn negative ones upside down.
        """
        streams = {}
        for name, x in features.items():
            probabilities = self._probabilities(name, x, mask)
            weights = marginalized_weights(probabilities, mask)
            streams[name] = StreamPrediction(
                class_map=weights.unsqueeze(-1) * widened(F.linear(x, self.classifiers[name].weight)).sigmoid(),
                video_scores=widened(self.classifiers[name](pool_snippets(x, weights))).sigmoid(),
                actionness=probabilities,
            )
        return fuse_predictions(streams, self.fusion_weights)

    def snippet_weights(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Return ``lambda`` of each stream, so that clustering sees the mean that the classifier sees."""
        return {name: marginalized_weights(self._probabilities(name, x, mask), mask) for name, x in features.items()}

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier of each stream."""
        return list(self.classifiers.values())

    def _probabilities(self, name: str, x: Tensor, mask: Tensor) -> Tensor:
        """Compute ``p``, the latent discriminative probabilities, (B, T), 0 at padding."""
        return normalize_attention(self.attention[name](x, mask)[1], mask, 'sigmoid')
