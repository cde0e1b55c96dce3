"""Commands in processes of their own that need not import torch again.

A server, forked before the first test, has the package in its memory and runs no test; each command runs in a fork of
the server. It is a real process: it can be killed with SIGKILL, and has its own standard streams, environment and exit
code.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parent.parent
_servers: list[Connection] = []


def start_server() -> None:
    """Fork the server; it ends when the last process that holds the other end of its pipe does."""
    ours, theirs = multiprocessing.Pipe()
    if os.fork() == 0:
        try:
            ours.close()
            _serve(theirs)
        finally:
            os._exit(0)
    theirs.close()
    _servers[:] = [ours]


def _serve(pipe: Connection) -> None:
    """In the server: start a command for (arguments, environment, folder); return the exit code for a number."""
    context = multiprocessing.get_context('fork')
    started: dict[int, multiprocessing.process.BaseProcess] = {}
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            match pipe.recv():
                case int(pid):
                    pipe.send(started[pid].exitcode)
                case command:
                    importlib.import_module('tests.warm_modules')  # what the collected tests have not imported
                    process = context.Process(target=_run, args=command)
                    process.start()
                    started[process.pid] = process
                    pipe.send(process.pid)


def _ask(question: object) -> int | None:
    _servers[0].send(question)
    return _servers[0].recv()


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
        self._exit_code: int | None = None
        self.pid = _ask((self.args, dict(env), self._folder.name))

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.exit_code is None

    def kill(self) -> None:
        """SIGKILL."""
        if self.is_running:
            os.kill(self.pid, signal.SIGKILL)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        if self._exit_code is None:
            self._exit_code = _ask(self.pid)
        return self._exit_code

    def wait(self, timeout: float) -> subprocess.CompletedProcess[str]:
        """What it printed and its exit code, as of :func:`subprocess.run`; -9 after a SIGKILL."""
        end = time.monotonic() + timeout
        while self.is_running and time.monotonic() < end:
            time.sleep(0.01)
        if self.is_running:
            self.kill()
            raise subprocess.TimeoutExpired(self.args, timeout, *(self._text(name) for name in ('out', 'err')))
        done = subprocess.CompletedProcess(self.args, self.exit_code, self._text('out'), self._text('err'))
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


@contextmanager
def trainings_as_forks() -> Iterator[None]:
    """Trainings that a tool in this process starts are forks."""
    names = SimpleNamespace(Popen=WarmTraining, DEVNULL=subprocess.DEVNULL, STDOUT=subprocess.STDOUT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('mmacl.runs.training_process.subprocess', names)
        yield


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
