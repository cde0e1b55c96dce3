"""Run many trainings, some at a time: run what is missing, resume what was interrupted, read what is done."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mmacl.runs.seeded_run import SeededRun
from mmacl.runs.training_process import TrainingProcess
from mmacl.utils import InputError, usable_cores
from mmacl.utils.folder_lock import IN_USE, FolderLock

# Seconds between two checks of the processes.
_PAUSE = 0.2


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        run: the run.
        rows: rows of its rounds; None where it failed.
        error: why it failed, in one line.
        reused: whether it was finished before.
    """

    run: SeededRun
    rows: list[dict[str, Any]] | None
    error: str | None = None
    reused: bool = False


class RunWatcher(Protocol):
    """Is notified of what the queue does."""

    def started(self, process: TrainingProcess) -> None:
        """Notify that a training has started or was resumed."""

    def waiting(self, run: SeededRun) -> None:
        """Notify that another process trains this run."""

    def finished(self, outcome: Outcome) -> None:
        """Notify that a run has ended, or was finished before."""

    def tick(self, processes: Sequence[TrainingProcess]) -> None:
        """Notify that time has passed; pass the running trainings."""


def unique_runs(runs: Sequence[SeededRun]) -> dict[str, SeededRun]:
    """Return the runs by key, in order, each once."""
    unique: dict[str, SeededRun] = {}
    for run in runs:
        unique.setdefault(run.key, run)
    return unique


def run_all(runs: Sequence[SeededRun], jobs: int, watcher: RunWatcher) -> dict[str, Outcome]:
    """Run several trainings, some at a time, and divide the cores of the processor among them.

    A run that fails does not stop the others. A run that another process is training is left to that process, and
    resumed if the process ends before the run does. When this function ends, for whatever reason, its trainings end
    too; the next call resumes them.

    Args:
        runs: the runs, in this order.
        jobs: how many at a time.
        watcher: is notified of what happens.

    Returns:
        Outcome by key of the run.

    Raises:
        KeyboardInterrupt: on Ctrl-C, SIGTERM and SIGHUP, after all trainings have ended.
        InputError: a config cannot be read; raised before any training starts.
    """
    queue = _Queue(list(unique_runs(runs).values()), jobs, watcher)
    with _signals_interrupt():
        try:
            queue.reuse()
            while queue.pending or queue.running:
                queue.start_some()
                time.sleep(_PAUSE)
                queue.collect()
                watcher.tick(queue.running)
        finally:
            for process in queue.running:
                process.stop()
    return queue.outcomes


class _Queue:
    """Runs that wait, that run, and that have ended."""

    def __init__(self, runs: list[SeededRun], jobs: int, watcher: RunWatcher) -> None:
        self.pending, self.jobs, self.watcher = runs, jobs, watcher
        self.threads = max(1, usable_cores() // jobs)
        self.running: list[TrainingProcess] = []
        self.outcomes: dict[str, Outcome] = {}
        self._told: set[str] = set()

    def reuse(self) -> None:
        """Read the results of finished runs."""
        for run in list(self.pending):
            rows = run.finished_rows()
            if rows is not None:
                self._end(Outcome(run, rows, reused=True))

    def start_some(self) -> None:
        """Start runs in order while there are places; skip those that another process is training."""
        for run in list(self.pending):
            if len(self.running) >= self.jobs:
                return
            work_dir = run.work_dir
            lock = _lock_for_queue(work_dir)
            if lock is None:
                if run.key not in self._told:
                    self._told.add(run.key)
                    self.watcher.waiting(run)
                continue
            if run.work_dir != work_dir:
                # Another composed config has taken the folder in the meantime; the next call finds another one.
                lock.release()
                continue
            rows = run.finished_rows()
            if rows is not None:
                lock.release()
                self._end(Outcome(run, rows, reused=True))
                continue
            process = TrainingProcess(run, lock, self.threads)
            self.running.append(process)
            self.pending.remove(run)
            self.watcher.started(process)

    def collect(self) -> None:
        """Read the results of processes that have ended."""
        for process in [process for process in self.running if not process.is_running]:
            self.running.remove(process)
            try:
                self._end(Outcome(process.run, process.finish()))
            except InputError as error:
                self._end(Outcome(process.run, None, str(error)))

    def _end(self, outcome: Outcome) -> None:
        if outcome.run in self.pending:
            self.pending.remove(outcome.run)
        self.outcomes[outcome.run.key] = outcome
        self.watcher.finished(outcome)


def _lock_for_queue(work_dir: Path) -> FolderLock | None:
    """Lock a work_dir against other queues; return None if another queue or a training uses it.

    The training takes the lock of the work_dir itself. With this second lock the queue can write its own files before
    and after the training.
    """
    lock = FolderLock(work_dir, name='queue.lock')
    try:
        lock.acquire()
    except InputError as error:
        if error.kind != IN_USE:
            raise
        return None
    try:
        with FolderLock(work_dir):
            return lock
    except InputError:
        lock.release()
        return None


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise KeyboardInterrupt, so that the trainings are ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    numbers = [number for number in signal.Signals if number.name in ('SIGTERM', 'SIGHUP')]  # Windows has no SIGHUP
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
