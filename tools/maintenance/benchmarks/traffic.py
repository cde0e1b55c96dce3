"""``traffic``: bytes that a process hands to the others in a training, calculated and counted.

Two processes (gloo) train a small folder of simulated features, and a plug-in counts what each collective operation is
given. The same formulas then give the bytes at the asked size with 16 processes. Bytes are those that one process hands
in; an all-gather delivers them to every other process, an all-reduce moves about twice as many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mmacl.utils import InputError

from .setting import Row, Setting, Size, Tables
from .training import load_method

#: Environment variable: the JSON file of what the plug-in counted in the first process.
OUT = 'MMACL_TRAFFIC_JSON'
ROOT = Path(__file__).resolve().parents[3]
_SMALL = Size('two', 'thumos14', 24, 8, 4, median_snippets=12, longest=20, width=16, hidden=8)
_STEPS, _ROUNDS, _VIDEOS = 3, 2, 8
_NAMES = {
    'step: all_reduce': 'step: gradients',
    'step: all_gather': 'step: rows',
    'clustering: all_gather': 'clustering: representations',
    'clustering: broadcast': 'clustering: labels',
    'validation: all_gather': 'validation: detections and curves',
}
_CONFIG = """
_base_ = '{root}/configs/acl/acl_custom_us.py'
custom_imports = dict(imports=['tools.maintenance.benchmarks.traffic_counter'])
custom_hooks = [dict(type='TrafficCounterHook')]
dataset = dict(data_root='{folder}', ann_file=None, feature_dims=dict(rgb={d}, flow={d}), timing=dict(fps=25.0, snippet_stride=16))
model = dict(
    in_channels=dict(rgb={d}, flow={d}), num_clusters={c},
    stream=dict(backbone=dict(branch_channels={h}), class_specific_head=dict(hidden_channels={h}), class_agnostic_head=dict(hidden_channels={h})),
)
train_dataloader = dict(
    batch_size={b}, num_workers=0, persistent_workers=False,
    batch_sampler=dict(clusters_per_batch={c}, videos_per_cluster=2, num_batches={steps}), dataset=dict(subset=None, **dataset),
)
test_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(subset=None, **dataset))
val_dataloader = test_dataloader
train_cfg = dict(num_rounds={rounds}, epochs_per_round=1)
"""  # noqa: E501


def calculate(config: Any, num_videos: int, batch_size: int, processes: int) -> dict[str, float]:
    """Bytes that a process hands in, of ACL: in a step the gradients and the rows of the losses, and in a clustering.

    Args:
        config: of the model.
        num_videos: N of the training.
        batch_size: of all processes together.
        processes: W.
    """
    from mmengine.registry import DefaultScope

    from mmacl.registry import MODELS

    with DefaultScope.overwrite_default_scope('mmacl'):
        model = MODELS.build(config.model)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    share, clusters = batch_size / processes, model.num_clusters
    hidden = config.model.stream.class_specific_head.hidden_channels
    counts = 8 * (1 + len(model.in_channels))  # every gathering says how many rows come
    labels = 8 * share * (clusters + 2)
    rows = 4 * share * len(model.in_channels) * (clusters + 3 * hidden + 1)
    return {
        'step: gradients': 4 * parameters,
        'step: rows': counts + labels + rows,
        'clustering: representations': 8 * num_videos / processes * sum(model.in_channels.values()),
    }


def by_part(found: dict[str, Any]) -> dict[str, float]:
    """Bytes of a step, of a clustering and of a validation, from what the plug-in counted in all of them."""
    per = {'step': found['steps'], 'clustering': found['rounds'], 'validation': found['rounds']}
    return {
        _NAMES.get(key, key): number / per[part]
        for key, number in found['bytes'].items()
        if (part := key.partition(': ')[0]) in per
    }


def measure(setting: Setting) -> Tables:
    """Count with two processes; calculate for the asked size and 16."""
    small = load_method('acl', _SMALL)
    wanted = calculate(small, _SMALL.train_videos, _VIDEOS, 2)
    counted = by_part(count())
    config = load_method('acl', setting.size)
    large = calculate(config, setting.size.train_videos, config.train_dataloader.batch_size, 16)
    rows: list[Row] = []
    for key in [*wanted, *(key for key in counted if key not in wanted)]:
        rows.append({
            'a process hands in': key,
            'calculated': wanted.get(key),
            'counted': counted.get(key, 0),
            'ratio': counted.get(key, 0) / wanted[key] if key in wanted else None,
            f'{setting.size.name}, 16 processes': large.get(key),
        })  # fmt: skip
    return {'bytes between two processes: a small ACL on simulated features': rows}


def count() -> dict[str, Any]:
    """Train with two processes and return what the plug-in counted.

    Raises:
        InputError: the training failed.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rng = np.random.default_rng(0)
        for modality in ('rgb', 'flow'):
            (folder / 'features' / modality).mkdir(parents=True)
            for index in range(_SMALL.train_videos):
                snippets = rng.random((12 + index % 8, _SMALL.width), dtype=np.float32)
                np.save(folder / 'features' / modality / f'video_{index:03d}.npy', snippets)
        text = _CONFIG.format(
            root=ROOT, folder=folder, d=_SMALL.width, c=_SMALL.num_clusters, h=_SMALL.hidden, b=_VIDEOS,
            steps=_STEPS, rounds=_ROUNDS,
        )  # fmt: skip
        (folder / 'traffic_us.py').write_text(text)
        command = [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2']
        command += [str(ROOT / 'tools/train.py'), str(folder / 'traffic_us.py'), '--work-dir', str(folder / 'run')]
        environment = {**os.environ, 'PYTHONPATH': str(ROOT), OUT: str(folder / 'traffic.json')}
        environment.update(OMP_NUM_THREADS='1', CUDA_VISIBLE_DEVICES='')
        done = subprocess.run([*command, '--launcher', 'pytorch'], env=environment, text=True, capture_output=True)
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if 'error' in line.lower()] or ['no message']
            raise InputError(f'the training failed: {said[0].strip()}')
        found: dict[str, Any] = json.loads((folder / 'traffic.json').read_text())
    return found
