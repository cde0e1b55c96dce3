"""Detections in ActivityNet's JSON form, which most scorers read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mmengine.structures import InstanceData


def describe_detections(instances: InstanceData, class_names: Sequence[str]) -> list[dict[str, Any]]:
    """Segments of one video as plain values.

    Args:
        instances: what :class:`ActionPostProcessor` found.
        class_names: names of the actions by label.

    Returns:
        A list of ``{'label', 'score', 'segment': [start, end] in seconds, 'cluster'}``, in the order of the instances.
    """
    return [
        {
            'label': class_names[label],
            'score': float(score),
            'segment': [float(start), float(end)],
            'cluster': int(cluster),
        }
        for (start, end), label, score, cluster in zip(
            instances.segments, instances.labels, instances.scores, instances.clusters, strict=True
        )
    ]


def describe_results(
    results: Mapping[str, list[dict[str, Any]]], metainfo: Mapping[str, Any], selection: str = ''
) -> dict[str, Any]:
    """The whole file.

    Args:
        results: detections by name of the video.
        metainfo: of the data set; its name, and whether its videos are simulated, are kept.
        selection: how the model was selected, where that is known; scorers print it.
    """
    external: dict[str, str | bool] = {
        'data_set': str(metainfo.get('dataset_name', '')),
        'simulated': bool(metainfo.get('simulated', False)),
    }
    if selection:
        external['selection'] = selection
    return {'version': 'mmacl', 'results': dict(sorted(results.items())), 'external_data': external}
