"""Seeds that depend on where in the run they are used, and on nothing else."""

from __future__ import annotations

import numpy as np


def derive_seed(*parts: int) -> int:
    """Hash non-negative integers, such as (seed, round, epoch, position), into one 63-bit seed.

    Drawing each random choice from a derived seed makes a resumed run equal to one that never stopped: no generator
    carries state across a checkpoint. Different numbers give independent streams, save that zeros at
    the end do not count: (s, 1) and (s, 1, 0) are the same seed.
    """
    words = np.random.SeedSequence(list(parts)).generate_state(2, np.uint32)
    return (int(words[0]) << 31) ^ int(words[1])
