"""CO2-Net: each modality is filtered by what both agree on (Hong et al., ACM MM 2021)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.checks import check_kernel
from mmacl.models.distributed import gather_rows
from mmacl.models.layers import build_snippet_conv, zero_padding
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.loss_inputs import LabelRows, VideoTargets
from mmacl.models.losses import CoActivitySimilarityLoss, VideoClassificationLoss
from mmacl.models.pooling import count_top, masked_mean, top_k_mean
from mmacl.models.precision import full_precision
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError

_LEAKY = {'type': 'LeakyReLU', 'negative_slope': 0.2}


class CO2NetOutput(NamedTuple):
    """What the network computes of B padded videos.

    Attributes:
        embedding: fused features, (B, T, D).
        class_logits: the CAS, background last, (B, T, C + 1).
        attention: mean of the attentions of both modalities, in [0, 1], (B, T).
        stream_attention: attention of each modality, (2, B, T).
    """

    embedding: Tensor
    class_logits: Tensor
    attention: Tensor
    stream_attention: Tensor

    def suppressed(self) -> Tensor:
        """Scale the CAS by the attention, from the lowest class of each snippet upwards, (B, T, C + 1)."""
        return suppress(self.class_logits, self.attention)


@full_precision
def suppress(class_logits: Tensor, attention: Tensor) -> Tensor:
    """Pull the classes of a snippet without attention to its lowest class.

    Args:
        class_logits: (B, T, K).
        attention: (B, T), in [0, 1].

    Returns:
        (B, T, K).
    """
    lowest = class_logits.amin(dim=-1, keepdim=True)
    return lowest + attention.unsqueeze(-1) * (class_logits - lowest)


class CrossModalConsensus(nn.Module):
    """Cross-modal consensus module (Sec. 3.2): gate the main modality, and attend to what is left.

    The global context of the main modality and the local focus of the auxiliary one are multiplied channel by channel;
    the sigmoid of the product is the gate.

    Args:
        main_channels: D of the modality that is gated.
        auxiliary_channels: D of the other one.
        attention_channels: width of the two hidden layers of the attention.
        dropout: of both factors of the gate, of a hidden layer and of the logits of the attention.
    """

    def __init__(self, main_channels: int, auxiliary_channels: int, attention_channels: int, dropout: float) -> None:
        super().__init__()
        self.context = nn.Sequential(nn.Linear(main_channels, main_channels), nn.LeakyReLU(0.2), nn.Dropout(dropout))
        self.focus = build_snippet_conv(auxiliary_channels, main_channels, 3, act_cfg=_LEAKY)
        self.hidden = nn.ModuleList(
            build_snippet_conv(channels, attention_channels, 3, act_cfg=_LEAKY)
            for channels in (main_channels, attention_channels)
        )
        self.attention = nn.Linear(attention_channels, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, main: Tensor, auxiliary: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Gate the main modality.

        Args:
            main: (B, T, D), finite at padding too.
            auxiliary: (B, T, D'), likewise.
            mask: (B, T), True for real snippets.

        Returns:
            The gated features, (B, T, D), and the attention in [0, 1], (B, T).
        """
        context = self.context(masked_mean(main, mask).to(main.dtype)).unsqueeze(1)
        focus = self.dropout(self.focus(auxiliary, mask))
        gated = (context * focus).sigmoid() * main
        x = self.hidden[1](self.dropout(self.hidden[0](gated, mask)), mask)
        return gated, self.dropout(self.attention(x).squeeze(-1)).sigmoid()


@MODELS.register_module()
class CO2Net(BaseLocalizer):
    """Cross-modal consensus network with an attention for each modality (Hong et al., ACM MM 2021).

    Defaults are those of THUMOS14. The background is a class of its own, the last column of the CAS.

    Args:
        in_channels: D of each of the two modalities.
        num_clusters: C, without the background.
        hidden_channels: width of the hidden layer of the classifier.
        attention_channels: width of the hidden layers of each attention.
        top_ratio: one snippet in so many is averaged to classify a video in training.
        score_ratio: the same, for the scores of a prediction.
        smoothing: odd number of snippets over which CAS and attentions are averaged; beyond the video they are 0.
            1: off.
        dropout: of the fused features and in the classifier.
        attention_dropout: see :class:`CrossModalConsensus`.
        norm_weight: weight of the L1 norm of the attentions. It pulls attention to 0: where features say little about
            the classes, lower it.
        opposite_weight: weight of the loss that makes attention the opposite of the background (guide loss).
        mutual_weight: weight of mutual learning between the attentions.
        similarity_weight: weight of the co-activity similarity loss.
        post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.

    Raises:
        InputError: there are not two modalities, ``smoothing`` is even, or see :class:`BaseLocalizer`.
    """

    training_only: ClassVar[tuple[str, ...]] = (
        'top_ratio',
        'dropout',
        'attention_dropout',
        'norm_weight',
        'opposite_weight',
        'mutual_weight',
        'similarity_weight',
    )

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        hidden_channels: int = 2048,
        attention_channels: int = 512,
        top_ratio: float = 7,
        score_ratio: float = 10,
        smoothing: int = 1,
        dropout: float = 0.7,
        attention_dropout: float = 0.5,
        norm_weight: float = 0.8,
        opposite_weight: float = 0.8,
        mutual_weight: float = 1.0,
        similarity_weight: float = 1.0,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_kernel(smoothing)
        if len(in_channels) != 2:
            raise InputError(
                f'{type(self).__name__} compares two modalities, and in_channels names {len(in_channels)} '
                f'({", ".join(in_channels)})',
                remedy='name two, or use a method that takes any number, such as BaSNet',
            )
        self.top_ratio, self.score_ratio, self.smoothing = top_ratio, score_ratio, smoothing
        self.norm_weight, self.opposite_weight, self.mutual_weight = norm_weight, opposite_weight, mutual_weight
        first, second = in_channels.values()
        self.consensus = nn.ModuleList(
            CrossModalConsensus(*channels, attention_channels, attention_dropout)
            for channels in ((first, second), (second, first))
        )
        self.fusion = build_snippet_conv(first + second, first + second, 1, act_cfg=_LEAKY)
        self.hidden = build_snippet_conv(first + second, hidden_channels, 3, act_cfg=_LEAKY)
        self.classifier = nn.Linear(hidden_channels, num_clusters + 1)
        self.dropout = nn.Dropout(dropout)
        self.classification = VideoClassificationLoss(reduction='mean')
        self.similarity = CoActivitySimilarityLoss(loss_weight=similarity_weight)

    def raw_output(self, features: dict[str, Tensor], mask: Tensor) -> CO2NetOutput:
        """Gate both modalities, fuse them and classify the snippets."""
        first, second = features.values()
        gated, attention = zip(
            self.consensus[0](first, second, mask), self.consensus[1](second, first, mask), strict=True
        )
        embedding = self.dropout(self.fusion(torch.cat(gated, dim=-1), mask))
        hidden = self.dropout(self.hidden(self.dropout(embedding), mask))
        streams = torch.stack([self._smooth(a.unsqueeze(-1), mask).squeeze(-1) for a in attention])
        return CO2NetOutput(embedding, self._smooth(self.classifier(hidden), mask), streams.mean(dim=0), streams)

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute the terms of Sec. 3.4, see :meth:`compute_losses`."""
        return self.compute_losses(self.raw_output(features, mask), mask, targets)

    def compute_losses(self, output: CO2NetOutput, mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``loss_cls`` and ``loss_supp`` (top-k classification), ``loss_sim`` and the losses of attention."""
        everybody = targets.gathered()
        suppressed = output.suppressed()
        counts = count_top(mask, self.top_ratio)
        logits, suppressed_logits, attention = gather_rows(
            torch.cat(
                [
                    top_k_mean(output.class_logits, mask, counts),
                    top_k_mean(suppressed, mask, counts),
                    attention_terms(output.stream_attention, output.attention, output.class_logits, mask),
                ],
                dim=1,
            )
        ).split([self.num_clusters + 1, self.num_clusters + 1, 3], dim=1)
        norm, opposite, mutual = attention.mean(dim=0)
        rows = LabelRows.pool(output.embedding, suppressed[..., :-1], mask, targets)
        return {
            'loss_cls': self.classification(logits, F.pad(everybody.labels, (0, 1), value=True)),
            'loss_supp': self.classification(suppressed_logits, F.pad(everybody.labels, (0, 1), value=False)),
            'loss_sim': self.similarity(*rows.gathered()),
            'loss_norm': self.norm_weight * norm,
            'loss_opposite': self.opposite_weight * opposite,
            'loss_mutual': self.mutual_weight * mutual,
        }

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Multiply the CAS by the attention; score a video by the softmax of its top-k means, background included."""
        output = self.raw_output(features, mask)
        class_map = output.class_logits * output.attention.unsqueeze(-1)
        logits = top_k_mean(class_map, mask, count_top(mask, self.score_ratio))
        return SnippetPrediction(
            class_map=class_map[..., :-1],
            video_scores=logits.softmax(dim=1)[:, :-1],
            actionness=output.attention,
        )

    def head_modules(self) -> Iterable[nn.Module]:
        """Return the classifier."""
        return (self.hidden, self.classifier)

    def _smooth(self, x: Tensor, mask: Tensor) -> Tensor:
        """Average (B, T, K) over ``smoothing`` snippets."""
        if self.smoothing == 1:
            return x
        x = zero_padding(x, mask).transpose(1, 2)
        return F.avg_pool1d(x, self.smoothing, stride=1, padding=self.smoothing // 2).transpose(1, 2)


@full_precision
def attention_terms(streams: Tensor, attention: Tensor, class_logits: Tensor, mask: Tensor) -> Tensor:
    """Compute the losses of attention of each video (Sec. 3.4).

    Args:
        streams: attention of each modality, (2, B, T).
        attention: their mean, (B, T).
        class_logits: CAS, background last, (B, T, C + 1).
        mask: (B, T), True for real snippets.

    Returns:
        (B, 3), means over time: the norm ``|a|`` and its distance from the opposite of the background
        ``|1 - a - softmax(CAS)[background]|``, both averaged over three attentions (each modality, and the mean), and
        the squared distance of the modalities, each of which learns from the other, held fixed.
    """
    first, second = streams
    mutual = ((first - second.detach()) ** 2 + (second - first.detach()) ** 2) / 2
    norm = (first + second + attention).abs() / 3
    return torch.stack(
        [masked_mean(x, mask) for x in (norm, opposite_terms(streams, attention, class_logits), mutual)], dim=1
    )


@full_precision
def opposite_terms(streams: Tensor, attention: Tensor, class_logits: Tensor) -> Tensor:
    """Compute ``|1 - a - softmax(CAS)[background]|`` of each snippet, averaged over three attentions, (B, T)."""
    background = class_logits.softmax(dim=-1)[..., -1]
    return (1 - torch.cat([streams, attention.unsqueeze(0)]) - background).abs().mean(dim=0)
