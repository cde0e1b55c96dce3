"""Where is anything: the class-agnostic branch."""

from __future__ import annotations

from torch import Tensor

from mmacl.models.heads.attention_head import AttentionHead
from mmacl.registry import MODELS


@MODELS.register_module()
class ClassAgnosticHead(AttentionHead):
    """Class-agnostic features and attention, Sec. 3.6.

    Args:
        in_channels: D_1.
        hidden_channels: D_2, or None: see :class:`AttentionHead`.
        kernel_size: of the convolution, odd.

    Raises:
        InputError: a width is not positive or the kernel is even.
    """

    def __init__(self, in_channels: int, hidden_channels: int | None = 256, kernel_size: int = 3) -> None:
        super().__init__(in_channels, 1, hidden_channels, kernel_size)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """``X_ca``, (B, T, D_2), and ``S``, (B, T), before any normalisation.

        Args:
            x: ``X_e``, (B, T, D_1).
            mask: (B, T), True for real snippets.
        """
        features, logits = self.embed_and_score(x, mask)
        return features, logits.squeeze(-1)
