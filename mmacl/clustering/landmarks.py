"""The normalised cut of more videos than a full affinity fits, through landmarks (Nystroem)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import eigh
from torch import Tensor

from mmacl.clustering.affinity import SAME, sigma_of_mean
from mmacl.clustering.normalised_cut import Embedding
from mmacl.utils import derive_seed

_ROWS = 2048
# Directions of the landmarks' kernel, and of all features, below these shares would be rounding errors of float32.
_LEAST, _LEAST_VALUE = 1e-6, 1e-12
# Videos whose residual is computed with their true affinities.
_CHECKED = 256


def landmark_bytes(num_videos: int, width: int, num_clusters: int, num_landmarks: int) -> int:
    """Bound the memory of :func:`landmark_embedding` beside the representations."""
    features = width + 1 + num_landmarks
    blocks = 8 * (4 * _ROWS * features + 3 * _CHECKED * num_videos)
    return 4 * num_videos * num_landmarks + 16 * num_videos * num_clusters + 40 * features**2 + blocks


def landmark_embedding(
    representations: NDArray[np.floating],
    num_dimensions: int,
    num_landmarks: int = 1000,
    sigma: str = 'paper',
    self_affinity: bool = True,
    seed: int = 0,
    device: str | torch.device = 'cpu',
) -> Embedding:
    """Approximate the normalised cut of the Gaussian affinity; time and memory grow with N.

    With centred rows, ``t = x_i . x_j / sigma^2`` and ``g = exp(-|x|^2 / (2 sigma^2))``, the affinity is
    ``w_ij = g_i g_j exp(t)``. As sigma is the mean distance, t is small, and most of ``exp(t)`` is ``1 + t``, which has
    D + 1 exact features: 1 and x / sigma. The rest, ``exp(t) - 1 - t``, is a kernel as well, which M random landmarks
    approximate (Nystroem). Landmarks for all of ``exp(t)`` would lose hard data: they know the noise of M videos only.

    Affinities of videos to themselves are exact in the degrees. sigma is the mean distance to the landmarks. Sums of
    blocks are in float64; products are in float32 where the constant eigenvector, which would swallow the digits, has
    been taken out.

    Args:
        representations: (N, D), float32 or float64; may be a memory map, of which 2,048 rows are read at a time.
        num_dimensions: C.
        num_landmarks: M; at most N are used.
        sigma: rule of sigma, see :data:`~mmacl.clustering.affinity.SIGMAS`.
        self_affinity: see :class:`SpectralClusterer`.
        seed: of the choice of landmarks and of the videos for the residual.
        device: of the computations.

    Returns:
        The points, and their residual with true affinities, estimated on 256 videos.
    """
    random = np.random.default_rng(derive_seed(seed, 0))
    order = random.permutation(len(representations))
    kernel = _Kernel.build(representations, np.sort(order[:num_landmarks]), sigma, torch.device(device))
    degrees = kernel.degrees(self_affinity)
    values, vectors = kernel.eigenvectors(degrees, num_dimensions)
    scale = degrees.rsqrt()
    residual = kernel.residual(np.sort(order[-_CHECKED:]), values, vectors, scale, self_affinity)
    points = (vectors.mul_(scale[:, None])).cpu().numpy()
    how = f'{len(kernel.landmarks)} landmarks and the linear part of the kernel'
    return Embedding(points, float(values[-1]), residual, how)


@dataclass
class _Kernel:
    """Features of videos whose products approximate the affinity.

    Attributes:
        rows: (N, D), as handed in.
        mean: (D,) of the rows.
        sigma: of the affinity.
        landmarks: their rows, centred and divided by sigma, (M, D).
        remainder: (N, R) float32, features of ``exp(t) - 1 - t``, without the factor g.
        total: (1 + D + R,), sum of the features of all videos.
    """

    rows: NDArray[np.floating]
    mean: Tensor
    sigma: float
    landmarks: Tensor
    remainder: Tensor
    total: Tensor

    @classmethod
    def build(cls, rows: NDArray[np.floating], chosen: NDArray[np.int64], rule: str, device: torch.device) -> _Kernel:
        blocks = range(0, len(rows), _ROWS)
        mean = torch.stack([_read(rows, slice(at, at + _ROWS), device).sum(dim=0) for at in blocks]).sum(dim=0) / len(
            rows
        )
        landmarks = _read(rows, chosen, device) - mean
        norms = landmarks.square().sum(dim=1)
        # First the products x . y with the landmarks, later the features.
        products = torch.empty(len(rows), len(landmarks), device=device)
        distance, longest = 0.0, 0.0
        for at in blocks:
            block = _read(rows, slice(at, at + _ROWS), device)
            longest = max(longest, float(block.norm(dim=1).max()))
            block -= mean
            product = block @ landmarks.T
            squared = (block.square().sum(dim=1)[:, None] + norms).sub_(product, alpha=2).clamp_(min=0)
            distance += float(squared.sqrt_().sum())
            products[at : at + _ROWS] = product
        sigma = sigma_of_mean(rule, distance / products.numel(), len(rows))
        if sigma <= SAME * longest:
            sigma = float('inf')  # all representations are equal, and so are all affinities
        landmarks /= sigma
        values, vectors = torch.linalg.eigh(_remainder(landmarks @ landmarks.T))
        kept = values > _LEAST * values[-1].clamp(min=torch.finfo().tiny)
        whiten = vectors[:, kept] / values[kept].sqrt()
        remainder = products[:, : whiten.shape[1]]
        total = torch.zeros(1 + rows.shape[1] + whiten.shape[1], dtype=torch.float64, device=device)
        kernel = cls(rows, mean, sigma, landmarks, remainder, total)
        for at in blocks:
            part = products[at : at + _ROWS].double() / sigma**2
            remainder[at : at + _ROWS] = _remainder(part) @ whiten
            total += kernel.features(at).sum(dim=0)
        return kernel

    def features(self, start: int) -> Tensor:
        """Features of 2,048 videos, (B, 1 + D + R) float64; their products are affinities."""
        block = (_read(self.rows, slice(start, start + _ROWS), self.mean.device) - self.mean) / self.sigma
        factor = torch.exp(-0.5 * block.square().sum(dim=1, keepdim=True))
        parts = [torch.ones_like(factor), block, self.remainder[start : start + _ROWS].double()]
        return torch.cat(parts, dim=1).mul_(factor)

    def blocks(self) -> Iterator[tuple[slice, Tensor]]:
        """Walk through the features of all videos."""
        for start in range(0, len(self.rows), _ROWS):
            features = self.features(start)
            yield slice(start, start + len(features)), features

    def degrees(self, self_affinity: bool) -> Tensor:
        """Sums of affinities, (N,), with true affinities of videos to themselves."""
        found = torch.empty(len(self.rows), dtype=torch.float64, device=self.mean.device)
        for here, features in self.blocks():
            found[here] = features @ self.total - features.square().sum(dim=1)
        found += 1.0 if self_affinity else 0.0
        # Nobody is less than alone: as in the exact way, such a video keeps its affinity to itself.
        return torch.where(found > 1e-12, found, 1.0)

    def eigenvectors(self, degrees: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Find the top eigenvectors of the normalised affinity: values, (K,), falling, and vectors, (N, K) float64."""
        trivial = degrees.sqrt()
        trivial /= trivial.norm()
        # The projection of the trivial vector on the normalised features.
        shadow = self.total / degrees.sqrt().norm()
        gram = torch.zeros(len(self.total), len(self.total), dtype=torch.float64, device=degrees.device)
        for here, features in self.blocks():
            part = self._deflated(features, degrees[here], trivial[here], shadow)
            gram += part.T @ part
        size = len(gram)
        wanted = (max(size - count + 1, 0), size - 1)
        values, small = eigh(gram.cpu().numpy(), subset_by_index=wanted, overwrite_a=True, driver='evr')
        values, small = np.maximum(values[::-1], 0.0), small[:, ::-1]
        lengths = np.sqrt(np.where(values > _LEAST_VALUE, values, np.inf))
        lift = torch.from_numpy(small / lengths).float().to(degrees.device)
        vectors = torch.zeros(len(degrees), count, dtype=torch.float64, device=degrees.device)
        vectors[:, 0] = trivial
        for here, features in self.blocks():
            vectors[here, 1 : 1 + len(values)] = (
                self._deflated(features, degrees[here], trivial[here], shadow) @ lift
            ).double()
        return torch.cat([trivial.new_ones(1), torch.from_numpy(values.copy()).to(degrees.device)]), vectors

    @staticmethod
    def _deflated(features: Tensor, degrees: Tensor, trivial: Tensor, shadow: Tensor) -> Tensor:
        """Normalise features by the degrees and take the trivial eigenvector out, (B, F) float32."""
        return (features / degrees.sqrt()[:, None]).addr_(trivial, shadow, alpha=-1).float()

    def residual(
        self, chosen: NDArray[np.int64], values: Tensor, vectors: Tensor, scale: Tensor, self_affinity: bool
    ) -> float:
        """Estimate the largest ``||A u - lambda u||`` from rows of the true affinity A.

        The eigenvalue is the best one for the rows, since the approximation shifts all of them alike.
        """
        device = self.mean.device
        some = (_read(self.rows, chosen, device) - self.mean) / self.sigma
        norms, product = some.square().sum(dim=1), torch.zeros(len(some), vectors.shape[1]).double().to(device)
        for start in range(0, len(self.rows), _ROWS):
            here = slice(start, start + _ROWS)
            block = (_read(self.rows, here, device) - self.mean) / self.sigma
            squared = norms[:, None] + block.square().sum(dim=1) - 2 * some @ block.T
            affinity = torch.exp(-0.5 * squared.clamp_(min=0))
            inside = np.flatnonzero((chosen >= start) & (chosen < start + _ROWS))
            affinity[inside, chosen[inside] - start] = 1.0 if self_affinity else 0.0
            product += affinity @ (vectors[here] * scale[here, None])
        product *= scale[chosen, None]
        own = vectors[chosen]
        best = (own * product).sum(dim=0) / own.square().sum(dim=0).clamp(min=1e-300)
        share = (len(vectors) / len(some)) ** 0.5
        return share * float((product - own * best).norm(dim=0).max())


def _read(rows: NDArray[np.floating], which: slice | NDArray[np.int64], device: torch.device) -> Tensor:
    """Copy some rows, to float64."""
    return torch.from_numpy(np.array(rows[which], dtype=np.float64)).to(device)


def _remainder(products: Tensor) -> Tensor:
    """Compute ``exp(t) - 1 - t``."""
    return torch.expm1(products).sub_(products)
