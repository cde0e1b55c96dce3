"""Tell a loss that counts how many instances of each action a video has."""

from __future__ import annotations

from typing import Any

import torch
from mmengine.hooks import Hook
from torch import Tensor

from mmacl.engine.hooks.clustering_hook import ClusteringHook
from mmacl.registry import HOOKS
from mmacl.utils import InputError


@HOOKS.register_module()
class InstanceCountsHook(Hook):
    """Attach ``instance_counts`` to each training video, (C,): how many instances of each action are annotated.

    Counts are stronger labels than the actions of a video alone. A config asks for them with this hook, and gets them
    only where the clusterer reads annotations too (:class:`AnnotatedLabels`), so that cluster c is action c. Counts are
    of whole videos, so train with a long crop or none.
    """

    # As the clusters, before anything reads the batch.
    priority = 'HIGH'

    def __init__(self) -> None:
        self._counts_of: dict[str, Tensor] = {}

    def before_train(self, runner: Any) -> None:
        """Read the counts.

        Raises:
            InputError: the clusterer trains without annotations, or the training videos have none.
        """
        clusterer = next((hook.clusterer for hook in runner.hooks if isinstance(hook, ClusteringHook)), None)
        if clusterer is None or not clusterer.uses_annotations:
            raise InputError(
                f'numbers of instances are labels, but {type(clusterer).__name__} trains without labels',
                file=str(runner.cfg.filename),
                remedy='remove default_hooks.counts and model.losses.counting, or train with AnnotatedLabels',
            )
        dataset = runner.train_dataloader.dataset
        counts = dataset.action_counts()
        if counts is None:
            raise InputError(
                'numbers of instances need annotations, but the training videos have none',
                file=str(runner.cfg.filename),
                remedy='set ann_file of the data set, or remove default_hooks.counts and model.losses.counting',
            )
        self._counts_of = dict(zip(dataset.video_names, torch.from_numpy(counts), strict=True))

    def before_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None) -> None:
        """Attach its row to each video."""
        for sample in data_batch['data_samples']:
            sample.instance_counts = self._counts_of[sample.video_name]
