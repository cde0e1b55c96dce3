"""Build the losses of a method from its config."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from torch import nn

from mmacl.models.checks import check_choice
from mmacl.registry import MODELS
from mmacl.utils import InputError


def build_losses(losses: Mapping[str, dict[str, Any] | None], known: Collection[str]) -> nn.ModuleDict:
    """Build the losses that are on, by name.

    Args:
        losses: config of each loss; None switches it off.
        known: names that the method computes.

    Raises:
        InputError: a name is not known, all losses are off, or one cannot be built.
    """
    for name in losses:
        check_choice('losses', name, known)
    built = {name: MODELS.build(config) for name, config in losses.items() if config is not None}
    if not built:
        raise InputError('losses: all are off', remedy=f'keep one of {", ".join(known)}')
    return nn.ModuleDict(built)
