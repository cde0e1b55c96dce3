"""Mapping of clusters to actions (Sec. 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ClusterMapping:
    """A weighted relation between clusters and actions.

    Attributes:
        weights: (C, num_actions) float; 0 where the cluster is not mapped to the action, else the factor on the scores
            of its segments (1 in the paper, 0.5 for further classes in the authors' release).
        class_names: names of the actions, in label order.
    """

    weights: NDArray[np.float64]
    class_names: tuple[str, ...]

    @classmethod
    def identity(cls, class_names: tuple[str, ...]) -> ClusterMapping:
        """Map cluster c to action c (weak supervision)."""
        return cls(np.eye(len(class_names)), tuple(class_names))

    @classmethod
    def anonymous(cls, num_clusters: int) -> ClusterMapping:
        """Map each of C clusters to an action of its own, ``cluster_00``, ``cluster_01``, ..., as none is known."""
        width = max(2, len(str(num_clusters - 1)))
        return cls.identity(tuple(f'cluster_{c:0{width}d}' for c in range(num_clusters)))

    def state_dict(self) -> dict[str, Any]:
        """Convert to plain lists and strings, which a checkpoint stores safely."""
        return {'weights': self.weights.tolist(), 'class_names': list(self.class_names)}

    @classmethod
    def from_state_dict(cls, state: dict[str, Any]) -> ClusterMapping:
        """Build the mapping from what :meth:`state_dict` returned."""
        names = tuple(state['class_names'])
        return cls(np.asarray(state['weights'], dtype=np.float64).reshape(-1, len(names)), names)
