"""The normalised cut of Shi and Malik: eigenvectors of an affinity between videos (Sec. 3.3)."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import torch
from mmengine.logging import print_log
from numpy.typing import NDArray
from scipy.linalg import eigh
from torch import Tensor

from mmacl.clustering.block_lanczos import top_eigenpairs

# Below this number of videos, or of videos a cluster, the dense solver is as fast; its results stay as they ever were.
_DENSE, _DENSE_EACH = 1000, 12
# The largest residual that stands for an exact result; the search ends a little below.
_EXACT = 1e-12


class NormalisedAffinity(Protocol):
    """A normalised affinity ``D^(-1/2) W D^(-1/2)`` that need not be stored as a matrix.

    Attributes:
        scale: ``D^(-1/2)``, (N,) float64.
    """

    scale: Tensor

    def multiply(self, columns: Tensor) -> Tensor:
        """Multiply by it, (N, B) to (N, B)."""

    def dense(self) -> NDArray[np.float64]:
        """All of it, (N, N)."""


class Embedding(NamedTuple):
    """Points that k-means clusters, and how good they are.

    Attributes:
        points: (N, C), columns in order of the eigenvalues of the cut; the sign of each is arbitrary.
        smallest: the C-th eigenvalue of ``D^(-1/2) W D^(-1/2)``, whose largest is 1.
        residual: the largest ``||D^(-1/2) W D^(-1/2) u - lambda u||`` of the eigenvectors ``u`` of length 1.
        how: the way, in words.
    """

    points: NDArray[np.float64]
    smallest: float
    residual: float
    how: str


def normalise_affinity(affinity: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute ``D^(-1/2) W D^(-1/2)``, (N, N), and ``D^(-1/2)``, (N,); see :func:`spectral_embedding`."""
    scale = 1.0 / np.sqrt(affinity.sum(axis=1))
    normalised = affinity * scale
    normalised *= scale[:, None]
    return normalised, scale


def spectral_embedding(affinity: NDArray[np.float64], num_dimensions: int) -> NDArray[np.float64]:
    """Solve ``(D - W) y = lambda D y``, the relaxed normalised cut of Shi and Malik, for the smallest ``lambda``.

    The solutions are ``D^(-1/2) u`` for the top eigenvectors ``u`` of ``D^(-1/2) W D^(-1/2)``, found by a dense LAPACK
    solver; the constant one comes first. With the paper's sigma the eigenvalues are so close that the result of an
    iterative solver depends on its tolerance and start; :func:`lanczos_embedding` is one that reaches the digits of
    this one, faster from about 1,000 videos on.

    Args:
        affinity: ``W``, (N, N), symmetric, not negative, with positive row sums ``D``.
        num_dimensions: how many, at most N.

    Returns:
        (N, num_dimensions), columns in order of ``lambda``; the sign of each column is arbitrary.
    """
    normalised, scale = normalise_affinity(affinity)
    _, vectors = _dense_eigenpairs(normalised, num_dimensions, overwrite=True)
    return np.asarray(vectors[:, ::-1] * scale[:, None])


def lanczos_embedding(affinity: NormalisedAffinity, num_dimensions: int, seed: int = 0) -> Embedding:
    """Solve the problem of :func:`spectral_embedding` with products alone, by block Lanczos in float64.

    If the residual stays above 1e-12, which LAPACK's is below, the dense solver takes over and needs ``24 N^2`` bytes.

    Args:
        affinity: the normalised affinity.
        num_dimensions: how many, less than N / 12.
        seed: of the random start.
    """
    trivial = affinity.scale.reciprocal()  # D^(1/2) 1, of eigenvalue 1
    found = top_eigenpairs(affinity.multiply, trivial / trivial.norm(), num_dimensions, seed)
    if found.converged and found.residual <= _EXACT:
        points = (found.vectors * affinity.scale[:, None]).cpu().numpy()
        how = f'block Lanczos, {found.dimensions} dimensions'
        return Embedding(points, float(found.values[-1]), found.residual, how)
    print_log(
        f'block Lanczos stopped at a residual of {found.residual:.1e} after {found.dimensions} dimensions; the dense '
        'solver takes over',
        'current',
    )
    whole = affinity.dense()
    values, vectors = _dense_eigenpairs(whole, num_dimensions)
    residual = np.linalg.norm(whole @ vectors - vectors * values, axis=0).max()
    points = vectors[:, ::-1] * affinity.scale.cpu().numpy()[:, None]
    return Embedding(points, float(values[0]), float(residual), 'dense solver')


def _dense_eigenpairs(
    symmetric: NDArray[np.float64], count: int, overwrite: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the largest eigenvalues of a matrix, rising, (count,), and their vectors, (N, count), by LAPACK."""
    size = len(symmetric)
    # The transpose has LAPACK's memory layout, so the matrix is not copied if it may be overwritten.
    values, vectors = eigh(
        symmetric.T, subset_by_index=(size - count, size - 1), overwrite_a=overwrite, check_finite=False, driver='evr'
    )
    return values, vectors


def is_small(num_videos: int, num_clusters: int) -> bool:
    """Whether the dense solver is used."""
    return num_videos < max(_DENSE, _DENSE_EACH * num_clusters)


def torch_device(device: str) -> torch.device:
    """Name the device; ``'auto'``: a GPU if there is one, as mmengine places the model."""
    if device == 'auto':
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
    return torch.device(device)


def log_embedding(method: str, num_videos: int, needed: int, found: Embedding, device: torch.device) -> None:
    """Log in one line which way was taken, its memory and its residual."""
    print_log(
        f'Spectral clustering of {num_videos} videos: {method} ({found.how}) on {device}, at most {needed / 1e9:.2f} '
        f'GB; residual {found.residual:.1e} beside the smallest eigenvalue {found.smallest:.1e}',
        'current',
    )
