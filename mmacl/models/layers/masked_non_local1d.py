"""Non-local block over the snippets of padded videos."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.checks import check_positive


class MaskedNonLocal1d(nn.Module):
    """Every snippet gathers from all snippets of its video, Wang et al., "Non-local Neural Networks" [47 of the paper].

    Embedded Gaussian with scaling: ``x + W softmax(theta(x) phi(x)^T / sqrt(d)) g(x)`` with d half the width. Without
    padding this is :class:`mmcv.cnn.NonLocal1d`, which takes no mask. ``W`` starts at zero, so the block starts as the
    identity; the other projections start as torch's defaults.

    Fused attention keeps memory linear in T.

    Args:
        channels: width of input and output.

    Raises:
        InputError: the width is not positive.
    """

    def __init__(self, channels: int) -> None:
        check_positive(channels=channels)
        super().__init__()
        self.embed_channels = max(channels // 2, 1)
        self.theta_phi_g = nn.Linear(channels, 3 * self.embed_channels)
        self.out = nn.Linear(self.embed_channels, channels)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

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
        return x + self.out(context.squeeze(1))
