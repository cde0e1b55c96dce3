"""Random draws that are the same on every machine, each from its own seed."""

from __future__ import annotations

from enum import IntEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.utils import derive_seed

_NORMAL = NormalDist()


class Purpose(IntEnum):
    """Use of a generator: the second part of its seed, after the seed of the data set."""

    STRUCTURE = 0
    APPEARANCE = 1
    READ_OUT = 2
    CASTING = 3
    TIMELINE = 4
    CONTENT = 5
    VARIATION = 6


def generator(*parts: int) -> np.random.Generator:
    """A PCG64 generator for one place of the simulation."""
    return np.random.Generator(np.random.PCG64(derive_seed(*parts)))


def normal_quantiles(shares: ArrayLike) -> NDArray[np.float64]:
    """Quantiles of the standard normal at ``shares`` in (0, 1)."""
    return np.asarray([_NORMAL.inv_cdf(float(share)) for share in np.ravel(np.asarray(shares, dtype=np.float64))])


def truncated_log_normal(rng: np.random.Generator, median: float, log_sd: float, limits: tuple[float, float]) -> float:
    """One log-normal draw inside ``limits``, by inversion."""
    low, high = (_NORMAL.cdf((np.log(limit) - np.log(median)) / log_sd) for limit in limits)
    share = low + (high - low) * rng.random()
    return float(median * np.exp(log_sd * _NORMAL.inv_cdf(share)))


def unit_rows(rng: np.random.Generator, rows: int, width: int) -> NDArray[np.float64]:
    """Random directions: (rows, width), each row of length 1."""
    drawn = rng.standard_normal((rows, width))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def blend(shares: float, common: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions with ``shares`` of their squared length from ``common`` and the rest from ``own``; broadcasts."""
    return np.sqrt(shares) * common + np.sqrt(1.0 - shares) * own
