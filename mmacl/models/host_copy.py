"""Numbers that the host knows, so that it does not wait for a GPU to read them back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def to_device(values: Tensor, device: torch.device | str) -> Tensor:
    """Copy a tensor of the host to a device; the host does not wait for a GPU."""
    if torch.device(device).type != 'cuda' or values.is_cuda:
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)


def known_to_host(values: NDArray[Any], device: torch.device | str) -> Tensor:
    """Copy numbers to a device in such a way that :func:`host_copy` of the result waits for nothing.

    The result must not be changed in place; any other operation makes a tensor that the host does not know.

    Args:
        values: the host's copy, not changed afterwards.
        device: of the result.
    """
    tensor = to_device(torch.from_numpy(values), device)
    tensor.host_copy = values  # type: ignore[attr-defined]
    return tensor


def host_copy(tensor: Tensor) -> NDArray[Any]:
    """Return the numbers of a tensor; it waits for a GPU unless :func:`known_to_host` made the tensor."""
    known: NDArray[Any] | None = getattr(tensor, 'host_copy', None)
    return tensor.detach().cpu().numpy() if known is None else known


def mask_of(lengths: NDArray[np.int64], num_snippets: int, device: torch.device | str) -> Tensor:
    """Build a mask of real snippets, (B, T) bool, whose lengths the host knows.

    Args:
        lengths: snippets of each video, (B,), which come first.
        num_snippets: T.
        device: of the mask.
    """
    mask = to_device(torch.from_numpy(np.arange(num_snippets) < lengths[:, None]), device)
    mask.lengths = lengths  # type: ignore[attr-defined]
    return mask


def lengths_of(mask: Tensor) -> NDArray[np.int64]:
    """Count the real snippets of each video, (B,); it waits for a GPU unless :func:`mask_of` made the mask."""
    known: NDArray[np.int64] | None = getattr(mask, 'lengths', None)
    return mask.sum(dim=1).cpu().numpy() if known is None else known
