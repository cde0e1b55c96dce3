"""Start a training or test from a config: check the data, lock the folder, build the runner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dist import get_dist_info
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mmacl.engine import ConsoleRunner, find_latest_checkpoint, load_checkpoint_safely, start_processes
from mmacl.engine.config_faults import report_config_faults
from mmacl.engine.work_dir import list_checkpoints
from mmacl.registry import DATASETS, RUNNERS
from mmacl.utils import InputError, check_can_write
from mmacl.utils.folder_lock import FolderLock

_LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')

CheckedDataset = tuple[dict[str, Any], Any]
"""Config of a data set, and the data set that was built from it."""


def place_run(config: Config, work_dir: str | None, launcher: str) -> None:
    """Put the work folder and the launcher into the config, and join the other processes.

    Args:
        config: the composed config.
        work_dir: the folder; None: that of the config, or ``work_dirs/<name of the config>``.
        launcher: see :func:`~mmacl.engine.start_processes`.
    """
    config.launcher = launcher
    config.work_dir = work_dir or config.get('work_dir') or f'work_dirs/{Path(config.filename).stem}'
    start_processes(launcher)


def train(config: Config, resume: str | None = None) -> None:
    """Train a config as the only writer of its work_dir.

    Args:
        config: the composed config, with a ``work_dir``.
        resume: see :func:`prepare_work_dir`.

    Raises:
        InputError: the config, the data or the checkpoint cannot be used, or a training is running in the work_dir.
    """
    with _only_writer(config.work_dir) as begin:
        datasets = check_datasets(config)
        begin()
        prepare_work_dir(config, resume)
        runner = build_runner(config, datasets)
        with report_config_faults(config):
            runner.train()


@contextmanager
def _only_writer(work_dir: str) -> Iterator[Callable[[], None]]:
    """Lock the work_dir if it exists; call the value to make and lock it otherwise.

    So a run that is refused makes no folder. In a distributed run the first process locks.
    """
    lock = FolderLock(work_dir, remedy='wait for that training to end, or give another --work-dir')
    is_main = get_dist_info()[0] == 0

    def begin() -> None:
        if is_main:
            check_can_write(work_dir, '--work-dir', folder=True)
            lock.acquire()

    try:
        if lock.folder.exists():
            begin()
        yield begin
    finally:
        lock.release()


def build_runner(config: Config, datasets: list[CheckedDataset] | None = None) -> Runner:
    """Build the runner that the config names, or a :class:`ConsoleRunner`.

    Args:
        config: the composed config.
        datasets: the result of :func:`check_datasets`, which the runner uses instead of reading the data again.

    Raises:
        InputError: a value of the config cannot be used.
    """
    with report_config_faults(config, whole=True):
        runner = RUNNERS.build(config) if 'runner_type' in config else ConsoleRunner.from_cfg(config)
    for name in _LOADERS:
        loader = getattr(runner, f'_{name}')
        for wanted, dataset in datasets or ():
            if isinstance(loader, dict) and loader.get('dataset') == wanted:
                # The type is a function, because mmengine deep-copies the config of a loader, and a data set in it too.
                handed_over = {**loader, 'dataset': {'type': lambda dataset=dataset: dataset}}
                setattr(runner, f'_{name}', handed_over)
    return runner


def check_datasets(config: Config, train: bool = True, values: bool = True) -> list[CheckedDataset]:
    """Check every feature file and annotation that the config will read, before any work is done.

    First the headers (names, shapes, widths, lengths: quick), then all values (finite). In a distributed run the first
    process checks.

    Args:
        config: the composed config.
        train: whether the training data are read as well as the test data.
        values: whether all values are read, besides the headers.

    Returns:
        The data sets, each once; pass them to :func:`build_runner`.

    Raises:
        InputError: the first fault, with file and remedy.
    """
    checked: list[CheckedDataset] = []
    if get_dist_info()[0] != 0:
        return checked
    with DefaultScope.overwrite_default_scope('mmacl'), report_config_faults(config):
        for name in _LOADERS if train else _LOADERS[2:]:
            dataset_config = (config.get(name) or {}).get('dataset')
            if dataset_config is None or any(dataset_config == wanted for wanted, _ in checked):
                continue
            dataset = DATASETS.build(dataset_config)
            dataset.check_files()
            if values:
                dataset.check_finite()
            checked.append((dataset_config, dataset))
    return checked


def prepare_work_dir(config: Config, resume: str | None) -> None:
    """Set the checkpoint that the run starts from; wait until the folder of its logs is a new one.

    Args:
        config: its ``work_dir`` is read; ``resume`` and ``load_from`` are set.
        resume: None for a new run, ``'auto'`` for the latest checkpoint in the work_dir, or a checkpoint.

    Raises:
        InputError: the checkpoint to resume from cannot be read, or the work_dir is a file.
    """
    work_dir = Path(config.work_dir)
    if work_dir.exists() and not work_dir.is_dir():
        raise InputError('is a file', file=work_dir, remedy='give a folder with --work-dir')
    # mmengine names the folder of the logs by the second: two runs within one would write into the same.
    while (work_dir / time.strftime('%Y%m%d_%H%M%S')).exists():
        time.sleep(0.05)
    if resume is None:
        return
    checkpoint = find_latest_checkpoint(work_dir) if resume == 'auto' else Path(resume)
    if checkpoint is None:
        print(f'no checkpoint in {work_dir}: starting from the beginning')
        return
    try:
        load_checkpoint_safely(str(checkpoint))
    except InputError as error:
        here = list_checkpoints(work_dir)
        if checkpoint in here:
            older = next((path for path in reversed(here[: here.index(checkpoint)]) if _is_readable(path)), None)
            error.remedy = f'go on from an older one: --resume {older}' if older else 'start again without --resume'
        raise
    config.resume, config.load_from = True, str(checkpoint)


def _is_readable(checkpoint: Path) -> bool:
    try:
        load_checkpoint_safely(str(checkpoint))
    except InputError:
        return False
    return True
