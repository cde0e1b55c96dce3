"""Mixed precision on a CPU or a GPU."""

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
    """Run the forward pass under :func:`torch.autocast` on the device of the model.

    bfloat16 has the exponent range of float32, so gradients need no scaling, and CPUs support it; mmengine's own
    wrapper requires a GPU. Losses are computed in float32.

    Args:
        dtype: ``'bfloat16'``.
        **kwargs: see :class:`mmengine.optim.OptimWrapper`.
    """

    def __init__(self, dtype: str = 'bfloat16', **kwargs: Any) -> None:
        if dtype != 'bfloat16':
            raise InputError(
                f'optim_wrapper.dtype={dtype!r}: only bfloat16 trains without a gradient scaler',
                remedy="set it to 'bfloat16'",
            )
        super().__init__(**kwargs)
        self.dtype = torch.bfloat16

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Use autocast for the device of the model's parameters."""
        device = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device, dtype=self.dtype):
            yield
