"""The face of a package names what is in it and imports a module only when a name of that module is asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import mmacl

PACKAGE = Path(mmacl.__file__).parent
FACES = ['.'.join(('mmacl', *stub.parent.relative_to(PACKAGE).parts)) for stub in sorted(PACKAGE.rglob('__init__.pyi'))]
HEAVY = {'torch', 'mmengine', 'sklearn', 'scipy', 'matplotlib', 'mmcv', 'cv2', 'rich'}


def test_faces_import_nothing_heavy():
    command = f'import sys, {", ".join(FACES)}; print(*sys.modules)'
    done = subprocess.run([sys.executable, '-c', command], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert set(FACES) <= loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize('face', FACES)
def test_every_name_in_a_face_is_there(face):
    package = import_module(face)
    assert package.__all__
    assert not [name for name in package.__all__ if isinstance(getattr(package, name), ModuleType)]


def test_a_function_named_like_its_module_is_found_after_the_module_was_imported():
    lines = (
        'import mmacl.clustering.video_groups',
        'from mmacl.clustering import video_groups',
        'video_groups.__code__',
    )
    subprocess.run([sys.executable, '-c', '\n'.join(lines)], check=True)
