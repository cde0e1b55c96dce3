"""How much of the processor there is to use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Cores that this process may use; all there are where the system does not say."""
    if hasattr(os, 'sched_getaffinity'):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
