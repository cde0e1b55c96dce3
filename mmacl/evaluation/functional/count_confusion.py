"""Which classes the videos of each cluster have."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def count_confusion(memberships: ArrayLike, classes: ArrayLike, num_classes: int) -> NDArray[np.int64]:
    """Videos by cluster and class.

    Args:
        memberships: (N, C) bool; a video of several clusters counts in each.
        classes: (N,) class of each video; -1: none, such a video is left out.
        num_classes: A.

    Returns:
        (C, A).
    """
    members, classes = np.asarray(memberships, dtype=bool), np.asarray(classes, dtype=np.int64)
    one_hot = classes[:, None] == np.arange(num_classes)
    return members.T.astype(np.int64) @ one_hot.astype(np.int64)
