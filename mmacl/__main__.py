"""``python -m mmacl COMMAND ...`` and ``mmacl COMMAND ...`` run every command, wherever mmacl is installed."""

from __future__ import annotations

import ast
import sys
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from mmacl.cli import run_tool
from mmacl.commands import command_names, run_command
from mmacl.utils import InputError


def summary(name: str) -> str:
    """First line of a command's docstring, read without importing the command."""
    spec = find_spec(f'mmacl.commands.{name}')
    source = Path(spec.origin).read_text(encoding='utf-8') if spec and spec.origin else ''
    docstring = ast.get_docstring(ast.parse(source)) or ''
    return docstring.partition('\n')[0]


def main() -> None:
    """Run the command that the first argument names, or list the commands."""
    program = 'python -m mmacl' if Path(sys.argv[0]).stem == '__main__' else 'mmacl'
    names = command_names()
    word = sys.argv[1] if len(sys.argv) > 1 else '--help'
    name = word.replace('-', '_')
    if name in names:
        sys.argv[:2] = [f'{program} {name}']
        run_command(name)
    else:
        run_tool(lambda: _list_commands(program, names) if word in ('-h', '--help') else _refuse(word, program, names))


def _list_commands(program: str, names: list[str]) -> None:
    width = max(map(len, names)) + 2
    listing = '\n'.join(f'  {name:{width}}{summary(name)}' for name in names)
    print(f'usage: {program} COMMAND ...; {program} COMMAND --help\n\ncommands:\n{listing}')


def _refuse(word: str, program: str, names: list[str]) -> None:
    near = get_close_matches(word, names, n=1)
    hint = f'did you mean {near[0]}? ' if near else ''
    raise InputError(f'{word!r} is not a command', remedy=f'{hint}{program} --help lists them')


if __name__ == '__main__':
    main()
