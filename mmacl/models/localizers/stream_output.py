"""What one stream says about every snippet."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class StreamOutput(NamedTuple):
    """Features and attention of one stream; everything is 0 at padding.

    Attributes:
        class_specific_features: ``X_cs``, (B, T, D_2).
        class_specific_attention: the class activation sequence ``A``, (B, T, C), not normalised.
        class_agnostic_features: ``X_ca``, (B, T, D_2).
        class_agnostic_logits: ``S``, (B, T), not normalised.
        class_agnostic_attention: ``S`` as weights of snippets, see :func:`normalize_attention`, (B, T).
        video_logits: ``p = A^T S_hat``, (B, C).
    """

    class_specific_features: Tensor
    class_specific_attention: Tensor
    class_agnostic_features: Tensor
    class_agnostic_logits: Tensor
    class_agnostic_attention: Tensor
    video_logits: Tensor
