"""Which actions a cluster stands for (Sec. 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ClusterMapping:
    """A weighted relation between clusters and actions.

    Attributes:
        weights: (C, num_actions) float; 0 where the cluster does not stand for the action, else the factor on the
            scores of its segments (1 in the paper, 0.5 for further classes in the authors' release).
        class_names: names of the actions, in label order.
    """

    weights: NDArray[np.float64]
    class_names: tuple[str, ...]

    @classmethod
    def identity(cls, class_names: tuple[str, ...]) -> ClusterMapping:
        """Cluster c is action c: weak supervision."""
        return cls(np.eye(len(class_names)), tuple(class_names))

    @classmethod
    def anonymous(cls, num_clusters: int) -> ClusterMapping:
        """Cluster c is its own action ``cluster_cc``: nothing is known about the actions."""
        width = max(2, len(str(num_clusters - 1)))
        return cls.identity(tuple(f'cluster_{c:0{width}d}' for c in range(num_clusters)))

    def state_dict(self) -> dict[str, Any]:
        """Plain lists and strings, safe to store beside the weights."""
        return {'weights': self.weights.tolist(), 'class_names': list(self.class_names)}

    @classmethod
    def from_state_dict(cls, state: dict[str, Any]) -> ClusterMapping:
        """The mapping that :meth:`state_dict` described."""
        names = tuple(state['class_names'])
        return cls(np.asarray(state['weights'], dtype=np.float64).reshape(-1, len(names)), names)
