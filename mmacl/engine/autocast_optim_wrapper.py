"""Mixed precision that needs no GPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmengine.optim import OptimWrapper
from torch import nn

from mmacl.registry import OPTIM_WRAPPERS
from mmacl.utils import InputError


@OPTIM_WRAPPERS.register_module()
class AutocastOptimWrapper(OptimWrapper):
    """Run the forward pass under :func:`torch.autocast` on whatever device the model is on.

    bfloat16 has the exponent range of float32, so gradients need no scaling, and it exists on CPUs too; mmengine's own
    wrapper insists on a GPU. Losses compute in float32 in either case.

    Args:
        dtype: ``'bfloat16'``.
        **kwargs: see :class:`mmengine.optim.OptimWrapper`.
    """

    def __init__(self, dtype: str = 'bfloat16', **kwargs: Any) -> None:
        if dtype != 'bfloat16':
            raise InputError(
                f'optim_wrapper.dtype={dtype!r}: only bfloat16 trains without a gradient scaler', remedy='use it'
            )
        super().__init__(**kwargs)
        self.dtype = torch.bfloat16

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Autocast for the device of the model's parameters."""
        device = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device, dtype=self.dtype):
            yield
