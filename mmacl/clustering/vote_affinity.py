"""How many of several clusterings put two videos together, as an affinity that is never stored."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch import Tensor

from mmacl.clustering.normalised_cut import normalise_affinity

# Joins videos that no clustering puts together; far below one of them.
_JOIN = 1e-6


class VoteAffinity:
    """The normalised affinity of :func:`vote_affinity`, kept as R clusters of each video: ``32 R N`` bytes.

    With ``B``, (N, R C), which is 1 where a clustering puts a video into a cluster, the shares are ``B B^T / R``.

    Args:
        votes: (R, N), the cluster of each video in each clustering, in [0, C).

    Attributes:
        scale: ``D^(-1/2)``, (N,).
    """

    def __init__(self, votes: NDArray[np.int64]) -> None:
        num_runs, num_videos = votes.shape
        num_clusters = int(votes.max()) + 1
        columns = (votes + num_clusters * np.arange(num_runs)[:, None]).T.reshape(-1)
        starts = np.arange(0, columns.size + 1, num_runs)
        members = csr_matrix((np.ones(columns.size), columns, starts), shape=(num_videos, num_runs * num_clusters))
        self._votes, self._members, self._of_clusters = votes, members, members.T.tocsr()
        self._scale = 1 / np.sqrt(self._times(np.ones(num_videos)))
        self.scale = torch.from_numpy(self._scale)

    def multiply(self, columns: Tensor) -> Tensor:
        """Multiply by ``D^(-1/2) W D^(-1/2)``, (N, B) to (N, B)."""
        scale = self._scale[:, None]
        return torch.from_numpy(scale * self._times(scale * columns.numpy()))

    def dense(self) -> NDArray[np.float64]:
        """All of the matrix, (N, N)."""
        return normalise_affinity(vote_affinity(self._votes))[0]

    def _times(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply by the affinity that is not normalised."""
        shares = self._members @ (self._of_clusters @ columns) / len(self._votes)
        return np.asarray(shares + _JOIN * columns.sum(axis=0))


def vote_affinity(votes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compute the share of the clusterings that put two videos together, and a millionth, (R, N) to (N, N)."""
    total = np.zeros((votes.shape[1],) * 2)
    for labels in votes:
        total += labels[:, None] == labels
    return total / len(votes) + _JOIN
