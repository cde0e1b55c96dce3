"""The top eigenvectors of a symmetric operator, to the digits of a dense solver."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import eigh
from torch import Tensor

TOLERANCE = 1e-13
"""Largest residual that ends the search, as a share of the operator's norm; LAPACK's is about 1e-15."""

BLOCK = 16
"""Vectors that are multiplied at once: wider blocks are faster for each vector, but need more of them."""

_BASIS_BYTES = 1.2e9
# Steps from a fresh random block that must change nothing, and the change that counts.
_PROOF_STEPS, _PROOF_CHANGE = 4, 1e-12
# A block that the basis contains but for this share is made orthogonal to it again.
_CANCELLED = 1e-3
# The search is given up after so many times the vectors of a full basis.
_MOST = 10
# Columns of the basis that are turned at once.
_COLUMNS = 4096
# Shorter than this is rounding error.
_NOTHING = 1e-15


class Eigenpairs(NamedTuple):
    """What :func:`top_eigenpairs` found.

    Attributes:
        values: (K,), falling.
        vectors: (N, K), orthonormal columns.
        residual: the largest ``||A x - lambda x||``, computed anew with the operator.
        dimensions: vectors that were multiplied.
        converged: whether the residual estimate reached the tolerance, and a fresh random block changed nothing.
    """

    values: NDArray[np.float64]
    vectors: Tensor
    residual: float
    dimensions: int
    converged: bool


def basis_rows(num_rows: int, count: int) -> int:
    """Bound the vectors that the search keeps, ``8 N`` bytes each: ``10 K + 500`` where these are below 1.2 GB."""
    fitting = int(_BASIS_BYTES / (8 * num_rows))
    return min(num_rows // 2, max(4 * count, min(10 * count + 500, fitting)))


def top_eigenpairs(
    multiply: Callable[[Tensor], Tensor],
    known: Tensor,
    count: int,
    seed: int = 0,
    tolerance: float = TOLERANCE,
    block: int = BLOCK,
) -> Eigenpairs:
    """Find the largest eigenvalues of a symmetric operator of norm 1 and their vectors, by block Lanczos in float64.

    The basis is kept orthogonal throughout, so eigenvalues that are close to each other take more dimensions, but lose
    no digits. When :func:`basis_rows` are full, the search restarts from the best vectors (thick restart). Equal
    eigenvalues, as many as the block is wide, are found at once; more of them by a random block that is put in at the
    end, until it changes no eigenvalue by more than 1e-12.

    Args:
        multiply: (N, B) to (N, B), ``A @ x``, on the device of ``known``.
        known: (N,) float64, an eigenvector of length 1, such as the trivial one of a normalised affinity; all others
            are orthogonal to it.
        count: K, with ``known``; less than N / 12.
        seed: of the random blocks.
        tolerance: residual at which the search ends.
        block: B, vectors that are multiplied at once.
    """
    num_rows, largest = len(known), basis_rows(len(known), count)
    generator = torch.Generator().manual_seed(seed)
    basis = torch.empty(largest, num_rows, dtype=torch.float64, device=known.device)
    projected = np.zeros((largest, largest))
    basis[0] = known
    projected[0, 0] = float(known @ multiply(known[:, None])[:, 0])
    filled, used, recent = 1, 1, 0
    proof, before = None, np.zeros(0)
    columns = _fresh(basis[:1], block, generator)
    next_check, last = 2 * count + 6 * block, (0, np.inf)
    while True:
        new = slice(filled, filled + block)
        basis[new] = columns.T
        rest = multiply(columns)
        # Take out what the last blocks explain, then what rounding left of all. With the second step alone, errors of
        # the basis would grow from block to block.
        coefficients = rest.new_zeros(new.stop, block)
        for first in (recent, 0):
            part = basis[first : new.stop] @ rest
            rest.addmm_(basis[first : new.stop].T, part, alpha=-1)
            coefficients[first:] += part
        projected[: new.stop, new] = coefficients.cpu().numpy()
        projected[new, : new.start] = projected[: new.start, new].T
        filled, used, recent = new.stop, used + block, new.start
        full = filled + block > largest
        if used >= next_check or full:
            values, small = _rayleigh_ritz(projected[:filled, :filled], count)
            lengths = torch.linalg.qr(rest, mode='r').R.cpu().numpy() @ small[new]
            estimate = float(np.linalg.norm(lengths, axis=0).max())
            if proof is not None and used >= proof:
                if np.abs(values - before).max() <= _PROOF_CHANGE:
                    return _finish(multiply, basis[:filled], values, small, used, True)
                proof = None
            if used > _MOST * largest:
                return _finish(multiply, basis[:filled], values, small, used, False)
            if proof is None and estimate <= tolerance:
                proof, before = used + _PROOF_STEPS * block, values
                next_check = proof
                if full:
                    filled, recent = _restart(basis, projected, filled, count + block), 0
                columns = _fresh(basis[:filled], block, generator)
                continue
            if proof is None:
                next_check, last = used + _steps_to(tolerance, block, (used, estimate), last), (used, estimate)
        columns = _orthonormal(rest, basis[:filled], coefficients, generator)
        if full:
            filled, recent = _restart(basis, projected, filled, count + (largest - count) // 3), 0


def _restart(basis: Tensor, projected: NDArray[np.float64], filled: int, kept: int) -> int:
    """Replace the basis by its best vectors; return how many."""
    values, small = _rayleigh_ritz(projected[:filled, :filled], kept)
    turn = torch.from_numpy(np.array(small.T, order='C')).to(basis.device)
    for start in range(0, basis.shape[1], _COLUMNS):
        part = basis[:, start : start + _COLUMNS]
        part[:kept] = turn @ part[:filled]
    projected[:] = 0
    projected[range(kept), range(kept)] = values
    return kept


def _rayleigh_ritz(projected: NDArray[np.float64], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Solve the small problem: values (K,), falling, and vectors (M, K)."""
    size = len(projected)
    wanted = (max(size - count, 0), size - 1)
    values, vectors = eigh((projected + projected.T) / 2, subset_by_index=wanted, driver='evr', check_finite=False)
    return values[::-1], vectors[:, ::-1]


def _steps_to(tolerance: float, block: int, now: tuple[int, float], last: tuple[int, float]) -> int:
    """Guess the dimensions to the tolerance from the last two checks: the residual falls about exponentially."""
    size, estimate = now
    if not 0 < estimate < last[1] < np.inf:
        return max(block, size // 8)
    rate = np.log(last[1] / estimate) / (size - last[0])
    return int(np.clip(0.9 * np.log(estimate / tolerance) / rate, block, max(size // 4, block)))


def _fresh(basis: Tensor, width: int, generator: torch.Generator) -> Tensor:
    """Draw an orthonormal block that is orthogonal to the basis, (N, B)."""
    block = _random(basis, width, generator)
    for _ in range(2):
        block = torch.linalg.qr(block - basis.T @ (basis @ block)).Q
    return block


def _orthonormal(rest: Tensor, basis: Tensor, projected: Tensor, generator: torch.Generator) -> Tensor:
    """Make a block orthonormal that is orthogonal to the basis but for rounding errors, (N, B).

    Args:
        rest: (N, B), what is left of ``A @ block`` without its projection on the basis.
        basis: (M, N).
        projected: (M, B), coefficients of the projection. Where they outweigh ``rest``, digits have cancelled. Where
            nothing is left, the space of the basis is invariant, and a random vector goes on.
        generator: of random vectors.
    """
    block, triangle = torch.linalg.qr(rest)
    lengths = triangle.diagonal().abs()
    spent = lengths < _NOTHING
    if bool(spent.any()):
        block[:, spent] = _random(basis, int(spent.sum()), generator)
    if bool((lengths < _CANCELLED * projected.norm(dim=0).max()).any()):
        for _ in range(2):
            block = torch.linalg.qr(block - basis.T @ (basis @ block)).Q
    return block


def _random(basis: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Draw vectors of length about 1, (N, count); drawn on the CPU, so that all devices see the same ones."""
    num_rows = basis.shape[1]
    drawn = torch.randn(num_rows, count, dtype=torch.float64, generator=generator)
    return drawn.to(basis.device) / num_rows**0.5


def _finish(
    multiply: Callable[[Tensor], Tensor],
    basis: Tensor,
    values: NDArray[np.float64],
    small: NDArray[np.float64],
    dimensions: int,
    converged: bool,
) -> Eigenpairs:
    """Compute the vectors, and their residual with the operator itself."""
    # A copy: numpy calls a single reversed column contiguous, torch does not.
    vectors = basis.T @ torch.from_numpy(np.array(small, order='C')).to(basis.device)
    rest = multiply(vectors) - vectors * torch.from_numpy(values.copy()).to(basis.device)
    return Eigenpairs(values, vectors, float(rest.norm(dim=0).max()), dimensions, converged)
