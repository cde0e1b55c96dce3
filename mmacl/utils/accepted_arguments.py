"""Call what was written before an argument existed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any


def accepted_arguments(function: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """Return those of the arguments that a function takes by name, so that it need not know all.

    Args:
        function: a function, an object with ``__call__``, or a :class:`torch.nn.Module`, whose ``forward`` counts.
        arguments: what may be passed.
    """
    target = getattr(function, 'forward', function)
    method: Any = target if inspect.isroutine(target) else type(target).__call__
    plain = getattr(method, '__func__', method)
    parameters = _parameters_of(plain) if inspect.isfunction(plain) else inspect.signature(target).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return arguments
    return {name: value for name, value in arguments.items() if name in parameters}


@lru_cache(maxsize=256)
def _parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function; a look takes 0.1 ms, and some are called for every video."""
    return inspect.signature(function).parameters
