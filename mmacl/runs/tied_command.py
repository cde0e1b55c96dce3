"""Runs a command that dies with the process that started it: ``python tied_command.py PARENT_PID COMMAND...``.

A parent that is killed outright cannot end its children; here the kernel does it (Linux; elsewhere the command just
runs). The file is run as a script and imports nothing but the standard library, so that it costs no time.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

# From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Have this process killed as soon as its parent ends; at once if that has happened.

    Args:
        parent: process id of the parent as it was when this process was started.

    Raises:
        OSError: the kernel refuses.
    """
    if not sys.platform.startswith('linux'):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), 'prctl')
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == '__main__':
    die_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
