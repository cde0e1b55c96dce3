"""Clusters that are given: by the annotations, or by a table of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.base_clusterer import BaseClusterer
from mmacl.registry import CLUSTERERS
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError


@CLUSTERERS.register_module()
class AnnotatedLabels(BaseClusterer):
    """Put each video into the clusters of its annotated actions; cluster c is action c ("clustering is skipped").

    A video without an annotated action is in no cluster and is never drawn for training.
    """

    uses_annotations = True

    def __call__(
        self,
        video_names: tuple[str, ...],
        num_clusters: int,
        seed: int,
        representations: NDArray[np.floating] | None = None,
        action_counts: NDArray[np.integer[Any]] | None = None,
    ) -> PseudoLabels:
        """Return where each action occurs; ``seed`` and ``representations`` are ignored.

        Raises:
            InputError: there are no annotations, no video has an action, or C is not the number of actions.
        """
        if action_counts is None:
            raise InputError(
                'weak supervision needs annotations, but the training videos have none',
                remedy='set ann_file of the data set, or train without labels (SpectralClusterer)',
            )
        counts = np.asarray(action_counts)
        if counts.shape[1] != num_clusters:
            raise InputError(
                f'model.num_clusters is {num_clusters}, but the annotations have {counts.shape[1]} actions',
                remedy=f'set model.num_clusters={counts.shape[1]}',
            )
        memberships = counts > 0
        if not memberships.sum():
            raise InputError(
                f'none of the {len(video_names)} training videos has an annotated action',
                remedy='check the annotation file and the subset',
            )
        return PseudoLabels(tuple(video_names), memberships)


@CLUSTERERS.register_module()
class PrecomputedLabels(BaseClusterer):
    """Use a saved table of labels, the same in each round.

    Args:
        path: a JSON file ``{"num_clusters": C, "labels": {"<video>": [<cluster>, ...], ...}}``, such as a run writes
            into ``clusters/`` of its work folder. Other videos in it are ignored.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(
        self,
        video_names: tuple[str, ...],
        num_clusters: int,
        seed: int,
        representations: NDArray[np.floating] | None = None,
        action_counts: NDArray[np.integer[Any]] | None = None,
    ) -> PseudoLabels:
        """Return the rows of these videos; all arguments but the names and C are ignored.

        Raises:
            InputError: the file cannot be read, lacks a video, gives none of them a cluster, or has another C.
        """
        table = PseudoLabels.load(self.path)
        if table.num_clusters != num_clusters:
            raise InputError(
                f'the table has {table.num_clusters} clusters, but model.num_clusters is {num_clusters}',
                file=self.path,
                remedy=f'set model.num_clusters={table.num_clusters}',
            )
        try:
            memberships = table.aligned_to(tuple(video_names))
        except InputError as error:
            error.file = self.path
            raise
        if not memberships.sum():
            raise InputError('no training video has a cluster', file=self.path, remedy='give each at least one')
        return PseudoLabels(tuple(video_names), memberships)
