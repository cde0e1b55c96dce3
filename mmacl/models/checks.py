"""Check the values that a config gives to the network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mmacl.registry import MODELS
from mmacl.utils import InputError


def check_choice(key: str, value: object, choices: Collection[str]) -> None:
    """Refuse a word that is not one of ``choices``.

    Raises:
        InputError: with the key, the value and the choices.
    """
    if value not in choices:
        raise InputError(f'{key}={value!r} is not known', remedy=f'use one of {", ".join(map(repr, choices))}')


def check_positive(**values: object) -> None:
    """Refuse widths and counts that are not whole numbers of at least 1.

    Raises:
        InputError: with the key and the value.
    """
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f'{key}={value!r} is not a whole number of at least 1')


def check_kernel(kernel_size: int, dilation: int = 1) -> None:
    """Refuse kernels that would shift a sequence or change its length; both numbers are in snippets.

    Raises:
        InputError: the kernel is even or not positive, or the dilation is not positive.
    """
    check_positive(kernel_size=kernel_size, dilation=dilation)
    if kernel_size % 2 == 0:
        raise InputError(
            f'kernel_size={kernel_size} is even, so it has no middle snippet', remedy='use an odd one, such as 3'
        )


def check_dilations(dilations: Collection[int]) -> None:
    """Refuse a pyramid without a level.

    Raises:
        InputError: there are no dilations, or one is not a whole number of at least 1.
    """
    if not dilations:
        raise InputError('dilations=() leaves the temporal pyramid empty', remedy='name at least one, such as (2, 3)')
    for dilation in dilations:
        check_positive(dilations=dilation)


def with_known_type(key: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the config of a layer, with the class instead of its name as ``type``.

    Args:
        key: ``conv_cfg``, ``norm_cfg`` or ``act_cfg``, for the message.
        config: ``type``, a name in :data:`~mmacl.registry.MODELS` or a class, and arguments.

    Raises:
        InputError: ``type`` is missing or not registered.
    """
    name = config.get('type')
    try:
        found = MODELS.get(name) if isinstance(name, str) else name
    except RuntimeError:  # mmengine, of a dotted name that cannot be imported
        found = None
    if found is None:
        raise InputError(
            f'{key}.type={name!r} is not a registered layer',
            remedy='use a type of mmcv.cnn, or import the plug-in that registers it',
        )
    return {**config, 'type': found}
