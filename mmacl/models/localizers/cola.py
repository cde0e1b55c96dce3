"""CoLA: compare the hard snippets of a video with its easy ones (Zhang, Cao, Yang, Chen and Zou, CVPR 2021)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from torch import Tensor, nn

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import concatenate_streams
from mmacl.models.heads.embedding_classifier import EmbeddingClassifier
from mmacl.models.layers.snippet_conv1d import RELU
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses.build_losses import build_losses
from mmacl.models.pooling import count_top, score_videos, top_k_mean
from mmacl.models.snippet_selection import dilate, drop_candidates, erode, masked_median, select_top
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError

_LOSSES: dict[str, dict[str, Any] | None] = {
    'classification': {'type': 'VideoClassificationLoss', 'reduction': 'mean'},
    'contrast': {'type': 'SnippetContrastLoss'},
}


class MinedSnippets(NamedTuple):
    """Snippets of each kind, (B, T) bool."""

    easy_actions: Tensor
    easy_backgrounds: Tensor
    hard_actions: Tensor
    hard_backgrounds: Tensor


@MODELS.register_module()
class CoLA(BaseLocalizer):
    """Score the snippets of both streams together; refine those at the borders of actions by contrast.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        embedding_channels: width of the embedding.
        dropout: probability of dropping a channel of a snippet before the classifier.
        easy_ratio: ``r_easy``; one snippet in so many is an easy action, and as many are easy backgrounds. The scores
            of a video pool as many snippets.
        hard_ratio: ``r_hard``, the same of the hard snippets.
        candidate_dropout: probability with which a training step passes over a snippet as an easy one.
        narrow_width: ``m``, in snippets, of the smaller erosion and dilation.
        wide_width: ``M``, in snippets, of the larger ones.
        actionness: ``'sigmoid'`` of the sum of the class map, as in the paper, or the ``'sum'`` (the authors' release).
        losses: ``classification`` and ``contrast``; None switches one off.

    Raises:
        InputError: a width, a ratio or a word is wrong, a loss cannot be built, or all are off.
    """

    training_only = ('losses', 'dropout', 'candidate_dropout', 'hard_ratio', 'narrow_width', 'wide_width')

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        embedding_channels: int = 2048,
        dropout: float = 0.7,
        easy_ratio: float = 5,
        hard_ratio: float = 20,
        candidate_dropout: float = 0.6,
        narrow_width: int = 3,
        wide_width: int = 6,
        actionness: str = 'sigmoid',
        losses: Mapping[str, dict[str, Any] | None] = _LOSSES,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_choice('actionness', actionness, ('sigmoid', 'sum'))
        check_positive(narrow_width=narrow_width, wide_width=wide_width)
        if narrow_width > wide_width:
            raise InputError(
                f'narrow_width={narrow_width} is above wide_width={wide_width}', remedy='CoLA uses 3 and 6'
            )
        self.easy_ratio, self.hard_ratio = easy_ratio, hard_ratio
        self.candidate_dropout = candidate_dropout
        self.narrow_width, self.wide_width = narrow_width, wide_width
        self.actionness = actionness
        self.network = EmbeddingClassifier(
            sum(in_channels.values()), embedding_channels, num_clusters, dropout, act_cfg=RELU
        )
        self.losses = build_losses(losses, tuple(_LOSSES))

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` and ``loss_contrast``; those that are off are left out."""
        embedding, class_map = self.network(concatenate_streams(features), mask)
        losses = {}
        if 'classification' in self.losses:
            logits = gather_rows(top_k_mean(class_map, mask, count_top(mask, self.easy_ratio)))
            losses['loss_cls'] = self.losses['classification'](logits, targets.gathered().labels)
        if 'contrast' in self.losses:
            losses['loss_contrast'] = self.losses['contrast'](embedding, *self.mine(class_map.sum(dim=2), mask))
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Score snippets by the class map and its sum, and videos by the softmax of the pooled class map."""
        _, class_map = self.network(concatenate_streams(features), mask)
        total = class_map.sum(dim=2)
        return SnippetPrediction(
            class_map,
            score_videos(top_k_mean(class_map, mask, count_top(mask, self.easy_ratio))),
            actionness=total.sigmoid() if self.actionness == 'sigmoid' else total,
        )

    def mine(self, actionness: Tensor, mask: Tensor) -> MinedSnippets:
        """Find easy snippets by their actionness, and hard ones at the borders of actions.

        Actionness above the median of the video is an action. The hard actions lie just inside (what the narrow erosion
        keeps and the wide one does not), the hard backgrounds just outside (what the wide dilation adds to the narrow
        one); of both, those of the largest actionness.

        Args:
            actionness: (B, T), or any increasing function of it: only its order counts.
            mask: (B, T), True for real snippets.
        """
        easy, hard = count_top(mask, self.easy_ratio), count_top(mask, self.hard_ratio)
        preferred = drop_candidates(mask, self.candidate_dropout, self.training)
        active = (actionness > masked_median(actionness, mask).unsqueeze(1)) & mask
        inner = erode(active, self.narrow_width) & ~erode(active, self.wide_width)
        outer = dilate(active, mask, self.wide_width) & ~dilate(active, mask, self.narrow_width)
        return MinedSnippets(
            easy_actions=select_top(actionness, mask, easy, preferred),
            easy_backgrounds=select_top(-actionness, mask, easy, preferred),
            hard_actions=select_top(actionness, inner, hard),
            hard_backgrounds=select_top(actionness, outer, hard),
        )

    def head_modules(self) -> Iterable[nn.Module]:
        """Name the classifier: its outputs are clusters."""
        return (self.network.classifier,)
