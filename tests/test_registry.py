"""Components are found by name, without importing them first, and without a warning."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from mmengine.registry import Registry

import mmacl
from mmacl import registry

PACKAGE = Path(mmacl.__file__).parent

WANTED = [
    ('MODELS', 'FAB'),
    ('MODELS', 'ClusterTripletLoss'),
    ('DATASETS', 'SyntheticActions'),
    ('TRANSFORMS', 'PackActionInputs'),
    ('DATA_SAMPLERS', 'ClusterBatchSampler'),
    ('FEATURE_STORES', 'NpyFolderStore'),
    ('ANNOTATION_READERS', 'ActivityNetAnnotations'),
    ('CLUSTERERS', 'SpectralClusterer'),
    ('POST_PROCESSORS', 'OuterInnerContrast'),
    ('METRICS', 'TemporalMAP'),
    ('LOOPS', 'RoundBasedTrainLoop'),
    ('HOOKS', 'ClusteringHook'),
    ('VISUALIZERS', 'ActionVisualizer'),
    # From mmengine, through the parent.
    ('HOOKS', 'IterTimerHook'),
    ('OPTIMIZERS', 'Adam'),
]


def test_a_fresh_process_finds_components_by_name():
    lines = ['from mmacl import registry']
    lines += [f'assert registry.{name}.get({component!r}) is not None, {component!r}' for name, component in WANTED]
    command = [sys.executable, '-W', 'error::UserWarning', '-c', '\n'.join(lines)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 'Failed to search registry' not in done.stdout + done.stderr


def test_every_registry_is_of_mmacl():
    found = [value for value in vars(registry).values() if isinstance(value, Registry)]
    assert len(found) > 20
    assert {value.scope for value in found} == {'mmacl'}


def registered() -> Iterator[tuple[str, str]]:
    """Registry and name of every class in the package that registers itself."""
    texts = [path.read_text(encoding='utf-8') for path in sorted(PACKAGE.rglob('*.py'))]
    for tree in [ast.parse(text) for text in texts if 'register_module' in text]:
        for node in tree.body:
            for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
                function = decorator.func if isinstance(decorator, ast.Call) else None
                if isinstance(function, ast.Attribute) and function.attr == 'register_module':
                    yield ast.unparse(function.value), node.name


@pytest.mark.parametrize(('name', 'component'), list(registered()))
def test_every_component_is_in_a_face_that_its_registry_reads(name, component):
    faces = [import_module(location) for location in getattr(registry, name)._locations]
    assert any(component in face.__all__ for face in faces)
