"""From a config to a runner that is known to be able to run."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dist import barrier, get_dist_info, is_main_process
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mmacl.engine import ConsoleRunner, find_latest_checkpoint, load_checkpoint_safely
from mmacl.engine.checkpoint import list_checkpoints
from mmacl.registry import DATASETS, RUNNERS
from mmacl.utils import InputError


def build_runner(config: Config) -> Runner:
    """The runner that the config names, or a :class:`ConsoleRunner`."""
    if 'runner_type' in config:
        return RUNNERS.build(config)
    return ConsoleRunner.from_cfg(config)


def check_datasets(config: Config, train: bool = True) -> None:
    """Look at every feature file and annotation that the config will read, before any work is done.

    Headers first (names, shapes, widths, lengths: quick), then all values (finite). The processes of a distributed run
    leave it to the first.

    Args:
        config: the composed config.
        train: whether the training data are read as well as the test data.

    Raises:
        InputError: the first fault, with file and remedy.
    """
    if get_dist_info()[0] != 0:
        return
    seen: list[Any] = []
    with DefaultScope.overwrite_default_scope('mmacl'):
        for key in ('train_dataloader', 'val_dataloader', 'test_dataloader') if train else ('test_dataloader',):
            dataset_config = (config.get(key) or {}).get('dataset')
            if dataset_config is None or dataset_config in seen:
                continue
            seen.append(dataset_config)
            dataset = DATASETS.build(dataset_config)
            dataset.check_files()
            dataset.check_finite()


def prepare_work_dir(config: Config, resume: str | None) -> None:
    """Decide where the run starts, and move the checkpoints of an earlier run out of the way of a new one.

    Args:
        config: its ``work_dir`` is read; ``resume`` and ``load_from`` are set.
        resume: None for a new run, ``'auto'`` for the latest checkpoint in the work_dir, or a checkpoint.

    Raises:
        InputError: the checkpoint to resume from cannot be read, or the work_dir is a file.
    """
    work_dir = Path(config.work_dir)
    if work_dir.exists() and not work_dir.is_dir():
        raise InputError(f'{work_dir}: is a file; give a folder with --work-dir')
    if resume is None:
        if is_main_process():
            _move_earlier_run(work_dir)
        barrier()
        return
    checkpoint = find_latest_checkpoint(work_dir) if resume == 'auto' else Path(resume)
    if checkpoint is None:
        print(f'no checkpoint in {work_dir}: starting from the beginning')
        return
    load_checkpoint_safely(str(checkpoint))
    if is_main_process():
        _move_later_checkpoints(work_dir, checkpoint)
    barrier()
    config.resume, config.load_from = True, str(checkpoint)


def _move_earlier_run(work_dir: Path) -> None:
    earlier = list_checkpoints(work_dir)
    if not earlier:
        return
    keep = _move_aside(work_dir, earlier)
    if (work_dir / 'clusters').is_dir() and not (keep / 'clusters').exists():
        shutil.move(work_dir / 'clusters', keep / 'clusters')
    print(f'{len(earlier)} checkpoints of an earlier run moved to {keep} (--resume would go on with it)')


def _move_later_checkpoints(work_dir: Path, checkpoint: Path) -> None:
    """Those after the one to resume from, or of another run: the next --resume would take them for this run's."""
    here = list_checkpoints(work_dir)
    names = [path.resolve() for path in here]
    later = here[names.index(checkpoint.resolve()) + 1 :] if checkpoint.resolve() in names else here
    if later:
        print(f'{len(later)} checkpoints that are not before {checkpoint} moved to {_move_aside(work_dir, later)}')


def _move_aside(work_dir: Path, checkpoints: list[Path]) -> Path:
    when = datetime.fromtimestamp(checkpoints[-1].stat().st_mtime).strftime('%Y%m%d_%H%M%S')
    keep = work_dir / f'earlier_{when}'
    keep.mkdir(exist_ok=True)
    for path in checkpoints:
        shutil.move(path, keep / path.name)
    return keep
