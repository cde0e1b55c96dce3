"""From a config to a runner that is known to be able to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dist import get_dist_info
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mmacl.engine import ConsoleRunner, find_latest_checkpoint, load_checkpoint_safely
from mmacl.registry import DATASETS, RUNNERS
from mmacl.utils import InputError


def build_runner(config: Config) -> Runner:
    """The runner that the config names, or a :class:`ConsoleRunner`.

    Raises:
        InputError: a value of the config cannot be used.
    """
    try:
        return RUNNERS.build(config) if 'runner_type' in config else ConsoleRunner.from_cfg(config)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        reason = ' '.join(str(error.args[0] if error.args else error).split())[:200]
        raise InputError(
            f'{type(error).__name__}: {reason}', file=config.filename, remedy='mend the value in the config'
        ) from error


def check_datasets(config: Config, train: bool = True, values: bool = True) -> None:
    """Look at every feature file and annotation that the config will read, before any work is done.

    Headers first (names, shapes, widths, lengths: quick), then all values (finite). The processes of a distributed run
    leave it to the first.

    Args:
        config: the composed config.
        train: whether the training data are read as well as the test data.
        values: whether all values are read, besides the headers.

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
            if values:
                dataset.check_finite()


def prepare_work_dir(config: Config, resume: str | None) -> None:
    """Decide where the run starts.

    Args:
        config: its ``work_dir`` is read; ``resume`` and ``load_from`` are set.
        resume: None for a new run, ``'auto'`` for the latest checkpoint in the work_dir, or a checkpoint.

    Raises:
        InputError: the checkpoint to resume from cannot be read, or the work_dir is a file.
    """
    work_dir = Path(config.work_dir)
    if work_dir.exists() and not work_dir.is_dir():
        raise InputError('is a file', file=work_dir, remedy='give a folder with --work-dir')
    if resume is None:
        return
    checkpoint = find_latest_checkpoint(work_dir) if resume == 'auto' else Path(resume)
    if checkpoint is None:
        print(f'no checkpoint in {work_dir}: starting from the beginning')
        return
    load_checkpoint_safely(str(checkpoint))
    config.resume, config.load_from = True, str(checkpoint)
