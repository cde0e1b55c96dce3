"""Contrast the snippets of one video (CoLA: Zhang, Cao, Yang, Chen and Zou, CVPR 2021, "SniCo Loss")."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmacl.models.distributed import gather_rows
from mmacl.models.losses.functional import EPS, directions
from mmacl.models.pooling import masked_mean
from mmacl.models.precision import full_precision
from mmacl.registry import MODELS
from mmacl.utils import InputError


@full_precision
def info_nce(queries: Tensor, positives: Tensor, others: Tensor, negatives: Tensor, temperature: float) -> Tensor:
    """Compute ``-log(e^(q k / tau) / (e^(q k / tau) + sum_n e^(q n / tau)))`` of each row, of L2-normalised vectors.

    Args:
        queries: ``q``, (B, D).
        positives: ``k``, (B, D).
        others: vectors among which are the negatives, (B, T, D), finite.
        negatives: (B, T) bool, the negatives of each query; without one, the row is 0.
        temperature: ``tau``.

    Returns:
        (B,).
    """
    q = directions(queries)
    positive = torch.einsum('bd,bd->b', q, directions(positives)) / temperature
    # Divides products instead of normalising all T vectors; a zero vector has a cosine of 0, as in `directions`.
    length = torch.linalg.vector_norm(others, dim=-1)
    length = length.where(length > EPS, length.new_ones(()))
    negative = torch.einsum('bd,btd->bt', q, others) / length / temperature
    lowest = torch.finfo(negative.dtype).min
    logits = torch.cat([positive[:, None], negative.masked_fill(~negatives, lowest)], dim=1)
    return logits.logsumexp(dim=1) - positive


@MODELS.register_module()
class SnippetContrastLoss(nn.Module):
    """Pull the hard snippets of a video to the easy ones of their kind, the SniCo loss of CoLA.

    The mean of the hard actions is the query, that of the easy actions its positive, and each easy background a
    negative; the same with actions and backgrounds exchanged. A kind without a hard snippet adds nothing.

    Args:
        temperature: ``tau``.
        loss_weight: ``lambda``, its weight beside the classification loss.

    Raises:
        InputError: the temperature is not positive.
    """

    def __init__(self, temperature: float = 0.07, loss_weight: float = 0.01) -> None:
        super().__init__()
        if temperature <= 0:
            raise InputError(f'temperature={temperature} is not positive', remedy='CoLA uses 0.07')
        self.temperature = temperature
        self.loss_weight = loss_weight

    @full_precision
    def forward(
        self,
        features: Tensor,
        easy_actions: Tensor,
        easy_backgrounds: Tensor,
        hard_actions: Tensor,
        hard_backgrounds: Tensor,
    ) -> Tensor:
        """Average over the videos of all processes, 0-d.

        Args:
            features: embedded snippets, (B, T, D), finite at padding too.
            easy_actions: (B, T) bool, and so are the others.
            easy_backgrounds: negatives of the hard actions.
            hard_actions: snippets at the inner side of the borders of actions.
            hard_backgrounds: snippets at the outer side.
        """
        action, background = masked_mean(features, easy_actions), masked_mean(features, easy_backgrounds)
        terms = self._contrast(features, hard_actions, action, easy_backgrounds)
        terms = terms + self._contrast(features, hard_backgrounds, background, easy_actions)
        return self.loss_weight * gather_rows(terms).mean()

    def _contrast(self, features: Tensor, hard: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
        """Contrast the hard snippets of one kind, (B,)."""
        terms = info_nce(masked_mean(features, hard), positives, features, negatives, self.temperature)
        return terms.where(hard.any(dim=1), terms.new_zeros(()))
