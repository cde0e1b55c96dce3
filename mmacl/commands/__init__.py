"""The commands, one module each; ``python -m mmacl COMMAND`` and the scripts in ``tools/`` run them.

A command reads its arguments before it imports anything heavy, so that ``--help`` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from mmacl.cli import run_tool


def command_names() -> list[str]:
    """Names of the commands, in alphabetical order."""
    return sorted(module.name for module in iter_modules(__path__))


def run_command(name: str) -> None:
    """Run a command with the arguments in ``sys.argv``; see :func:`mmacl.cli.run_tool` for how it ends."""
    command = import_module(f'{__name__}.{name}')
    run_tool(command.main, getattr(command, 'AFTER_INTERRUPT', ''))
