"""The normalised affinity of many videos, of which only the upper half is stored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmacl.clustering.affinity import SAME, sigma_of_mean

_ROWS = 512


class AffinityPanels:
    """``D^(-1/2) W D^(-1/2)`` in float64, in panels of 512 rows that begin at the diagonal.

    Equal to :func:`~mmacl.clustering.gaussian_affinity` but for rounding. Takes about ``4 N^2`` bytes, and while it is
    built ``8 N D`` for the centred rows and ``16 * 512 N`` for a panel at work.

    Args:
        representations: (N, D) of any floating type.
        sigma: rule of ``sigma``, see :data:`~mmacl.clustering.affinity.SIGMAS`.
        self_affinity: whether ``w_ii = 1`` counts; otherwise it is 0, but 1 for a video whose affinities are all 0.
        device: of the panels.

    Attributes:
        scale: ``D^(-1/2)``, (N,).
        num_bytes: of the panels.
    """

    def __init__(
        self,
        representations: NDArray[np.floating],
        sigma: str = 'paper',
        self_affinity: bool = True,
        device: str | torch.device = 'cpu',
    ) -> None:
        rows = torch.tensor(representations, dtype=torch.float64, device=device)
        longest = float(rows.square().sum(dim=1).max().sqrt())
        rows -= rows.mean(dim=0)
        norms = rows.square().sum(dim=1)
        self.num_videos = len(rows)
        self._panels: list[Tensor] = []
        total = 0.0
        for start in range(0, self.num_videos, _ROWS):
            panel = norms[start : start + _ROWS, None] + norms[start:]
            panel.addmm_(rows[start : start + _ROWS], rows[start:].T, alpha=-2).clamp_(min=0)
            height = len(panel)
            square = panel[:, :height]
            square.copy_((square + square.T) / 2).fill_diagonal_(0)
            distances = panel.sqrt()
            total += float(distances[:, :height].sum() + 2 * distances[:, height:].sum())
            self._panels.append(panel)
        del rows, distances
        width = sigma_of_mean(sigma, total / self.num_videos**2, self.num_videos)
        self._to_affinity(width if width > SAME * longest else None)
        if not self_affinity:
            self._hollow()
        self._normalise()

    @property
    def num_bytes(self) -> int:
        """Memory of the panels."""
        return sum(panel.nbytes for panel in self._panels)

    def multiply(self, columns: Tensor) -> Tensor:
        """Multiply by ``D^(-1/2) W D^(-1/2)``, (N, B) to (N, B)."""
        result = torch.zeros_like(columns)
        for start, height, panel in self._walk():
            result[start : start + height].addmm_(panel, columns[start:])
            result[start + height :].addmm_(panel[:, height:].T, columns[start : start + height])
        return result

    def dense(self) -> NDArray[np.float64]:
        """All of the matrix, (N, N), symmetric; ``8 N^2`` bytes more."""
        whole = np.empty((self.num_videos, self.num_videos))
        for start, height, panel in self._walk():
            part = panel.cpu().numpy()
            whole[start : start + height, start:] = part
            whole[start:, start : start + height] = part.T
        return whole

    def _walk(self) -> Iterator[tuple[int, int, Tensor]]:
        """First row, number of rows and panel, (rows, N - first row)."""
        start = 0
        for panel in self._panels:
            yield start, len(panel), panel
            start += len(panel)

    def _to_affinity(self, sigma: float | None) -> None:
        """Turn squared distances to affinities; None: all representations are equal."""
        for panel in self._panels:
            if sigma is None:
                panel.fill_(1)
            else:
                panel.mul_(-0.5 / sigma**2).exp_()

    def _degrees(self) -> Tensor:
        degrees = self._panels[0].new_zeros(self.num_videos)
        for start, height, panel in self._walk():
            degrees[start : start + height] += panel.sum(dim=1)
            degrees[start + height :] += panel[:, height:].sum(dim=0)
        return degrees

    def _hollow(self) -> None:
        """Take the affinity of each video to itself away, unless it has no other."""
        for panel in self._panels:
            panel[:, : len(panel)].fill_diagonal_(0)
        alone = (self._degrees() == 0).double()
        for start, height, panel in self._walk():
            panel[:, :height].diagonal().copy_(alone[start : start + height])

    def _normalise(self) -> None:
        self.scale = self._degrees().rsqrt()
        for start, height, panel in self._walk():
            panel *= self.scale[start : start + height, None]
            panel *= self.scale[start:]
