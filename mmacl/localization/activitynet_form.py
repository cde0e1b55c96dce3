"""Write detections in the JSON form of ActivityNet, which most scorers read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmengine.structures import InstanceData


def describe_detections(instances: InstanceData, class_names: Sequence[str]) -> list[dict[str, Any]]:
    """Convert the segments of one video to plain values.

    Args:
        instances: result of :class:`ActionPostProcessor`.
        class_names: names of the actions, in label order.

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
    """Compose the content of a detections file.

    Args:
        results: detections of each video by its name, see :func:`describe_detections`.
        metainfo: of the data set; ``dataset_name`` and ``simulated`` are kept.
        selection: how the model was selected; the scorers print it. Empty: unknown.

    Returns:
        ``{'version', 'results', 'external_data'}``, with videos in alphabetical order.
    """
    external: dict[str, str | bool] = {
        'data_set': str(metainfo.get('dataset_name', '')),
        'simulated': bool(metainfo.get('simulated', False)),
    }
    if selection:
        external['selection'] = selection
    return {'version': 'mmacl', 'results': dict(sorted(results.items())), 'external_data': external}
