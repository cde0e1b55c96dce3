"""A folder and a config that train in a second."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


def write_folder(root: Path, num_videos: int = 18, num_classes: int = 3, dims: int = 12, seed: int = 0) -> Path:
    """Features of two streams and annotations: actions of a class shift the mean of a few dimensions."""
    rng = np.random.default_rng(seed)
    database = {}
    for index in range(num_videos):
        label, name = index % num_classes, f'video_{index:03d}'
        length = int(rng.integers(9, 30))
        start = int(rng.integers(0, length // 2))
        end = start + max(2, length // 3)
        for modality in ('rgb', 'flow'):
            features = rng.random((length, dims), dtype=np.float32)
            features[start:end, 3 * label : 3 * label + 3] += 2
            path = root / 'features' / modality / f'{name}.npy'
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, features)
        database[name] = {
            'subset': 'test' if index >= num_videos - 2 * num_classes else 'train',
            'duration': float(length),
            'annotations': [{'segment': [float(start), float(end)], 'label': f'class_{label}'}],
        }
    (root / 'annotations.json').write_text(json.dumps({'database': database}))
    return root


CONFIG = """
_base_ = '{repo}/configs/acl/acl_custom_us.py'
in_channels = dict(rgb=12, flow=12)
timing = dict(fps=1.0, snippet_stride=1)
dataset = dict(data_root='{root}', feature_dims=in_channels, timing=timing)
model = dict(
    in_channels=in_channels,
    num_clusters=3,
    stream=dict(
        backbone=dict(branch_channels=4),
        class_specific_head=dict(hidden_channels=8),
        class_agnostic_head=dict(hidden_channels=8),
    ),
)
train_dataloader = dict(
    batch_size=6, num_workers=0, persistent_workers=False,
    batch_sampler=dict(clusters_per_batch=3, videos_per_cluster=2, num_batches=3),
    dataset=dict(subset='train', **dataset),
)
test_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(subset='test', **dataset))
val_dataloader = test_dataloader
optim_wrapper = dict(optimizer=dict(lr=1e-2))
# A fifth of the time of so small a training; test_end_to_end.py and test_resume.py train with them.
default_hooks = dict(summary=dict(diagnostics=False))
train_cfg = dict(num_rounds=3, epochs_per_round=2)
"""
