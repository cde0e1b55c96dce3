"""What the two heads share: a convolution and a fully connected layer (Sec. 3.2)."""

from __future__ import annotations

from torch import Tensor, nn

from mmacl.models.checks import check_positive
from mmacl.models.layers import SnippetConv1d


class AttentionHead(nn.Module):
    """Convolution with ReLU, then a fully connected layer; what lies between them is what attention pools.

    Args:
        in_channels: D_1.
        num_attentions: attention scores of a snippet.
        hidden_channels: D_2. None: no convolution, the embedding itself is scored and pooled (the authors' release).
        kernel_size: of the convolution, odd.

    Raises:
        InputError: a width is not positive or the kernel is even.
    """

    def __init__(
        self, in_channels: int, num_attentions: int, hidden_channels: int | None = 256, kernel_size: int = 3
    ) -> None:
        super().__init__()
        check_positive(num_attentions=num_attentions)
        self.conv = None if hidden_channels is None else SnippetConv1d(in_channels, hidden_channels, kernel_size)
        self.fc = nn.Linear(in_channels if hidden_channels is None else hidden_channels, num_attentions)

    def embed_and_score(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, T, D_2) and logits (B, T, num_attentions) of embeddings (B, T, D_1); padding as in ``x``."""
        features = x if self.conv is None else self.conv(x, mask).relu()
        return features, self.fc(features)
