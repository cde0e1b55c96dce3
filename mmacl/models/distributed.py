"""Gather the pooled videos of all processes into one batch."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor


def gather_rows(rows: Tensor) -> Tensor:
    """Gather the rows of every process, in the order of ranks; return ``rows`` itself if there is one process.

    Every process must evaluate the same loss on the result. Then each computes the gradient of its own rows without any
    communication. That gradient is multiplied by the number of processes, because
    :class:`torch.nn.parallel.DistributedDataParallel` averages gradients; the average equals the gradient of one
    process with the whole batch.

    Args:
        rows: (B, ...); B may differ between processes, the rest of the shape may not.

    Returns:
        (sum of B, ...).
    """
    if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1:
        return rows
    return _GatherRows.apply(rows)


class _GatherRows(torch.autograd.Function):
    """Gather different numbers of rows from each process, with a gradient."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> Tensor:
        """Gather the numbers of rows, then the rows padded to the largest number."""
        size = torch.tensor([len(rows)], device=rows.device)
        sizes = [torch.empty_like(size) for _ in range(dist.get_world_size())]
        dist.all_gather(sizes, size)
        counts = torch.cat(sizes).tolist()
        ctx.rows = slice(sum(counts[: dist.get_rank()]), sum(counts[: dist.get_rank() + 1]))
        ctx.world_size = len(counts)

        padding = [0, 0] * (rows.ndim - 1) + [0, max(counts) - len(rows)]
        padded = F.pad(rows, padding).contiguous()
        parts = [torch.empty_like(padded) for _ in counts]
        dist.all_gather(parts, padded)
        return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        """Return the gradient of this process's rows, scaled against the averaging of DDP."""
        return gradients[0][ctx.rows] * ctx.world_size
