"""What is tied to its parent dies with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mmacl.runs import tied_command

TIE = Path(tied_command.__file__)
PARENT = """
import os, subprocess, sys, time
command = [sys.executable, '-c', 'import time; time.sleep(60)']
child = subprocess.Popen([sys.executable, sys.argv[1], str(os.getpid()), *command])
print(child.pid, flush=True)
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except FileNotFoundError:
        return False


def within(seconds: float, condition) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_the_command_runs_with_its_arguments_and_exit_code():
    code = 'import sys; print(sys.argv[1:]); sys.exit(7)'
    done = subprocess.run(
        [sys.executable, TIE, str(os.getpid()), sys.executable, '-c', code, 'a b'], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (7, "['a b']\n")


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='the kernel of Linux does it')
def test_it_dies_when_its_parent_is_killed_outright():
    parent = subprocess.Popen([sys.executable, '-c', PARENT, str(TIE)], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    # The tie is in place once the command itself runs.
    cmdline = Path(f'/proc/{child}/cmdline')
    assert within(10, lambda: str(TIE).encode() not in (found := cmdline.read_bytes()) and b'time.sleep' in found)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert within(10, lambda: not is_alive(child))


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='the kernel of Linux does it')
def test_it_does_not_start_when_its_parent_is_gone_already():
    done = subprocess.run([sys.executable, TIE, '1', sys.executable, '-c', 'print("ran")'], capture_output=True)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b'')
