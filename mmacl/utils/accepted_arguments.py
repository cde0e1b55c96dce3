"""Call what was written before an argument existed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def accepted_arguments(function: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """Return those of the arguments that a function takes by name, so that it need not know all.

    Args:
        function: a function, an object with ``__call__``, or a :class:`torch.nn.Module`, whose ``forward`` counts.
        arguments: what may be passed.
    """
    parameters = inspect.signature(getattr(function, 'forward', function)).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return arguments
    return {name: value for name, value in arguments.items() if name in parameters}
