"""From clusters to actions (Sec. 4.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional import clustering_metrics as clustering_metrics  # an alias of earlier releases
from mmacl.evaluation.functional import one_to_one_assignment
from mmacl.structures import ClusterMapping
from mmacl.utils import InputError

RULES = ('majority', 'hungarian')


def map_clusters(
    memberships: NDArray[np.bool_],
    action_counts: NDArray[np.integer[Any]],
    class_names: tuple[str, ...],
    ratio: float = 0.5,
    strict: bool = True,
    secondary_weight: float = 1.0,
    rule: str = 'majority',
) -> ClusterMapping:
    """Map each cluster to the action that occurs most in it, and to every other that occurs nearly as often.

    "Suppose in cluster z, C_A is the most frequently occurred action class and appears N_A times, then for any action
    class C_B whose number of occurrence in cluster z is greater than N_A / 2, we also map cluster z to action C_B."
    Occurrences are counted in videos: a video votes once for each action that it contains, however many instances it
    has. (Counting instances, one video with a hundred of them would outvote its cluster.) If actions are equally
    frequent, C_A is the one with the lowest index.

    The rule ``'hungarian'`` is not the paper's. It maps clusters to actions one to one, so that as many videos as
    possible are in a cluster that is mapped to one of their actions. Clusters and actions that are left over, or that
    share no video, are not mapped. It ignores ``ratio``, ``strict`` and ``secondary_weight``.

    Args:
        memberships: (N, C), True where a video is in a cluster.
        action_counts: (N, num_actions) instances of each action in the same videos.
        class_names: names of the actions.
        ratio: of N_A, above which an action is mapped too.
        strict: whether C_B must occur more often than ``ratio * N_A`` ("greater than"); else as often is enough, as in
            the authors' release.
        secondary_weight: factor on the scores of segments for every C_B; 0.5 in the release.
        rule: ``'majority'`` or ``'hungarian'``.

    Returns:
        The mapping. A cluster without videos, or whose videos have no actions, maps to none; an action without a
        cluster is never detected.

    Raises:
        InputError: an unknown ``rule``, ``ratio`` or ``secondary_weight`` outside (0, 1], or tables that do not fit
            each other.
    """
    if rule not in RULES:
        raise InputError(f'mapping rule={rule!r} is not known', remedy=f'choose one of {", ".join(RULES)}')
    for name, value in (('ratio', ratio), ('secondary_weight', secondary_weight)):
        if not 0 < value <= 1:
            raise InputError(
                f'mapping {name}={value} is not in (0, 1]', remedy='the paper has ratio=0.5, secondary_weight=1.0'
            )
    members, occurs = np.asarray(memberships, dtype=bool), np.asarray(action_counts) > 0
    if len(members) != len(occurs) or occurs.shape[1] != len(class_names):
        raise InputError(
            f'memberships {members.shape}, action counts {occurs.shape} and {len(class_names)} class names do not fit',
            remedy='they must be of the same videos and actions',
        )
    votes = members.T.astype(np.int64) @ occurs.astype(np.int64)
    if rule == 'hungarian':
        weights = np.zeros(votes.shape)
        weights[one_to_one_assignment(votes)] = 1.0
        return ClusterMapping(weights, tuple(class_names))
    most = votes.max(axis=1, keepdims=True, initial=0)
    also = votes > ratio * most if strict else votes >= ratio * most
    weights = np.where(also & (votes > 0), float(secondary_weight), 0.0)
    voted = np.flatnonzero(most[:, 0] > 0)
    weights[voted, votes[voted].argmax(axis=1)] = 1.0
    return ClusterMapping(weights, tuple(class_names))
