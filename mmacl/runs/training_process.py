"""Run a training in a process that ends with the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from mmacl.runs import tied_command
from mmacl.runs.scalar_log import read_round_rows
from mmacl.runs.seeded_run import SeededRun
from mmacl.utils import InputError, write_json_atomically
from mmacl.utils.folder_lock import FolderLock
from mmacl.version import __version__

TRAIN = ('-m', 'mmacl', 'train')
"""Arguments of Python that start a training."""

# Seconds that a training has to end by itself.
_GRACE = 5.0


class TrainingProcess:
    """Start or resume a run with the command ``train``; its output goes to ``console.log`` in the work_dir.

    The process leads a group of its own, so that it can be ended together with its workers. The kernel kills it when
    this process ends.

    Args:
        run: the run.
        lock: of the queue on its work_dir, released by :meth:`finish` or :meth:`stop`.
        threads: compute threads of the process.
    """

    def __init__(self, run: SeededRun, lock: FolderLock, threads: int) -> None:
        self.run, self._lock = run, lock
        self.work_dir = run.work_dir
        self.first_step = run.saved_step()
        self.earlier_logs = frozenset(path.name for path in self.work_dir.iterdir())
        self._began = time.monotonic()
        # Before the key is written: a folder without a key belongs to no run.
        resume = run.is_begun
        run.begin()
        command = [sys.executable, *TRAIN, str(run.config), '--work-dir', str(self.work_dir)]
        command += ['--seed', str(run.seed), *(['--resume'] if resume else [])]
        for plugin in run.plugins:
            command += ['--plugin', plugin]
        command += ['--cfg-options', *run.words] if run.words else []
        tie = [sys.executable, '-I', '-S', str(tied_command.__file__), str(os.getpid())]
        cores = {'OMP_NUM_THREADS': str(threads), 'MKL_NUM_THREADS': str(threads)}
        environment = {**os.environ, **cores, **run.variables}
        with self.log.open('w') as console:
            self._process = subprocess.Popen(
                [*tie, *command] if tied_command.POSSIBLE else command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    @property
    def log(self) -> Path:
        """File with the output of the training."""
        return self.work_dir / 'console.log'

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.poll() is None

    def finish(self) -> list[dict[str, Any]]:
        """Read the rows of the rounds after the process has ended, and write ``result.json``.

        Raises:
            InputError: the training failed; says why.
        """
        code = self._process.wait()
        try:
            if code != 0:
                console = self.log.read_text(errors='replace')  # a kill may cut a letter
                raise InputError(str(failure_reason(console, code)), remedy=f'see {self.log}')
            rows = read_round_rows(self.work_dir)
            result = {
                'key': self.run.key,
                'seed': self.run.seed,
                'mmacl': __version__,
                'steps': self.run.num_steps - self.first_step,
                'seconds': time.monotonic() - self._began,
                'rows': rows,
            }
            write_json_atomically(self.work_dir / 'result.json', result)
            return rows
        finally:
            self._lock.release()

    def stop(self) -> None:
        """End the process and its workers; checkpoints stay, to resume from."""
        try:
            for forced in (False, True):
                if self._process.poll() is None:
                    _end_group(self._process, forced)
                    try:
                        self._process.wait(_GRACE)
                    except subprocess.TimeoutExpired:
                        continue
        finally:
            self._lock.release()


def _end_group(leader: subprocess.Popen[bytes], forced: bool) -> None:
    """End a process and its workers; on Windows, which has no groups of processes, the process alone."""
    if sys.platform == 'win32':
        leader.terminate()
        return
    # The process may have ended in the meantime.
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL if forced else signal.SIGTERM)


def failure_reason(console: str, code: int) -> str:
    """Say in one line why a training failed.

    Args:
        console: its output.
        code: its exit code; the negative number of a signal that killed it.
    """
    if code < 0:
        name = signal.Signals(-code).name
        return f'ended by {name}' + (', as when memory runs out' if name == 'SIGKILL' else '')
    lines = [line.strip() for line in console.splitlines() if line.strip()] or ['it printed nothing']
    said = next((line.removeprefix('error:').strip() for line in lines if line.startswith('error:')), lines[-1])
    return f'{said[:300]} (exit code {code})'
