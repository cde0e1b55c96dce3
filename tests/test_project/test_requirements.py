"""What is installed is what is needed, and says why."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = sorted((ROOT / 'requirements').glob('*.txt'))

# Import name -> distribution, where they differ.
DISTRIBUTIONS = {
    'PIL': 'pillow',
    'cv2': 'opencv-python',
    'mmcv': 'mmcv-lite',
    'pympi': 'pympi-ling',
    'sklearn': 'scikit-learn',
    'yaml': 'pyyaml',
}


def requirement_lines(path: Path) -> list[str]:
    """Lines that name a distribution."""
    return [line for line in path.read_text().splitlines() if line.strip() and not line.startswith('#')]


def distributions(path: Path) -> set[str]:
    """Names of the distributions in a file of requirements."""
    return {re.split(r'[<>=!~;\[ ]', line)[0].lower() for line in requirement_lines(path)}


def imported_packages(folder: str) -> set[str]:
    """Top-level names that the files below a folder import from outside the standard library and the project."""
    names: set[str] = set()
    for path in (ROOT / folder).rglob('*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split('.')[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.split('.')[0])
    return names - set(sys.stdlib_module_names) - {'mmacl', 'tools', '__future__'}


@pytest.mark.parametrize('path', REQUIREMENTS, ids=lambda path: path.stem)
def test_each_requirement_says_why(path):
    lines = requirement_lines(path)
    assert lines
    assert not [line for line in lines if not re.search(r'#\s*\w+', line)]


@pytest.mark.parametrize('folder', ['mmacl', 'tools'])
def test_each_import_is_required(folder):
    known = distributions(ROOT / 'requirements/runtime.txt') | distributions(ROOT / 'requirements/optional.txt')
    for extra in ('video', 'annotation', 'neighbors'):
        known |= distributions(ROOT / f'requirements/{extra}.txt')
    needed = {DISTRIBUTIONS.get(name, name) for name in imported_packages(folder)}
    assert needed <= known


def test_each_runtime_requirement_is_imported_in_the_package():
    imported = {DISTRIBUTIONS.get(name, name) for name in imported_packages('mmacl')}
    # It chooses the build of cv2 that opencv-python brings too.
    assert distributions(ROOT / 'requirements/runtime.txt') - imported == {'opencv-contrib-python-headless'}


def test_setup_does_not_import_what_it_installs():
    tree = ast.parse((ROOT / 'setup.py').read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= {*sys.stdlib_module_names, 'setuptools', 'setuptools.command.build_py'}
