"""Compute parts of the network in full precision under autocast."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

Arguments = ParamSpec('Arguments')
Result = TypeVar('Result')


def full_precision(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate a function of tensors to compute in float32 or better, with autocast off.

    Softmax over thousands of snippets and cosine distances near 1e-4 (tau_1 of Eq. 5) need more than the 8 bits of
    bfloat16's mantissa. float16 and bfloat16 tensors are widened first; float64 stays float64.
    """

    @functools.wraps(function)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        device = next(value.device for value in (*args, *kwargs.values()) if isinstance(value, Tensor))
        wide_args: Any = map(widened, args)
        wide_kwargs: Any = {key: widened(value) for key, value in kwargs.items()}
        with torch.autocast(device.type, enabled=False):
            return function(*wide_args, **wide_kwargs)

    return wrapped


def widened(value: Any) -> Any:
    """Convert float16 and bfloat16 tensors to float32; return anything else unchanged."""
    return value.float() if isinstance(value, Tensor) and value.dtype in (torch.float16, torch.bfloat16) else value
