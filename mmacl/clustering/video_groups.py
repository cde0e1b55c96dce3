"""Groups that pictures order and colour videos by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.evaluation.functional import primary_class


class VideoGroups(NamedTuple):
    """Classes of videos, or their clusters if there are no annotations.

    Attributes:
        numbers: (N,) group of each video, -1 for none.
        names: of the classes; None for clusters.
        what: what the groups are, in words.
    """

    numbers: NDArray[np.int64]
    names: tuple[str, ...] | None
    what: str


def video_groups(
    memberships: ArrayLike,
    action_counts: NDArray[np.integer[Any]] | None,
    class_names: Sequence[str] | None,
    round: int,
) -> VideoGroups:
    """Group videos by their primary class, or without annotations by their first cluster.

    Args:
        memberships: (N, C) bool.
        action_counts: (N, num_actions) instances in the same videos; None without annotations.
        class_names: names of the actions; None without annotations.
        round: of the clusters.
    """
    if action_counts is not None and class_names is not None:
        return VideoGroups(primary_class(action_counts), tuple(class_names), 'class')
    members = np.asarray(memberships, dtype=bool)
    numbers = np.where(members.any(axis=1), members.argmax(axis=1), -1)
    return VideoGroups(numbers, None, f'cluster of round {round}')
