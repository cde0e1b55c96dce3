"""Time whole commands, each run as a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from .timing import Times


def time_processes(commands: Mapping[str, Sequence[str]], repeats: int, folder: str = '.') -> dict[str, Times]:
    """Run Python with each list of words ``repeats`` times, in turns; exit codes do not matter, output is dropped.

    The processor's seconds are those of the process and of the processes that it has waited for.
    """
    times = {name: Times([], []) for name in commands}
    for _ in range(repeats):
        for name, words in commands.items():
            start = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            times[name].clock.append(time.perf_counter() - start)
            times[name].processor.append(usage.ru_utime + usage.ru_stime)
    return times
