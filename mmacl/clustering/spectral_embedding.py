"""The relaxed normalised cut of Shi and Malik."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh


def spectral_embedding(affinity: NDArray[np.float64], num_dimensions: int) -> NDArray[np.float64]:
    """Solutions ``y`` of ``(D - W) y = lambda D y`` for the smallest ``lambda``, the constant one first.

    They are ``D^(-1/2) u`` for the top eigenvectors ``u`` of ``D^(-1/2) W D^(-1/2)``, found by a dense LAPACK solver.
    With the paper's sigma the eigenvalues lie so close together that an iterative solver's tolerance and start decide
    what it returns. At N = 4,819 and C = 100 the dense one takes about 8 s on one core, ARPACK to full precision 4 to
    10 s.

    Args:
        affinity: ``W``, (N, N), symmetric, not negative, with positive row sums ``D``.
        num_dimensions: how many, at most N.

    Returns:
        (N, num_dimensions), columns in order of rising ``lambda``; each column's sign is arbitrary.
    """
    num_videos = len(affinity)
    scale = 1.0 / np.sqrt(affinity.sum(axis=1))
    normalised = affinity * scale
    normalised *= scale[:, None]
    # Transposed, the symmetric matrix is laid out as LAPACK has it, and is not copied.
    wanted = (num_videos - num_dimensions, num_videos - 1)
    _, vectors = eigh(normalised.T, subset_by_index=wanted, overwrite_a=True, check_finite=False, driver='evr')
    return np.asarray(vectors[:, ::-1] * scale[:, None])
