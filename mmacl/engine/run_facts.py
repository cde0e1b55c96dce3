"""Facts of a run that its figures depend on, and its ground truth."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import get_world_size
from mmengine.evaluator import Evaluator

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.annotations import AMBIGUOUS
from mmacl.evaluation.metrics.map_table import BEST_ON_TEST, STRICT
from mmacl.utils import usable_cores
from mmacl.version import __version__

_PACKAGES = ('torch', 'mmengine', 'mmcv-lite', 'numpy', 'scipy', 'scikit-learn')


def run_facts(runner: Any) -> dict[str, Any]:
    """Return config, seed, data set, protocol and environment of a run as plain values."""
    dataset = runner.train_dataloader.dataset
    metrics = [] if runner.val_loop is None else runner.val_loop.evaluator.metrics
    scored = next((known for metric in metrics if (known := getattr(metric, 'facts', None)) is not None), None)
    classes = dataset.metainfo.get('classes')
    return {
        'mmacl': __version__,
        'config': Path(runner.cfg.filename or 'config.py').stem,
        'seed': int(runner.seed),
        'data_set': str(dataset.metainfo.get('dataset_name', '')),
        'simulated': bool(dataset.metainfo.get('simulated', False)),
        'classes': None if classes is None else list(classes),
        'selection': selection_of(runner),
        'protocol': '' if scored is None else scored.protocol,
        'scored': '' if scored is None else str(scored),
        'rounds': int(runner.train_loop.num_rounds),
        'processes': get_world_size(),
        'environment': environment(),
    }


def environment() -> dict[str, str]:
    """Return versions and the kind of machine, without its name and paths."""
    on_gpu = torch.cuda.is_available()
    return {
        'python': platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
        'system': f'{platform.system()} {platform.machine()}',
        'device': torch.cuda.get_device_name() if on_gpu else f'CPU, {usable_cores()} cores',
        'threads': str(torch.get_num_threads()),
    }


def ground_truth(*datasets: UntrimmedVideoDataset) -> dict[str, Any] | None:
    """Return the annotations of datasets in ActivityNet's form, unclipped, with ``classes`` in label order.

    Returns:
        The content of a file; None if no video is annotated.
    """
    database: dict[str, Any] = {}
    classes: tuple[str, ...] = ()
    for dataset in datasets:
        for index, name in enumerate(dataset.video_names):
            record = dataset.record(index)
            if record is None:
                break
            classes = dataset.metainfo['classes']
            labelled = [*zip(record.labels, record.segments, strict=True), *((AMBIGUOUS, s) for s in record.ambiguous)]
            database[name] = {
                'subset': record.subset,
                'duration': record.duration,
                'annotations': [{'label': label, 'segment': segment.tolist()} for label, segment in labelled],
            }
    return {'classes': list(classes), 'database': database} if database else None


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return 'not installed'


def selection_of(runner: Any) -> str:
    """Return ``BEST_ON_TEST`` if labels chose the checkpoint, by a hook now or before it was loaded; else ``STRICT``.

    Args:
        runner: with hooks, one of which may have the attribute ``chosen_by_labels``.
    """
    chosen = any(getattr(hook, 'chosen_by_labels', False) for hook in runner.hooks)
    return BEST_ON_TEST if chosen else STRICT


def tell_metrics(evaluator: Evaluator, selection: str) -> None:
    """Pass the selection to metrics, which print it in their tables."""
    for metric in evaluator.metrics:
        if hasattr(metric, 'selection'):
            metric.selection = selection
