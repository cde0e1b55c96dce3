"""Drop whole channels of a video."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.utils import InputError


class ChannelDropout(nn.Module):
    """Drop the same channels in all snippets of a video, as the authors' release does; the paper names no dropout.

    The mask (B, 1, D) is drawn once for the batch, so that neither padding nor length groups change the draw.

    Args:
        probability: of dropping a channel, in [0, 1).

    Raises:
        InputError: the probability is outside [0, 1).
    """

    def __init__(self, probability: float = 0.5) -> None:
        super().__init__()
        if not 0 <= probability < 1:
            raise InputError(f'input_dropout={probability} is not in [0, 1)', remedy='0 switches it off')
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        """Drop channels of (B, T, D) and scale the others by 1 / (1 - probability); in eval mode return ``x``."""
        if not self.training or self.probability == 0:
            return x
        return x * F.dropout(x.new_ones(len(x), 1, x.shape[-1]), self.probability)

    def extra_repr(self) -> str:
        """Return the probability for ``repr``."""
        return f'probability={self.probability}'
