"""Components are found by name, without importing them first, and without a warning."""

from __future__ import annotations

import subprocess
import sys

from mmengine.registry import Registry

from mmacl import registry

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
