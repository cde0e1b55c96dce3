"""What the losses see of a batch."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from mmacl.models.distributed import gather_rows


class PooledVideos(NamedTuple):
    """One row a video, at least float32.

    Attributes:
        video_logits: ``p``, (B, C).
        representations: ``H``, (B, D_2).
        actions: ``J`` under the attention of the drawn cluster, Eq. (3), (B, D_2).
        backgrounds: ``B`` of Eq. (4), (B, D_2).
        has_background: (B,) bool, False for videos of one snippet.
    """

    video_logits: Tensor
    representations: Tensor
    actions: Tensor
    backgrounds: Tensor
    has_background: Tensor

    def gathered(self) -> PooledVideos:
        """The rows of all processes, with gradients; itself where there is one process."""
        columns = [*self[:4], self.has_background[:, None].to(self.video_logits.dtype)]
        rows = gather_rows(torch.cat(columns, dim=1))  # one message for all
        logits, representations, actions, backgrounds, flags = rows.split([c.shape[1] for c in columns], dim=1)
        return PooledVideos(logits, representations, actions, backgrounds, flags[:, 0] > 0)
