"""CMCS: several branches that find different parts of an action (Liu, Jiang, Wang; CVPR 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from mmengine.model import ModuleDict
from torch import Tensor, nn

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.distributed import gather_rows
from mmacl.models.fusion import concatenate_streams, fuse_streams
from mmacl.models.heads import ClassAgnosticHead
from mmacl.models.layers import RELU, ChannelDropout, build_snippet_conv
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import VideoClassificationLoss
from mmacl.models.losses.functional import directions
from mmacl.models.pooling import masked_mean, masked_softmax, pool_snippets
from mmacl.models.precision import full_precision, widened
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction

FUSIONS = ('early', 'late')


class MultiBranchStream(nn.Module):
    """An embedding, K classification branches on it, and one attention over time.

    Args:
        in_channels: D.
        num_clusters: C.
        num_branches: K.
        embed_channels: width of the embedding.
        branch_channels: width of the hidden layer of each branch and of the attention.
        dropout: probability of dropping a channel of the input in all snippets of a video.
    """

    def __init__(
        self,
        in_channels: int,
        num_clusters: int,
        num_branches: int,
        embed_channels: int,
        branch_channels: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.num_branches = num_branches
        self.dropout = ChannelDropout(dropout)
        self.embedding = build_snippet_conv(in_channels, embed_channels, 1, act_cfg=RELU)
        # All branches in one convolution; in the second layer each sees its own channels alone.
        self.branches = build_snippet_conv(embed_channels, num_branches * branch_channels, 3, act_cfg=RELU)
        self.scores = build_snippet_conv(
            num_branches * branch_channels, num_branches * num_clusters, 1, conv_cfg={'groups': num_branches}
        )
        self.attention = ClassAgnosticHead(embed_channels, branch_channels, kernel_size=1)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Score the snippets in each branch.

        Args:
            x: (B, T, D), finite at padding too.
            mask: (B, T), True for real snippets.

        Returns:
            The CAS of each branch, (K, B, T, C), and the attention, (B, T), 0 at padding and with a sum of 1.
        """
        x = self.embedding(self.dropout(x), mask)
        scores = self.scores(self.branches(x, mask), mask).unflatten(-1, (self.num_branches, -1))
        return scores.movedim(2, 0), masked_softmax(self.attention(x, mask)[1], mask)


@MODELS.register_module()
class CMCS(BaseLocalizer):
    """Completeness modelling by several branches (Liu, Jiang, Wang; CVPR 2019), without hard negatives.

    *Completeness Modeling and Context Separation for Weakly Supervised Temporal Action Localization*. Its hard
    negatives are static clips, found by the magnitude of the optical flow, which features do not hold; so there is no
    background class. Defaults are those of THUMOS14; ``docs/en/methods/cmcs.md`` says what the paper leaves open.

    Args:
        in_channels, num_clusters, post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.
        num_branches: K, at least 1.
        embed_channels, branch_channels, dropout: see :class:`MultiBranchStream`.
        fusion: ``'early'``: one network on the features of all streams side by side. ``'late'``: one for each stream,
            with the mean of their scores.
        diversity_weight: ``alpha`` and ``beta``, weight of the diversity loss and of the norm regularisation.

    Raises:
        InputError: a width, a count or the fusion is wrong.
    """

    training_only = ('dropout', 'diversity_weight')
    replayable = True

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        num_branches: int = 4,
        embed_channels: int = 32,
        branch_channels: int = 16,
        dropout: float = 0.5,
        fusion: str = 'early',
        diversity_weight: float = 0.2,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_positive(num_branches=num_branches)
        check_choice('fusion', fusion, FUSIONS)
        self.diversity_weight = diversity_weight
        widths = dict(in_channels) if fusion == 'late' else {'fused': sum(in_channels.values())}
        self.streams = ModuleDict(
            {
                name: MultiBranchStream(width, num_clusters, num_branches, embed_channels, branch_channels, dropout)
                for name, width in widths.items()
            }
        )
        self.classification = VideoClassificationLoss()

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls``, ``loss_div`` and ``loss_norm`` of each network, each a sum over videos."""
        labels = targets.gathered().labels
        losses = {}
        for name, (scores, attention) in self.raw_output(features, mask).items():
            logits = pool_snippets(scores.mean(dim=0), attention)
            rows = gather_rows(torch.cat([logits, branch_terms(scores, mask)], dim=1))
            diversity, norm = rows[:, -2:].sum(dim=0)
            losses[f'{name}.loss_cls'] = self.classification(rows[:, :-2], labels)
            losses[f'{name}.loss_div'] = self.diversity_weight * diversity
            losses[f'{name}.loss_norm'] = self.diversity_weight * norm
        return losses

    def raw_output(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """Compute what :class:`MultiBranchStream` returns, of each network."""
        inputs = {'fused': concatenate_streams(features)} if 'fused' in self.streams else features
        return {name: stream(inputs[name], mask) for name, stream in self.streams.items()}

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Average the CAS of the branches and networks; score a video by the softmax of its pooled CAS."""
        outputs = self.raw_output(features, mask)
        weights = dict.fromkeys(outputs, 1.0)
        class_maps = {name: widened(scores.mean(dim=0)) for name, (scores, _) in outputs.items()}
        logits = {name: pool_snippets(class_maps[name], attention) for name, (_, attention) in outputs.items()}
        return SnippetPrediction(
            class_map=fuse_streams(class_maps, weights),
            video_scores=fuse_streams(logits, weights).softmax(dim=1),
            actionness=fuse_streams({name: attention for name, (_, attention) in outputs.items()}, weights),
            streams={name: (class_maps[name], logits[name].softmax(dim=1)) for name in outputs if name in features},
        )

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the branches of each network."""
        return [layer for stream in self.streams.values() for layer in (stream.branches, stream.scores)]


@full_precision
def branch_terms(scores: Tensor, mask: Tensor) -> Tensor:
    """Compute how alike the branches are, and how unlike in size, for each video.

    Args:
        scores: CAS of each branch, (K, B, T, C).
        mask: (B, T), True for real snippets.

    Returns:
        (B, 2). The diversity loss: the cosine similarity over time of each pair of branches after a softmax over
        classes, averaged over pairs and classes; 0 of one branch. The norm regularisation: how far the L1 norm of each
        branch, over T, is from the mean of the branches, averaged over branches and classes.
    """
    count = len(scores)
    columns = directions(scores.softmax(dim=-1).masked_fill(~mask.unsqueeze(-1), 0).transpose(2, 3))  # (K, B, C, T)
    # All pairs, without those of a branch with itself: |sum v|^2 = sum |v|^2 + sum of pairs.
    pairs = columns.sum(dim=0).square().sum(dim=-1) - columns.square().sum(dim=(0, 3))
    similarity = pairs.mean(dim=1) / max(count * (count - 1), 1)
    norms = torch.stack([masked_mean(branch.abs(), mask) for branch in scores])  # (K, B, C)
    deviation = (norms - norms.mean(dim=0)).abs().mean(dim=(0, 2))
    return torch.stack([similarity, deviation], dim=1)
