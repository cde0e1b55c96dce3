"""Rules that hold for the whole tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ('.ci', 'configs', 'demo', 'docs', 'mmacl', 'projects', 'requirements', 'tests', 'tools')
TEXT = {'.cfg', '.in', '.json', '.md', '.py', '.rst', '.sh', '.toml', '.txt', '.yaml', '.yml', ''}

# Written so that this file does not match itself.
MACHINE_PATH = re.compile('/' + r'(?:work|root|farm|mnt|(?:tmp|home|Users)/[A-Za-z]+)/')
# In quotes it is a key of COCO's JSON.
FOREIGN_WORD = re.compile('(?<![\'"])bb' + 'ox|bb' + 'ox(?![\'"])', re.IGNORECASE)
UNFINISHED = re.compile('TO' + r'DO\b|FIX' + r'ME\b|XX' + r'X\b|pragma: no ' + 'cover')

# One room a floor: a room imports from the floors below it, so that no circle between two rooms can hide.
FLOORS = (
    'version',
    'utils',
    'cli',
    'registry',
    'structures',
    'datasets',
    'models',
    'evaluation',
    'localization',
    'clustering',
    'video',
    'visualization',
    'engine',
    'config',
    'dataset_tools',
    'runs',
    'reports',
    'apis',
    'commands',
    '__main__',
)
FLOOR_OF = {room: floor for floor, room in enumerate(FLOORS)}
KEPT_APART = {'models': {'datasets'}}


def text_files() -> Iterator[Path]:
    """Files of the project that people write."""
    # In a worktree .git is a file, and git's own.
    candidates = [path for path in ROOT.iterdir() if path.is_file() and path.name != '.git']
    candidates += [path for folder in FOLDERS for path in (ROOT / folder).rglob('*') if path.is_file()]
    for path in candidates:
        hidden = {'__pycache__', '_build'} & set(path.parts) or path.name.startswith('.coverage')
        if not hidden and path.suffix in TEXT and path.name != 'LICENSE':
            yield path


def modules(folder: str) -> list[Path]:
    """Python files below a folder."""
    return sorted(path for path in (ROOT / folder).rglob('*.py') if '_build' not in path.parts)


def name_of(path: Path) -> str:
    """Path in the repository."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    'pattern', [MACHINE_PATH, FOREIGN_WORD, UNFINISHED], ids=['machine path', 'word', 'unfinished']
)
def test_nothing_in_the_tree_matches(pattern):
    found = [
        f'{name_of(path)}:{number}: {line.strip()}'
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, '\n'.join(found)


def test_files_stay_short():
    lengths = {
        name_of(path): len(path.read_text().splitlines()) for folder in ('mmacl', 'tools') for path in modules(folder)
    }
    assert not {name: length for name, length in lengths.items() if length > 300}


def test_every_folder_of_python_files_in_the_package_is_a_package():
    assert not [
        name_of(folder)
        for folder in {path.parent for path in modules('mmacl')}
        if not (folder / '__init__.py').exists()
    ]


def imported_rooms(path: Path) -> Iterator[str]:
    """Rooms of mmacl that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f'{node.module}.{alias.name}' if node.module == 'mmacl' else node.module for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition('.')
            if package == 'mmacl' and rest.split('.')[0] in FLOOR_OF:
                yield rest.split('.')[0]


def test_imports_run_downward():
    wrong = []
    for path in modules('mmacl'):
        place = path.relative_to(ROOT / 'mmacl')
        room = place.parts[0].removesuffix('.py')
        if room == '__init__':
            continue
        for other in set(imported_rooms(path)):
            if FLOOR_OF[other] > FLOOR_OF[room] or other in KEPT_APART.get(room, ()):
                wrong.append(f'{name_of(path)} imports {other}')
    assert not wrong


def uses_of_file(tree: ast.AST) -> Iterator[str]:
    """Expressions around each ``__file__``: the call or attribute that takes it, two steps up."""
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == '__file__':
            yield ast.unparse(above[above[node]])


def test_the_package_reads_no_file_outside_itself():
    """An installed package has no checkout around it; configs come from ``mmacl.config.shipped``."""
    wrong = []
    for path in modules('mmacl'):
        tree = ast.parse(path.read_text())
        wrong += [
            f'{name_of(path)}: {use}'
            for use in uses_of_file(tree)
            if not use.endswith(('lazy_loader.attach_stub(__name__, __file__)', 'Path(__file__).with_name'))
        ]
        joined = [node.right for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)]
        for operand in joined:
            first = str(getattr(operand, 'value', '')).split('/')[0]
            if first in ('configs', 'demo', 'docs', 'tests', 'tools') and path.name != 'shipped.py':
                wrong.append(f'{name_of(path)}:{operand.lineno}: {first}')
    assert not wrong


def test_only_arrays_are_unpickled():
    """What reads files never runs what they contain."""
    wrong = []
    for path in [*modules('mmacl'), *modules('tools')]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
                if (node.arg, node.value.value) in {('allow_pickle', True), ('weights_only', False), ('shell', True)}:
                    wrong.append(f'{name_of(path)}:{node.value.lineno}: {node.arg}={node.value.value}')
            elif isinstance(node, ast.ExceptHandler) and node.type is None:
                wrong.append(f'{name_of(path)}:{node.lineno}: except without a type')
    assert not wrong
