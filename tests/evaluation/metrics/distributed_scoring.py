"""Score the same few videos with one process of several."""

from __future__ import annotations

import numpy as np
from mmengine.dataset import DefaultSampler
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData

from mmacl.evaluation import TemporalMAP
from mmacl.structures import ActionDataSample

NUM_VIDEOS = 5


def sample(index: int) -> ActionDataSample:
    """A video with one instance; every second one also has a false alarm, and all scores are equal."""
    false_alarm = [[50.0, 60.0]] * (index % 2)
    segments = np.array([*false_alarm, [0.0, 10.0]])
    found = InstanceData(
        segments=segments, labels=np.zeros(len(segments), dtype=np.int64), scores=np.full(len(segments), 0.5)
    )
    video = ActionDataSample(metainfo=dict(video_name=f'video_{9 - index}'))
    video.gt_instances = InstanceData(segments=np.array([[0.0, 10.0]]), labels=np.array([0]))
    video.pred_instances = found
    video.rgb_pred_instances = found[:1]
    return video


def score(rank: int, world_size: int, collect_device: str) -> dict[str, float]:
    """What this process returns after scoring its share; ``size`` keeps the repeated videos in."""
    evaluator = Evaluator([TemporalMAP(tiou_thresholds=(0.5,), averages=(), collect_device=collect_device)])
    evaluator.dataset_meta = dict(classes=('jump',))
    share = list(DefaultSampler(range(NUM_VIDEOS), shuffle=False))
    for index in share:
        evaluator.process([sample(index)])
    return evaluator.evaluate(size=len(share) * world_size)
