"""Commands answer ``--help`` at once, and those that need no network never import torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mmacl.commands import command_names

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.name for path in (ROOT / 'tools/maintenance').glob('*.py'))
HEAVY = {'torch', 'mmengine', 'sklearn', 'scipy', 'matplotlib', 'mmcv', 'cv2', 'rich'}
RUN = """
import atexit, runpy, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name='__main__')
"""


def run(program: str, *words: object) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """Run a program in a process of its own; the packages that it imported."""
    command = [sys.executable, '-c', RUN, str(ROOT / program), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    *lines, modules = done.stderr.splitlines()
    assert not lines, done.stderr
    return done, {module.partition('.')[0] for module in modules.split()}


@pytest.mark.parametrize(
    ('words', 'usage'),
    [
        *((('mmacl/__main__.py', name), f'usage: python -m mmacl {name} ') for name in command_names()),
        *(((f'tools/maintenance/{name}',), f'usage: {name} ') for name in SCRIPTS),
    ],
    ids=lambda words: words[-1] if isinstance(words, tuple) else '',
)
def test_help_imports_nothing_heavy(words, usage):
    done, packages = run(*words, '--help')
    assert done.returncode == 0
    assert done.stdout.startswith(usage)
    assert not packages & HEAVY


@pytest.fixture
def detections(folder, tmp_path) -> Path:
    """Every instance of the folder, found exactly."""
    database = json.loads((folder / 'annotations.json').read_text())['database']
    found = {
        name: [{**instance, 'score': 0.9} for instance in video['annotations']]
        for name, video in database.items()
        if video['subset'] == 'test'
    }
    (tmp_path / 'results.json').write_text(json.dumps({'results': found}))
    return tmp_path / 'results.json'


FEW = [
    f'+{key}_dataloader.dataset.{what}'
    for key in ('train', 'val', 'test')
    for what in ('num_videos=4', 'num_classes=2')
]


@pytest.mark.parametrize(
    ('words', 'output', 'allowed'),
    [
        (
            ('eval_detections', 'GT', 'RESULTS', '--protocol', 'all', '--per-class', '--baseline', 'whole-video'),
            '100.00',
            '',
        ),
        (('diagnose_detections', 'GT', 'RESULTS'), '', ''),
        (('diagnose_detections', 'GT', 'RESULTS', '--out-dir', 'OUT/plots'), '', 'matplotlib'),
        (('check_dataset', 'FOLDER', '--fps', 1, '--snippet-stride', 1, '--worst', 3), 'no faults', ''),
        (('check_dataset', 'CONFIG'), 'no faults', ''),
        (('check_dataset', 'acl_synthetic_us', '--cfg-options', *FEW), 'simulated', ''),
        (('convert_dataset', '--features', 'folder', 'FOLDER', '--annotations', 'GT', '--out', 'OUT/c'), '', ''),
        (('browse_dataset', 'GT', '--subset', 'test', '--out-dir', 'OUT/b'), '', 'matplotlib'),
        (
            ('browse_dataset', 'CONFIG', '--number', 1, '--out-dir', 'OUT/b'),
            'test · 6 videos, 6 instances',
            'matplotlib',
        ),
    ],
    ids=lambda words: ' '.join(map(str, words[:2])) if isinstance(words, tuple) else '',
)
def test_looking_at_data_and_scores_imports_only_what_it_needs(
    words, output, allowed, folder, detections, write_config, tmp_path
):
    places = {
        'GT': folder / 'annotations.json',
        'RESULTS': detections,
        'FOLDER': folder,
        'CONFIG': write_config(folder),
    }
    words = [str(places.get(word, word)).replace('OUT', str(tmp_path)) for word in words]
    done, packages = run('mmacl/__main__.py', *words)
    assert done.returncode == 0, done.stdout
    assert output in done.stdout
    assert 'mmacl' in packages
    assert packages & {'torch', 'mmcv', 'sklearn', 'scipy', 'matplotlib', 'cv2', 'h5py'} == {*allowed.split()}


def test_a_report_is_built_without_torch():
    words = 'import sys, mmacl.reports.page.build_report; print(*sys.modules)'
    done = subprocess.run([sys.executable, '-c', words], capture_output=True, text=True, check=True)
    packages = {module.partition('.')[0] for module in done.stdout.split()}
    assert 'matplotlib' in packages
    assert not packages & {'torch', 'mmcv', 'sklearn', 'scipy'}
