"""Many trainings, some at a time: what is missing is run, what was interrupted goes on, what is done is read."""

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

# Seconds between two looks at the processes.
_PAUSE = 0.2


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        run: the run.
        rows: rows of its rounds; None where it failed.
        error: why it failed, in one line.
        reused: whether it had been finished before.
    """

    run: SeededRun
    rows: list[dict[str, Any]] | None
    error: str | None = None
    reused: bool = False


class RunWatcher(Protocol):
    """Is told what happens."""

    def started(self, process: TrainingProcess) -> None:
        """A training has started, or goes on."""

    def waiting(self, run: SeededRun) -> None:
        """Another process trains this very run."""

    def finished(self, outcome: Outcome) -> None:
        """A run has ended, or had been finished before."""

    def tick(self, processes: Sequence[TrainingProcess]) -> None:
        """Time has passed; these are running."""


def unique_runs(runs: Sequence[SeededRun]) -> dict[str, SeededRun]:
    """Runs by key, in order: what several tables share is there once."""
    unique: dict[str, SeededRun] = {}
    for run in runs:
        unique.setdefault(run.key, run)
    return unique


def run_all(runs: Sequence[SeededRun], jobs: int, watcher: RunWatcher) -> dict[str, Outcome]:
    """Run several, some at a time; the processor's cores are shared out among them.

    A run that fails does not stop the others. A run that another process is training is left to it, and taken over
    should that process go. Whatever ends this function ends the trainings too; each goes on when it is called again.

    Args:
        runs: what to run, in this order.
        jobs: how many at a time.
        watcher: is told what happens.

    Returns:
        Outcome by key of the run.

    Raises:
        KeyboardInterrupt: on Ctrl-C, SIGTERM and SIGHUP, after all trainings have ended.
        InputError: a config cannot be read; before any training starts.
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
    """Runs that wait, run, and have ended."""

    def __init__(self, runs: list[SeededRun], jobs: int, watcher: RunWatcher) -> None:
        self.pending, self.jobs, self.watcher = runs, jobs, watcher
        self.threads = max(1, usable_cores() // jobs)
        self.running: list[TrainingProcess] = []
        self.outcomes: dict[str, Outcome] = {}
        self._told: set[str] = set()

    def reuse(self) -> None:
        """Take what is done."""
        for run in list(self.pending):
            rows = run.finished_rows()
            if rows is not None:
                self._end(Outcome(run, rows, reused=True))

    def start_some(self) -> None:
        """Fill the free places, in order, passing over what another process is training."""
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
                # Another composed config has taken the folder in the meantime; the next look finds another.
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
        """Take the results of what has ended."""
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
    """Keep other queues out of a work_dir; None where one is there, or a training that nobody looks after.

    The training itself takes the lock of the work_dir. This second one lets the queue write its own files before and
    after it.
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
    """SIGTERM and SIGHUP do what Ctrl-C does: unwind, so that what was started is ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
