"""Classify by evidence, and trust a video the less the less evidence it has (DELU, ECCV 2022)."""

from __future__ import annotations

from torch import Tensor, nn

from mmacl.models.precision import full_precision
from mmacl.registry import MODELS

#: Logits are clamped to plus and minus this before the exponential.
_LIMIT = 10.0


@full_precision
def dirichlet_strengths(logits: Tensor) -> Tensor:
    """Turn logits into the parameters of a Dirichlet distribution, ``alpha = evidence + 1``, at least 1.

    Args:
        logits: any shape; ``evidence = exp(logits)``, clamped to ``exp(+-10)``.
    """
    return logits.clamp(-_LIMIT, _LIMIT).exp() + 1


@MODELS.register_module()
class EvidentialLoss(nn.Module):
    """Compute the generalised evidential loss of several labels (Chen et al., DELU, Sec. 3.3).

    With ``S = sum alpha`` and the uncertainty ``u = C / S``, the loss of a video is
    ``(1 - u) n sum_c w_c (log S - log alpha_c)`` over its n labels; ``w_c``, in proportion to ``1 / alpha_c`` and with
    a sum of one, looks at the label with the least evidence. The factor ``1 - u`` takes no gradient, ``w`` does. The
    result is the mean over videos that have a label.

    Args:
        loss_weight: factor on the result.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    @full_precision
    def forward(self, video_logits: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            video_logits: (B, C).
            labels: (B, C) bool, True where a video belongs to a cluster.
        """
        alpha = dirichlet_strengths(video_logits)
        total = alpha.sum(dim=1, keepdim=True)
        certainty = 1 - alpha.shape[1] / total.squeeze(1).detach()
        shares = labels / alpha
        shares = shares / shares.sum(dim=1, keepdim=True).clamp(min=1e-12)
        terms = certainty * labels.sum(dim=1) * (shares * (total.log() - alpha.log())).sum(dim=1)
        return self.loss_weight * terms.sum() / labels.any(dim=1).sum().clamp(min=1)
