"""DELU: evidence of videos and of snippets, on top of CO2-Net (Chen, Gao, Yang, Xu; ECCV 2022)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from mmacl.models.distributed import gather_rows
from mmacl.models.localizers.co2net import CO2Net, CO2NetOutput, opposite_terms
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.losses import EvidentialLoss
from mmacl.models.losses.evidential_loss import dirichlet_strengths
from mmacl.models.pooling import count_top, masked_mean
from mmacl.models.precision import full_precision
from mmacl.models.snippet_selection import select_top
from mmacl.registry import MODELS


@MODELS.register_module()
class DELU(CO2Net):
    """CO2-Net with two evidential losses; a prediction is that of CO2-Net.

    Chen et al., *Dual-Evidential Learning for Weakly-supervised Temporal Action Localization*, ECCV 2022. Defaults are
    those of THUMOS14. The progressive loss changes with the steps of a round.

    Args:
        in_channels, num_clusters: see :class:`CO2Net`.
        evidence_ratio: one snippet in so many, of the largest attention, is evidence of a video.
        evidence_weight: weight of :class:`EvidentialLoss`.
        progressive_weight: weight of the opposite loss whose snippets are weighed by their uncertainty.
        amplitude: how far those weights are from 1, in [0, 1].
        easy_first: certain snippets weigh more at first, and uncertain ones at last. False: the other way round.
        opposite_weight: see :class:`CO2Net`.
        **kwargs: all other arguments of :class:`CO2Net`.
    """

    training_only = (
        *CO2Net.training_only,
        'evidence_ratio',
        'evidence_weight',
        'progressive_weight',
        'amplitude',
        'easy_first',
    )

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        evidence_ratio: float = 9,
        evidence_weight: float = 1.3,
        progressive_weight: float = 0.4,
        amplitude: float = 0.7,
        easy_first: bool = True,
        opposite_weight: float = 0.4,
        **kwargs: Any,
    ) -> None:
        super().__init__(in_channels, num_clusters, opposite_weight=opposite_weight, **kwargs)
        self.evidence_ratio = evidence_ratio
        self.progressive_weight = progressive_weight
        self.amplitude = amplitude
        self.easy_first = easy_first
        self.evidence = EvidentialLoss(loss_weight=evidence_weight)

    def compute_losses(self, output: CO2NetOutput, mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute the losses of CO2-Net, ``loss_evidence`` and ``loss_progressive``."""
        losses = super().compute_losses(output, mask, targets)
        suppressed = output.suppressed()
        attended = select_top(output.attention, mask, count_top(mask, self.evidence_ratio))
        logits = masked_mean(suppressed, attended)
        weights = self.weigh_by_uncertainty(suppressed, mask)
        opposite = opposite_terms(output.stream_attention, output.attention, output.class_logits)
        progressive = masked_mean(weights * opposite, mask)
        rows = gather_rows(torch.cat([logits[:, :-1], progressive.unsqueeze(1)], dim=1))
        return {
            **losses,
            'loss_evidence': self.evidence(rows[:, :-1], targets.gathered().labels),
            'loss_progressive': self.progressive_weight * rows[:, -1].mean(),
        }

    @full_precision
    def weigh_by_uncertainty(self, suppressed: Tensor, mask: Tensor) -> Tensor:
        """Weigh the snippets of each video by the rank of their uncertainty (Sec. 3.4).

        The weight is ``1 + amplitude tanh(delta phi)``: ``phi`` goes from -1 of the most certain snippet to 1 of the
        least certain, ``delta`` from -1 at the first step of a round to 1 at the last.

        Args:
            suppressed: CAS scaled by the attention, background last, (B, T, C + 1).
            mask: (B, T), True for real snippets.

        Returns:
            (B, T), without gradient; meaningless at padding.
        """
        certainty = dirichlet_strengths(suppressed.detach()).sum(dim=-1).masked_fill(~mask, -1)
        order = certainty.argsort(dim=1, descending=True, stable=True)
        rank = order.argsort(dim=1).to(certainty.dtype)
        phi = 2 * (rank + 0.5) / mask.sum(dim=1, keepdim=True) - 1
        delta = 2 * self.progress.step / self.progress.num_steps - 1
        return 1 + self.amplitude * torch.tanh(phi * (delta if self.easy_first else -delta))
