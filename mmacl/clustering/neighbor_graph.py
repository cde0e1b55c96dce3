"""The graph of nearest neighbours of many videos, stored as its edges."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor

from mmacl.clustering.block_lanczos import top_eigenpairs
from mmacl.clustering.normalised_cut import Embedding
from mmacl.utils import InputError

SEARCHES = ('exact', 'faiss', 'pynndescent')

# Bytes of the distances that are held at once.
_BLOCK_BYTES = 2**27


def nearest_neighbors(
    representations: NDArray[np.floating],
    count: int,
    search: str = 'exact',
    seed: int = 0,
    device: str | torch.device = 'cpu',
) -> NDArray[np.int32]:
    """Find the nearest other videos of each video, (N, count), in no order; distances are in float32.

    Args:
        representations: (N, D).
        count: neighbours; less than N. Of videos at the same distance, any are taken.
        search: ``'exact'``: all distances, in blocks of 128 MiB; ``'faiss'``: exact as well, by faiss;
            ``'pynndescent'``: approximate, by neighbours of neighbours.
        seed: of the approximate search.
        device: of the exact search.

    Raises:
        InputError: the package of the search is missing.
    """
    rows = np.array(representations, dtype=np.float32)
    rows -= rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    if search == 'exact':
        return _search_all(torch.from_numpy(rows).to(device), count)
    # A video is usually the nearest to itself.
    if search == 'faiss':
        index = _import('faiss').IndexFlatL2(rows.shape[1])
        index.add(rows)
        found = index.search(rows, count + 1)[1]
    else:
        options: dict[str, Any] = dict(n_neighbors=count + 1, random_state=seed % 2**32)
        found = _import('pynndescent').NNDescent(rows, **options).neighbor_graph[0]
    itself = found == np.arange(len(found))[:, None]
    itself[~itself.any(axis=1), -1] = True
    return np.asarray(found[~itself].reshape(len(found), count), dtype=np.int32)


def _search_all(rows: Tensor, count: int) -> NDArray[np.int32]:
    """Search all distances in blocks."""
    found = np.empty((len(rows), count), dtype=np.int32)
    half = rows.square().sum(dim=1) / 2
    step = max(_BLOCK_BYTES // (4 * len(rows)), 1)
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        # Highest where |x - y|^2 is lowest.
        near = torch.addmm(-half, part, rows.T)
        near[range(len(part)), range(start, start + len(part))] = -torch.inf
        found[start : start + len(part)] = near.topk(count, sorted=False).indices.cpu().numpy()
    return found


def _import(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError:
        raise InputError(
            f'clusterer.search={package!r} needs {package}, which is not installed',
            remedy="install it with pip install -e '.[neighbors]', or use 'exact'",
        ) from None


def join_neighbors(neighbors: NDArray[np.int32]) -> sparse.csr_array:
    """Build the affinity of the graph from (N, count) neighbours, (N, N) float32.

    ``w_ij`` is 1 if both are neighbours of each other, 1/2 if one is, and 1 on the diagonal.
    """
    num_videos, count = neighbors.shape
    rows = np.arange(0, neighbors.size + 1, count, dtype=np.int32 if neighbors.size < 2**31 else np.int64)
    halves = np.full(neighbors.size, 0.5, dtype=np.float32)
    one_way = sparse.csr_array((halves, np.sort(neighbors, axis=1).reshape(-1), rows), shape=(num_videos, num_videos))
    joined = (one_way + one_way.T.tocsr()).tocsr()
    return (joined + sparse.eye_array(num_videos, dtype=np.float32, format='csr')).tocsr()


def graph_embedding(
    affinity: sparse.csr_array, join: float, num_dimensions: int, seed: int = 0, device: str | torch.device = 'cpu'
) -> Embedding:
    """Solve the problem of :func:`spectral_embedding` for the affinity ``W + join``, of which W is sparse.

    Args:
        affinity: W, (N, N), symmetric.
        join: what is added to every entry.
        num_dimensions: C, less than N / 12.
        seed: of the random start.
        device: of the computations.
    """
    num_videos = affinity.shape[0]
    degrees = torch.from_numpy(affinity.sum(axis=1, dtype=np.float64)).to(device) + join * num_videos
    scale = degrees.rsqrt()
    edges = _to_torch(affinity).to(device)

    def multiply(columns: Tensor) -> Tensor:
        scaled = columns * scale[:, None]
        return (edges @ scaled + join * scaled.sum(dim=0)).mul_(scale[:, None])

    trivial = degrees.sqrt()
    found = top_eigenpairs(multiply, trivial / trivial.norm(), num_dimensions, seed)
    how = f'{affinity.nnz} edges, block Lanczos, {found.dimensions} dimensions'
    if not found.converged:
        how += ', not converged'
    return Embedding((found.vectors * scale[:, None]).cpu().numpy(), float(found.values[-1]), found.residual, how)


def _to_torch(matrix: sparse.csr_array) -> Tensor:
    """Convert to a sparse tensor, float64."""
    starts, columns, values = map(torch.from_numpy, (matrix.indptr, matrix.indices, matrix.data.astype(np.float64)))
    with warnings.catch_warnings():
        # torch calls the format a beta.
        warnings.simplefilter('ignore', UserWarning)
        return torch.sparse_csr_tensor(starts, columns, values, size=matrix.shape, check_invariants=False)
