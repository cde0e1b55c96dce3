"""``python -m mmacl COMMAND ARGUMENTS...``: every command of mmacl, wherever it is installed."""

from __future__ import annotations

import ast
import sys
from importlib.util import find_spec
from pathlib import Path

from mmacl.cli import EXIT_INPUT
from mmacl.commands import command_names, run_command


def summary(name: str) -> str:
    """First line of a command's docstring."""
    spec = find_spec(f'mmacl.commands.{name}')
    source = Path(spec.origin).read_text(encoding='utf-8') if spec and spec.origin else ''
    docstring = ast.get_docstring(ast.parse(source)) or ''
    return docstring.partition('\n')[0]


def main() -> None:
    """Run the command that the first argument names, or list the commands."""
    names = command_names()
    name = sys.argv[1].replace('-', '_') if len(sys.argv) > 1 else '__help'
    if name in names:
        sys.argv[:2] = [f'python -m mmacl {name}']
        run_command(name)
        return
    width = max(map(len, names)) + 2
    listing = '\n'.join(f'  {name:{width}}{summary(name)}' for name in names)
    text = f'usage: python -m mmacl COMMAND ...; python -m mmacl COMMAND --help\n\ncommands:\n{listing}'
    if name == '__help':
        print(text)
    else:
        print(f'{text}\n\nerror: {sys.argv[1]!r} is not a command', file=sys.stderr)
        sys.exit(EXIT_INPUT)


if __name__ == '__main__':
    main()
