"""Guide class-agnostic attention by the class scores of the snippets."""

from __future__ import annotations

from torch import Tensor

from mmacl.models.layers.gaussian_smoothing import smooth_over_time
from mmacl.models.pooling import masked_mean
from mmacl.models.precision import full_precision


@full_precision
def self_guided_attention(
    attention: Tensor,
    probabilities: Tensor,
    labels: Tensor,
    mask: Tensor,
    sigma: float,
    detach_guidance: bool = True,
) -> Tensor:
    """Measure how far attention is from what the classes say of each snippet (Nguyen et al., ICCV 2019, Sec. 3.2).

    ``1/T sum_t |lambda_t - fg_t| + |lambda_t - bg_t|``: ``fg`` is the probability of the labels of the video, ``bg``
    one minus that of background, both smoothed over time. Of several labels, the most probable one counts.

    Args:
        attention: ``lambda``, (B, T).
        probabilities: softmax over C classes and background, which comes last, (B, T, C + 1).
        labels: (B, C) bool, True where a video belongs to a cluster.
        mask: (B, T), True for real snippets.
        sigma: of the Gaussian, in snippets, see :func:`smooth_over_time`.
        detach_guidance: train the attention alone, not the class scores that guide it.

    Returns:
        A row for each video, (B,).
    """
    if detach_guidance:
        probabilities = probabilities.detach()
    smoothed = smooth_over_time(probabilities, mask, sigma)
    foreground = (smoothed[..., :-1] * labels.to(smoothed.dtype).unsqueeze(1)).amax(dim=-1)
    distances = [(attention - guide).abs() for guide in (foreground, 1 - smoothed[..., -1])]
    return masked_mean(distances[0] + distances[1], mask)
