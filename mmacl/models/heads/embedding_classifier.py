"""Embed snippets and classify each, as CoLA and UM do."""

from __future__ import annotations

from torch import Tensor, nn

from mmacl.models.layers.snippet_conv1d import RELU, LayerConfig, build_snippet_conv


class EmbeddingClassifier(nn.Module):
    """A convolution over three snippets and a ReLU, dropout, and a linear score of each class without a bias.

    Args:
        in_channels: D.
        embedding_channels: width of the embedding.
        num_clusters: C.
        dropout: probability of dropping a channel of a snippet before the classifier.
        act_cfg: activation of the scores; None: none.
    """

    def __init__(
        self,
        in_channels: int,
        embedding_channels: int,
        num_clusters: int,
        dropout: float = 0.7,
        act_cfg: LayerConfig | None = None,
    ) -> None:
        super().__init__()
        self.embedding = build_snippet_conv(in_channels, embedding_channels, act_cfg=RELU)
        self.dropout = nn.Dropout(dropout)
        self.classifier = build_snippet_conv(
            embedding_channels, num_clusters, kernel_size=1, conv_cfg={'type': 'Conv1d', 'bias': False}, act_cfg=act_cfg
        )

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the embedding and the scores of every snippet.

        Args:
            x: (B, T, D).
            mask: (B, T), True for real snippets.

        Returns:
            (B, T, embedding_channels) and (B, T, C), finite but meaningless at padding.
        """
        embedding = self.embedding(x, mask)
        return embedding, self.classifier(self.dropout(embedding), mask)
