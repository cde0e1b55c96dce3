"""Class-specific and class-agnostic branch: where is which cluster, and where is anything (Sec. 3.5, 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from mmacl.models.checks import check_positive
from mmacl.models.layers import RELU, build_snippet_conv
from mmacl.registry import MODELS


class AttentionHead(nn.Module):
    """What the two branches share (Sec. 3.2): a convolution, then a fully connected layer that scores each snippet.

    The features between the two layers are what attention pools.

    Args:
        in_channels: D_1.
        num_attentions: attention scores of a snippet.
        hidden_channels: D_2. None: no convolution, the embedding itself is scored and pooled (the authors' release).
        kernel_size: of the convolution, odd.
        conv_cfg: of the convolution, see :func:`build_snippet_conv`.
        norm_cfg: norm before the activation; None: none.
        act_cfg: activation after the convolution; None: none.

    Raises:
        InputError: a width is not positive, the kernel is even, or a layer cannot be built.
    """

    def __init__(
        self,
        in_channels: int,
        num_attentions: int,
        hidden_channels: int | None = 256,
        kernel_size: int = 3,
        conv_cfg: Mapping[str, Any] | None = None,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
    ) -> None:
        super().__init__()
        self.conv = None
        if hidden_channels is not None:
            check_positive(hidden_channels=hidden_channels)
            self.conv = build_snippet_conv(
                in_channels, hidden_channels, kernel_size, conv_cfg=conv_cfg, norm_cfg=norm_cfg, act_cfg=act_cfg
            )
        self.fc = nn.Linear(in_channels if hidden_channels is None else hidden_channels, num_attentions)

    def embed_and_score(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Features to pool, and their scores before any normalisation.

        Args:
            x: ``X_e``, (B, T, D_1).
            mask: (B, T), True for real snippets.

        Returns:
            (B, T, D_2) and (B, T, num_attentions), finite but meaningless at padding.
        """
        features = x if self.conv is None else self.conv(x, mask)
        return features, self.fc(features)


@MODELS.register_module()
class ClassSpecificHead(AttentionHead):
    """Class-specific features ``X_cs`` and attention ``A``, Sec. 3.5.

    Args:
        in_channels: D_1.
        num_clusters: C.
        hidden_channels, kernel_size, conv_cfg, norm_cfg, act_cfg: see :class:`AttentionHead`.

    Raises:
        InputError: as :class:`AttentionHead`.
    """

    def __init__(
        self,
        in_channels: int,
        num_clusters: int,
        hidden_channels: int | None = 256,
        kernel_size: int = 3,
        conv_cfg: Mapping[str, Any] | None = None,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
    ) -> None:
        check_positive(num_clusters=num_clusters)
        super().__init__(in_channels, num_clusters, hidden_channels, kernel_size, conv_cfg, norm_cfg, act_cfg)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """``X_cs``, (B, T, D_2), and the class activation sequence ``A``, (B, T, C).

        Args:
            x: ``X_e``, (B, T, D_1).
            mask: (B, T), True for real snippets.
        """
        return self.embed_and_score(x, mask)


@MODELS.register_module()
class ClassAgnosticHead(AttentionHead):
    """Class-agnostic features ``X_ca`` and attention ``S``, Sec. 3.6.

    Args:
        in_channels: D_1.
        hidden_channels, kernel_size, conv_cfg, norm_cfg, act_cfg: see :class:`AttentionHead`.

    Raises:
        InputError: as :class:`AttentionHead`.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int | None = 256,
        kernel_size: int = 3,
        conv_cfg: Mapping[str, Any] | None = None,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
    ) -> None:
        super().__init__(in_channels, 1, hidden_channels, kernel_size, conv_cfg, norm_cfg, act_cfg)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """``X_ca``, (B, T, D_2), and ``S``, (B, T), before any normalisation.

        Args:
            x: ``X_e``, (B, T, D_1).
            mask: (B, T), True for real snippets.
        """
        features, logits = self.embed_and_score(x, mask)
        return features, logits.squeeze(-1)
