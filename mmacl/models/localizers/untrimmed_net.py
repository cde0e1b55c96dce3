"""UntrimmedNet on features: select the snippets that classify the video (Wang, Xiong, Lin, Van Gool; CVPR 2017)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import torch
from mmengine.model import ModuleDict
from torch import Tensor, nn

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import StreamPrediction, check_fusion_weights, fuse_predictions
from mmacl.models.heads import ClassAgnosticHead
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import VideoClassificationLoss
from mmacl.models.pooling import masked_softmax, pool_snippets, top_k_mean
from mmacl.models.precision import widened
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction

SELECTIONS = ('soft', 'hard')


@MODELS.register_module()
class UntrimmedNet(BaseLocalizer):
    """Classify each snippet, and select those that classify the video, a network for each stream.

    Equations are those of the paper, arXiv 1703.03329. ``docs/en/methods/untrimmed_net.md`` says what it leaves open.
    The paper trains the network of the features as well; here features are given.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        selection: ``'soft'``: average the class probabilities of the snippets with attention. ``'hard'``: average the
            largest scores of each class; there is no attention.
        num_selected: k of the hard selection in training.
        num_selected_in_test: k of the hard selection in predictions, which see all snippets of a video.
        dropout: of the features of each snippet, before both modules.
        fusion_weights: weight of each modality; None: the same for all.

    Raises:
        InputError: the selection is not known, or a width, a count or a weight is wrong.
    """

    training_only: ClassVar[tuple[str, ...]] = ('num_selected', 'dropout')
    replayable: ClassVar[bool] = True

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        selection: str = 'soft',
        num_selected: int = 3,
        num_selected_in_test: int = 20,
        dropout: float = 0.8,
        fusion_weights: Mapping[str, float] | None = None,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_choice('selection', selection, SELECTIONS)
        check_positive(num_selected=num_selected, num_selected_in_test=num_selected_in_test)
        self.selection = selection
        self.num_selected = num_selected
        self.num_selected_in_test = num_selected_in_test
        self.fusion_weights = check_fusion_weights(tuple(in_channels), fusion_weights)
        self.cross_entropy = VideoClassificationLoss(reduction='mean')
        self.dropout = nn.Dropout(dropout)
        self.classifiers = ModuleDict({name: nn.Linear(width, num_clusters) for name, width in in_channels.items()})
        self.attention = ModuleDict(
            {name: ClassAgnosticHead(width, hidden_channels=None) for name, width in in_channels.items()}
            if selection == 'soft'
            else {}
        )

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` of each stream, cross-entropy of the scores of the video."""
        labels = targets.gathered().labels
        losses = {}
        for name, x in features.items():
            logits = self._select(name, self.dropout(x), mask, self.num_selected)[1]
            losses[f'{name}.loss_cls'] = self.cross_entropy(gather_rows(logits), labels)
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Fuse the class probabilities of snippets and videos, and the attention, of the streams."""
        return fuse_predictions(self._predict_streams(features, mask), self.fusion_weights)

    def snippet_weights(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Return the attention of each stream; with the hard selection, how probable the classes of the video are."""
        return {
            name: torch.einsum('btc,bc->bt', stream.class_map, stream.video_scores).masked_fill(~mask, 0)
            if stream.actionness is None
            else stream.actionness
            for name, stream in self._predict_streams(features, mask).items()
        }

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier of each stream."""
        return list(self.classifiers.values())

    def _predict_streams(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, StreamPrediction]:
        """Predict from each stream alone."""
        streams = {}
        for name, x in features.items():
            probabilities, logits, attention = self._select(name, x, mask, self.num_selected_in_test)
            streams[name] = StreamPrediction(probabilities, logits.softmax(dim=1), attention)
        return streams

    def _select(self, name: str, x: Tensor, mask: Tensor, num_selected: int) -> tuple[Tensor, Tensor, Tensor | None]:
        """Score snippets and videos (Sec. 3.3, 3.4).

        Returns:
            Class probabilities of the snippets (B, T, C), class scores of the videos before a softmax (B, C), and
            attention (B, T), which the hard selection does not have.
        """
        scores = widened(self.classifiers[name](x))
        probabilities = scores.softmax(dim=-1)
        if self.selection == 'hard':
            counts = mask.new_full((len(mask),), num_selected, dtype=torch.long)
            return probabilities, top_k_mean(scores, mask, counts), None
        attention = masked_softmax(self.attention[name](x, mask)[1], mask)
        # The softmax of these logarithms is the average itself, which sums to one.
        tiny = torch.finfo(probabilities.dtype).tiny
        return probabilities, pool_snippets(probabilities, attention).clamp(min=tiny).log(), attention
