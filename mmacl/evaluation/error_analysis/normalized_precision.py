"""Average precision that does not depend on how frequent a class is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def normalized_precision(hits: NDArray[np.bool_], num_instances: int, norm: float) -> NDArray[np.float64]:
    """Precision at each rank as if there were ``norm`` instances: ``R * norm / (R * norm + FP)``.

    ``R`` is the recall and ``FP`` the number of false positives so far. With ``norm = num_instances`` this is the
    usual precision. Rare classes, or few instances of a kind, are thereby comparable with frequent ones.

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.
        norm: ``N`` of the paper, the average number of instances a class.
    """
    right = np.cumsum(hits, axis=-1) / num_instances * norm
    wrong = np.cumsum(~hits, axis=-1)
    return np.asarray(right / (right + wrong)) if hits.shape[-1] else np.zeros(hits.shape)


def normalized_average_precision(hits: NDArray[np.bool_], num_instances: int, norm: float) -> NDArray[np.float64]:
    """Area under the monotone envelope of :func:`normalized_precision` over recall, (...,).

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.
        norm: the average number of instances a class.
    """
    precision = normalized_precision(hits, num_instances, norm)
    envelope = np.maximum.accumulate(precision[..., ::-1], axis=-1)[..., ::-1]
    return np.asarray(np.sum(envelope * hits, axis=-1) / num_instances)
