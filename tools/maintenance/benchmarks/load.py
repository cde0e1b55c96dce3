"""``load``: batches of training from a folder, from caches and from a table; every feature store beside np.load.

The data set, the sampler and the pipeline are those of the config; a batch is ready when it is padded and on the
device. Every video has been read before the workers start, as the check of the data at the start of a training does:
files come from the page cache of the system, and forked workers share what a cache holds. A table holds all features
where the model is; workers then draw rows alone (``default_hooks.feature_table``).
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from .folder import write_folder
from .layouts import compare_layouts
from .setting import Row, Setting, Tables
from .timing import wait_for
from .training import load_method

_VIDEOS = 80
_BUDGET = 8 << 30
#: Keys of the data set for each way of keeping features.
WAYS: dict[str, dict[str, Any]] = {
    'npy folder': {},
    'cache, float32': {'cache': {'budget_bytes': _BUDGET, 'dtype': 'float32'}},
    'cache, float16': {'cache': {'budget_bytes': _BUDGET, 'dtype': 'float16'}},
    'table on the device, float32': {},
    'table on the device, float16': {},
}


def measure(setting: Setting) -> Tables:
    """Time batches and stores."""
    count = min(setting.size.train_videos, _VIDEOS)
    with TemporaryDirectory() as folder:
        stored = write_folder(Path(folder), setting.size, count, 0)
        rows = [time_batches(way, workers, folder, setting) for way in WAYS for workers in (0, 2)]
    base = next(row['ms a batch'] for row in rows if row['workers'] == 2)
    for row in rows:
        row['ratio'] = base / row['ms a batch']
    title = f'batches of 24 out of {count} videos, {stored / 1e9:.2f} GB'
    return {title: rows, 'feature stores beside np.load': compare_layouts(setting)}


def time_batches(way: str, workers: int, folder: str, setting: Setting) -> Row:
    """A row of one way; ratio is left to the caller."""
    from mmengine.registry import DefaultScope
    from mmengine.runner import Runner

    from mmacl.datasets.feature_table import read_feature_table
    from mmacl.models import SnippetDataPreprocessor
    from mmacl.structures import PseudoLabels

    config = load_method('acl', setting.size).train_dataloader
    config.dataset.update(
        type='Thumos14Dataset', subset='train', data_root=folder, ann_file='gt.json', **WAYS[way],
        feature_dims=dict(rgb=setting.size.width, flow=setting.size.width),
    )  # fmt: skip
    warm_up, timed = setting.times(1, 15), setting.times(2, 20)
    config.update(num_workers=workers, persistent_workers=workers > 0)
    config.batch_sampler.num_batches = warm_up + timed
    prepare = SnippetDataPreprocessor().to(setting.device)
    with DefaultScope.overwrite_default_scope('mmacl'):
        loader = Runner.build_dataloader(config, seed=0)
        dataset = loader.dataset
        names = tuple(dataset.video_names)
        if way.startswith('table'):
            table = prepare.table = read_feature_table(dataset, setting.device, way.rsplit(' ', 1)[1])
            dataset.first_rows = table.first_rows
        for i in range(len(dataset)):
            dataset[i]  # fills the cache, which workers that are forked later share
        assigned = np.arange(len(names)) % min(setting.size.num_clusters, len(names))
        loader.batch_sampler.set_labels(PseudoLabels.from_assignments(names, assigned, setting.size.num_clusters))
        seconds, gigabytes = [], []
        batches = iter(loader)
        for _ in range(warm_up + timed):
            start = time.perf_counter()
            batch = next(batches)
            prepared = prepare(batch, True)
            wait_for(setting.device)
            seconds.append(time.perf_counter() - start)
            gigabytes.append(int(prepared['mask'].sum()) * 2 * setting.size.width * 4 / 1e9)
        del batches
        loader._iterator = None
    speed = sum(gigabytes[warm_up:]) / sum(seconds[warm_up:])
    return {
        'features': way,
        'workers': workers,
        'ms a batch': 1000 * float(np.mean(seconds[warm_up:])),
        'median ms': 1000 * median(seconds[warm_up:]),
        'GB/s': speed,
        'of page cache': setting.share(speed, 'page cache GB/s'),
        'of memory rate': setting.share(speed, 'memory GB/s'),
    }
