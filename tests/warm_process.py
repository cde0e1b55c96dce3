"""Commands in processes of their own that need not import torch again.

A server process imports the package once and runs no test; each command runs in a fork of the server. It is a real
process: it can be killed with SIGKILL, and has its own standard streams, environment and exit code.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
_context = multiprocessing.get_context('forkserver')
_context.set_forkserver_preload(['tests.warm_modules'])


class WarmProcess:
    """A tool that has been started.

    Args:
        tool: a script, as a path below ``tools/`` or an absolute one.
        words: its arguments.
        env: variables that are added to the environment; folders of ``PYTHONPATH`` can be imported from.
    """

    def __init__(self, tool: str, words: Sequence[object], env: Mapping[str, str]) -> None:
        self.args = [tool, *map(str, words)]
        self._folder = tempfile.TemporaryDirectory()
        self._process = _context.Process(target=_run, args=(self.args, dict(env), self._folder.name))
        self._process.start()
        self.pid = self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> subprocess.CompletedProcess[str]:
        """What it printed and its exit code, as of :func:`subprocess.run`; -9 after a SIGKILL."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
            raise subprocess.TimeoutExpired(self.args, timeout, *(self._text(name) for name in ('out', 'err')))
        done = subprocess.CompletedProcess(self.args, self._process.exitcode, self._text('out'), self._text('err'))
        self._folder.cleanup()
        return done

    def _text(self, name: str) -> str:
        return Path(self._folder.name, name).read_text(encoding='utf-8', errors='replace')


class WarmTraining:
    """What :class:`subprocess.Popen` is to a training of :mod:`mmacl.runs`, as a fork.

    Args:
        command: of :class:`mmacl.runs.training_process.TrainingProcess`.
        stdout: where its output goes, once it has ended.
        env: its environment.
    """

    def __init__(self, command: Sequence[str], stdout: IO[str], env: Mapping[str, str], **_: object) -> None:
        self._warm = WarmProcess('train.py', command[command.index('train') + 1 :], env)
        self.pid, self._console, self._code = self._warm.pid, stdout.name, None

    def poll(self) -> int | None:
        """Return the exit code; None: it runs."""
        return self._warm.exit_code

    def wait(self) -> int:
        """Wait for its end; return the exit code."""
        if self._code is None:
            done = self._warm.wait(240)
            Path(self._console).write_text(done.stdout + done.stderr)
            self._code = done.returncode
        return self._code


def _run(args: list[str], env: dict[str, str], folder: str) -> None:
    """In the fork: streams, environment and arguments as a shell would set them, then the tool."""
    os.environ.update(env)
    sys.path[:0] = [place for place in env.get('PYTHONPATH', '').split(os.pathsep) if place not in sys.path]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, 'out'), (2, 'err')):
        os.dup2(os.open(f'{folder}/{name}', os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    sys.stdin, sys.stdout = os.fdopen(0, encoding='utf-8'), os.fdopen(1, 'w', encoding='utf-8')
    sys.stderr = os.fdopen(2, 'w', encoding='utf-8', buffering=1)
    sys.argv = [str(ROOT / 'tools' / args[0]), *args[1:]]
    try:
        runpy.run_path(sys.argv[0], run_name='__main__')
    finally:
        with suppress(ValueError):
            sys.stdout.flush()
