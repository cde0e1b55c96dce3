"""The commands, one module each, run by ``python -m mmacl COMMAND`` and by the scripts in ``tools/``.

A command parses its arguments before it imports torch and other heavy packages, so that ``--help`` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from mmacl.cli import run_tool


def command_names() -> list[str]:
    """Return the names of the commands, in alphabetical order."""
    return sorted(module.name for module in iter_modules(__path__))


def run_command(name: str) -> None:
    """Run a command with the arguments in ``sys.argv``; see :func:`mmacl.cli.run_tool` for how it ends."""
    command = import_module(f'{__name__}.{name}')
    run_tool(command.main, getattr(command, 'AFTER_INTERRUPT', ''))
