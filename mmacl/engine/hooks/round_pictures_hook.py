"""Draw the clusters of each round during training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from numpy.typing import NDArray

from mmacl.clustering import video_groups
from mmacl.evaluation import count_confusion
from mmacl.registry import HOOKS
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError

PICTURES = ('confusion', 'affinity', 'embedding')


@HOOKS.register_module()
class RoundPicturesHook(Hook):
    """Pass pictures of each round's clusters to the backends of the visualizer, with the round as their step.

    The pictures are clusters against classes, the affinity matrix, and the videos on a plane. They are drawn when the
    videos are clustered, before the training of the round; a resumed run draws the rounds that it starts. Without
    annotations the first is left out, and videos are ordered and coloured by cluster. Without representations (weak
    supervision) the others are left out. Drawing does not change the training. The main process draws and the others
    wait: about half a second a round for 200 videos and half a minute for 4,819.

    Enable it with ``custom_hooks = [dict(type='RoundPicturesHook')]``.

    Args:
        pictures: names of the pictures to draw.
    """

    priority = 'NORMAL'

    def __init__(self, pictures: Sequence[str] = PICTURES) -> None:
        self.pictures = tuple(pictures)
        for name in self.pictures:
            if name not in PICTURES:
                raise InputError(
                    f'RoundPicturesHook: picture {name!r} is not known', remedy=f'choose of {", ".join(PICTURES)}'
                )

    def before_train(self, runner: Any) -> None:
        """Refuse a visualizer that cannot draw the pictures, before any work is done."""
        if not all(hasattr(runner.visualizer, f'add_{name}') for name in self.pictures):
            raise InputError(
                f'visualizer.type={type(runner.visualizer).__name__} does not draw rounds',
                remedy='set it to ActionVisualizer, or take RoundPicturesHook out of the config',
            )

    def after_clustering(
        self,
        runner: Any,
        round: int,
        metrics: dict[str, float],
        labels: PseudoLabels,
        representations: NDArray[np.floating] | None,
    ) -> None:
        """Draw the clusters."""
        if not is_main_process():
            return
        dataset = runner.train_dataloader.dataset
        memberships = labels.aligned_to(dataset.video_names)
        groups = video_groups(memberships, dataset.action_counts(), dataset.metainfo.get('classes'), round)
        facts: dict[str, Any] = {'step': round, 'simulated': bool(dataset.metainfo.get('simulated', False))}
        # Without metrics there are no classes, or the labels are from annotations.
        if 'confusion' in self.pictures and metrics and groups.names is not None:
            counts = count_confusion(memberships, groups.numbers, len(groups.names))
            runner.visualizer.add_confusion(counts, class_names=groups.names, round=round, **facts)
        if 'affinity' in self.pictures and representations is not None:
            facts_of_groups = {'group_names': groups.names, 'ordered_by': groups.what}
            runner.visualizer.add_affinity({round: representations}, groups.numbers, **facts_of_groups, **facts)
        if 'embedding' in self.pictures and representations is not None:
            facts_of_groups = {'class_names': groups.names, 'what': groups.what}
            runner.visualizer.add_embedding(representations, groups.numbers, round=round, **facts_of_groups, **facts)
