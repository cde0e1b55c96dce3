"""The network of one stream (Sec. 3.2, Fig. 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mmengine.model import BaseModule
from torch import Tensor

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.layers import ChannelDropout, zero_padding
from mmacl.models.localizers.length_groups import LengthGroups
from mmacl.models.localizers.loss_inputs import PooledVideos, VideoTargets
from mmacl.models.pooling import (
    ATTENTIONS,
    masked_softmax,
    normalize_attention,
    pool_action_and_background,
    pool_snippets,
)
from mmacl.registry import MODELS
from mmacl.utils import InputError

_LOSSES = ('classification', 'triplet', 'separation')


class StreamOutput(NamedTuple):
    """Features and attention of one stream, 0 at padding.

    Attributes:
        class_specific_features: ``X_cs``, (B, T, D_2).
        class_specific_attention: the class activation sequence ``A``, (B, T, C), before any softmax.
        class_agnostic_features: ``X_ca``, (B, T, D_2).
        class_agnostic_logits: ``S``, (B, T), before any softmax.
        class_agnostic_attention: ``S`` as weights of snippets, see :func:`normalize_attention`, (B, T).
        video_logits: ``p = A^T S_hat``, (B, C).
    """

    class_specific_features: Tensor
    class_specific_attention: Tensor
    class_agnostic_features: Tensor
    class_agnostic_logits: Tensor
    class_agnostic_attention: Tensor
    video_logits: Tensor


@MODELS.register_module()
class CoAttentionStream(BaseModule):
    """Backbone, class-agnostic and class-specific branch, and the losses of one stream, Sec. 3.2 to 3.6.

    Args:
        in_channels: D.
        num_clusters: C.
        backbone: see :mod:`mmacl.models.backbones`; ``in_channels`` is filled in.
        class_specific_head: ``in_channels`` and ``num_clusters`` are filled in.
        class_agnostic_head: ``in_channels`` is filled in.
        losses: configs of ``classification``, ``triplet`` and ``separation``, terms of Eq. (1); None or missing: off.
        attention: normalisation of S in H and in clustering, see :func:`normalize_attention`.
        input_dropout: probability of :class:`ChannelDropout` on the input features.
        init_cfg: see :class:`mmengine.model.BaseModule`.

    Raises:
        InputError: an attention or a loss is not known, all losses are off, or a width is not positive.
    """

    def __init__(
        self,
        in_channels: int,
        num_clusters: int,
        backbone: dict[str, Any],
        class_specific_head: dict[str, Any],
        class_agnostic_head: dict[str, Any],
        losses: Mapping[str, dict[str, Any] | None],
        attention: str = 'softmax',
        input_dropout: float = 0.5,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(init_cfg)
        check_positive(in_channels=in_channels, num_clusters=num_clusters)
        check_choice('attention', attention, ATTENTIONS)
        for name in losses:
            check_choice('losses', name, _LOSSES)
        if not any(losses.values()):
            raise InputError('losses: all are off', remedy='keep at least classification')
        self.attention = attention
        self.input_dropout = ChannelDropout(input_dropout)
        self.backbone = MODELS.build({**backbone, 'in_channels': in_channels})
        widths = self.backbone.out_channels
        agnostic, specific = (widths, widths) if isinstance(widths, int) else widths
        self.class_agnostic_head = MODELS.build({**class_agnostic_head, 'in_channels': agnostic})
        self.class_specific_head = MODELS.build(
            {**class_specific_head, 'in_channels': specific, 'num_clusters': num_clusters}
        )
        for name in _LOSSES:
            config = losses.get(name)
            setattr(self, f'{name}_loss', None if config is None else MODELS.build(config))

    def forward(self, x: Tensor, mask: Tensor, groups: LengthGroups | None = None) -> StreamOutput:
        """Compute features and attention of every snippet.

        Args:
            x: ``X``, (B, T, D).
            mask: (B, T), True for real snippets, which come first.
            groups: groups in which to compute; None: one group.
        """
        groups = groups or LengthGroups.plan(mask, 1)
        x = self.input_dropout(x)
        parts = [self._encode(*group) for group in zip(groups.split(x), groups.split(mask), strict=True)]
        x_cs, cas, x_ca, logits = (groups.merge(field) for field in zip(*parts, strict=True))
        cas = zero_padding(cas, mask)
        return StreamOutput(
            class_specific_features=zero_padding(x_cs, mask),
            class_specific_attention=cas,
            class_agnostic_features=zero_padding(x_ca, mask),
            class_agnostic_logits=logits.masked_fill(~mask, 0),
            class_agnostic_attention=normalize_attention(logits, mask, self.attention),
            video_logits=pool_snippets(cas, masked_softmax(logits, mask)),
        )

    def attend(self, x: Tensor, mask: Tensor, groups: LengthGroups | None = None) -> Tensor:
        """Compute the class-agnostic attention alone, as weights of snippets, (B, T), 0 at padding.

        Arguments are those of :meth:`forward`.
        """
        groups = groups or LengthGroups.plan(mask, 1)
        x = self.input_dropout(x)
        parts = [
            self.class_agnostic_head(self._embed(*group)[0], group[1])[1]
            for group in zip(groups.split(x), groups.split(mask), strict=True)
        ]
        return normalize_attention(groups.merge(parts), mask, self.attention)

    def pool(self, x: Tensor, mask: Tensor, clusters: Tensor, groups: LengthGroups | None = None) -> PooledVideos:
        """Pool p, H, J and B of each video, the inputs of the losses.

        Args:
            x: ``X``, (B, T, D).
            mask: (B, T), True for real snippets, which come first.
            clusters: ``z``, (B,), the cluster for which each video was drawn.
            groups: groups in which to compute; None: one group.
        """
        groups = groups or LengthGroups.plan(mask, 1)
        batches = zip(
            groups.split(self.input_dropout(x)), groups.split(mask), groups.split_videos(clusters), strict=True
        )
        parts = [self._pool(*batch) for batch in batches]
        return PooledVideos(*(groups.merge_videos(field) for field in zip(*parts, strict=True)))

    def loss(self, pooled: PooledVideos, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute the weighted terms of Eq. (1), each 0-d; those that are off are left out."""
        losses = {}
        if self.classification_loss is not None:
            losses['loss_cls'] = self.classification_loss(pooled.video_logits, targets.labels)
        if self.triplet_loss is not None:
            losses['loss_trip'] = self.triplet_loss(pooled.representations, targets.labels, targets.video_ids)
        if self.separation_loss is not None:
            losses['loss_abs'] = self.separation_loss(
                pooled.actions, pooled.backgrounds, pooled.has_background, targets.clusters, targets.video_ids
            )
        return losses

    def _embed(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Compute ``X_e`` for the class-agnostic and for the class-specific branch."""
        embedding = self.backbone(x, mask)
        return (embedding, embedding) if isinstance(embedding, Tensor) else embedding

    def _encode(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Compute ``X_cs``, A, ``X_ca`` and S of a group, meaningless at padding."""
        agnostic, specific = self._embed(x, mask)
        return (*self.class_specific_head(specific, mask), *self.class_agnostic_head(agnostic, mask))

    def _pool(self, x: Tensor, mask: Tensor, clusters: Tensor) -> PooledVideos:
        """Pool p, H, J and B of a group."""
        x_cs, cas, x_ca, logits = self._encode(x, mask)
        of_cluster = cas.gather(2, clusters[:, None, None].expand(-1, cas.shape[1], 1)).squeeze(2)
        actions, backgrounds = pool_action_and_background(x_cs, of_cluster, mask)
        return PooledVideos(
            video_logits=pool_snippets(cas, masked_softmax(logits, mask)),
            representations=pool_snippets(x_ca, normalize_attention(logits, mask, self.attention)),
            actions=actions,
            backgrounds=backgrounds,
            has_background=mask.sum(dim=1) > 1,
        )
