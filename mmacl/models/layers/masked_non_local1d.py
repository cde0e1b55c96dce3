"""Non-local block over the snippets of padded videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.checks import check_positive
from mmacl.models.layers.snippet_norm import build_snippet_norm, normalize_snippets


class MaskedNonLocal1d(nn.Module):
    """Every snippet gathers from all snippets of its video, Wang et al., "Non-local Neural Networks" [47 of the paper].

    Embedded Gaussian with scaling: ``x + W softmax(theta(x) phi(x)^T / sqrt(d)) g(x)`` with d half the width. Without
    padding it equals :class:`mmcv.cnn.NonLocal1d` of the same ``norm_cfg``, which takes no mask; here theta, phi and g
    are one linear layer, and fused attention keeps memory linear in T. ``W``, or the norm after it, starts at zero, so
    the block starts as the identity; the other projections start as torch's defaults.

    Args:
        channels: width of input and output.
        norm_cfg: norm after ``W``, see :func:`build_snippet_norm`; None: no norm.

    Raises:
        InputError: the width is not positive, or the norm cannot be built.
    """

    def __init__(self, channels: int, norm_cfg: Mapping[str, Any] | None = None) -> None:
        check_positive(channels=channels)
        super().__init__()
        self.embed_channels = max(channels // 2, 1)
        self.theta_phi_g = nn.Linear(channels, 3 * self.embed_channels)
        self.out = nn.Linear(self.embed_channels, channels, bias=norm_cfg is None)
        self.norm_name: str | None = None
        last: nn.Module = self.out
        if norm_cfg is not None:
            self.norm_name, last = build_snippet_norm(norm_cfg, channels)
            self.add_module(self.norm_name, last)
        for parameter in last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Add global context.

        Args:
            x: (B, T, channels), finite at padding too.
            mask: (B, T), True for real snippets, the only ones gathered from.

        Returns:
            (B, T, channels), finite but meaningless at padding.
        """
        theta, phi, g = self.theta_phi_g(x).unsqueeze(1).chunk(3, dim=-1)  # each (B, 1, T, d)
        # A video of padding alone gathers from its padding: a softmax over nothing is NaN in some kernels.
        gathered = mask | ~mask.any(dim=1, keepdim=True)
        # Shape (B, 1, 1, T), never (B, 1, T, T): kernels broadcast it without writing it out.
        context = F.scaled_dot_product_attention(theta, phi, g, attn_mask=gathered[:, None, None])
        context = self.out(context.squeeze(1))
        if self.norm_name is not None:
            context = normalize_snippets(self.get_submodule(self.norm_name), context, mask)
        return x + context
