"""``start``: how long each command takes to answer ``--help``, and to refuse a file that is not there.

The second is what a command needs before its work: Python, arguments, imports. Beside them stand Python alone and the
imports of NumPy and torch. Medians; ratios are of the processor's seconds, to those of ``import torch``.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from mmacl.commands import command_names

from .processes import time_processes
from .setting import Row, Setting, Tables
from .timing import Times

_NONE = 'no_such_file'
#: What a command is told, apart from one file that is not there.
_WORDS = {
    'compare_score_maps': [f'{_NONE}.py', f'{_NONE}.pth'],
    'convert_annotations': [_NONE, '--to', 'elan', '--out', 'out'],
    'convert_dataset': ['--features', 'npy', _NONE, '--out', 'out'],
    'convert_i3d_weights': [f'{_NONE}.pt', '--out', 'out.safetensors'],
    'diagnose_detections': [f'{_NONE}.json', f'{_NONE}.json'],
    'discover': [_NONE, '--num-actions', '2', '--out', 'out'],
    'eval_detections': [f'{_NONE}.json', f'{_NONE}.json'],
    'extract_features': [f'{_NONE}.mp4', '--out', 'out'],
    'find_actions': [f'{_NONE}.mp4', '--model', f'{_NONE}.py', '--checkpoint', f'{_NONE}.pth', '--out', 'out'],
    'list_extractors': [],
    'list_models': [],
    'paper_tables': ['--dataset', 'synthetic', '--variants', _NONE, '--out', 'out'],
    'test': [f'{_NONE}.py', f'{_NONE}.pth'],
}
_ALONE = {
    'python -c pass': ['-c', 'pass'],
    'import numpy': ['-c', 'import numpy'],
    'import torch': ['-c', 'import torch'],
}


def measure(setting: Setting, names: list[str] | None = None) -> Tables:
    """Time all commands, or those of ``names``."""
    commands = dict(_ALONE)
    for name in command_names() if names is None else names:
        commands[f'{name} --help'] = ['-m', 'mmacl', name, '--help']
        commands[name] = ['-m', 'mmacl', name, *_WORDS.get(name, [f'{_NONE}.py'])]
    with TemporaryDirectory() as folder:
        # New processes find mmacl as this one does, whatever folder they start in.
        before = os.environ.get('PYTHONPATH')
        os.environ['PYTHONPATH'] = str(Path(__file__).resolve().parents[3])
        try:
            times = time_processes(commands, setting.times(1, 5), folder)
        finally:
            if before is None:
                del os.environ['PYTHONPATH']
            else:
                os.environ['PYTHONPATH'] = before
    torch = times['import torch'].processor_median
    rows: list[Row] = [_row(name, times[name], None, torch) for name in _ALONE]
    rows += [
        _row(name, times[f'{name} --help'], times[name], torch) for name in commands if f'{name} --help' in commands
    ]
    return {'the start of each command': rows}


def _row(name: str, first: Times, whole: Times | None, torch: float) -> Row:
    """A row of a command: ``--help``, and until it refuses."""
    whole_or_first = whole or first
    return {
        'command': name,
        '--help s': first.median if whole else None,
        '--help processor s': first.processor_median if whole else None,
        's': whole_or_first.median,
        'processor s': whole_or_first.processor_median,
        'of import torch': whole_or_first.processor_median / torch,
    }
