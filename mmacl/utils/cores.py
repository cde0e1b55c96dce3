"""Count the processor cores to use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Return the number of cores that this process may use; all cores where the system does not tell."""
    if hasattr(os, 'sched_getaffinity'):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
