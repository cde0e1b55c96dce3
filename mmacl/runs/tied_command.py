"""Run a command that is killed when the process that started it ends: ``python tied_command.py PARENT_PID COMMAND...``.

A parent that is killed with SIGKILL cannot end its children. On Linux the kernel does it; elsewhere the command runs
without this. The file is run as a script and imports only the standard library, so that it starts at once.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

POSSIBLE = sys.platform.startswith('linux')
"""Whether this system can kill a process with its parent."""

# From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; kill it at once if the parent has ended.

    Args:
        parent: process id of the parent as it was when this process was started.

    Raises:
        OSError: the kernel refuses.
    """
    if not POSSIBLE:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), 'prctl')
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == '__main__':
    die_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
