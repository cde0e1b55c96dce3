"""Collect the segments of samples, and stack them into tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.ground_truth import GroundTruth
from mmacl.evaluation.video_lists import VideoList
from mmacl.utils import InputError

FUSED = 'fused'
_PREDICTIONS = 'pred_instances'


def segments_of(sample: Mapping[str, Any]) -> dict[str, Any]:
    """Return the segments of one video, as processes exchange them.

    Args:
        sample: dict with ``video_name`` and ``pred_instances``, and optionally ``duration``, ``gt_instances``,
            ``gt_ambiguous`` and ``<modality>_pred_instances``; the instances are dicts of arrays.

    Raises:
        InputError: the sample has no predictions.
    """
    if _PREDICTIONS not in sample:
        raise InputError(
            f'has no {_PREDICTIONS}', video=sample['video_name'], remedy="score samples of the model's mode 'predict'"
        )
    streams = {
        key.removesuffix(_PREDICTIONS).rstrip('_') or FUSED: _arrays(value, 'segments', 'labels', 'scores')
        for key, value in sample.items()
        if key == _PREDICTIONS or key.endswith(f'_{_PREDICTIONS}')
    }
    truth, ambiguous = sample.get('gt_instances', {}), _arrays(sample.get('gt_ambiguous', {}), 'segments')
    return {
        'video_name': sample['video_name'],
        'ground_truth': {
            **_arrays(truth, 'segments', 'labels'),
            **(_arrays(truth, 'clipped') if 'clipped' in truth else {}),
            'ambiguous': ambiguous.get('segments', np.zeros((0, 2))),
            'duration': np.nan if sample.get('duration') is None else sample['duration'],
        },
        'streams': streams,
    }


def each_video_once(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the videos in order of their names; the first copy of a video that a sampler repeated."""
    by_name = {result['video_name']: result for result in reversed(results)}
    return [by_name[name] for name in sorted(by_name)]


def ground_truth_of(
    videos: Sequence[dict[str, Any]], classes: Sequence[str] = (), video_list: VideoList | None = None
) -> GroundTruth:
    """Build the ground truth of the videos, or of those on a list."""
    truth = GroundTruth.of_videos('test set', {v['video_name']: v['ground_truth'] for v in videos}, classes)
    return truth if video_list is None else truth.on_list(video_list)


def stacked(videos: Sequence[dict[str, Any]], video_names: Sequence[str]) -> dict[str, SegmentTable]:
    """Stack the predictions of each stream in the named videos: the fused ones first, then by name of the stream."""
    by_name = {video['video_name']: video for video in videos}
    videos = [by_name[name] for name in video_names]
    # A data sample keeps its fields in no particular order.
    streams = [FUSED, *sorted({stream for video in videos for stream in video['streams']} - {FUSED})]
    return {
        stream: SegmentTable.from_videos([video['streams'].get(stream, {}) for video in videos], scored=True)
        for stream in streams
    }


def _arrays(instances: Mapping[str, Any], *names: str) -> dict[str, NDArray[Any]]:
    """Return the named columns of an ``InstanceData`` in form of a dict; nothing if it is empty."""
    return {name: np.asarray(instances[name]) for name in names} if instances else {}
