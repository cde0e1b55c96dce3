"""Write detections in the JSON form of ActivityNet, which most scorers read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

if TYPE_CHECKING:
    from mmengine.structures import InstanceData


class FoundSegments(NamedTuple):
    """The segments of one video in few bytes: 40 each, a tenth of what the plain values of JSON take.

    Attributes:
        segments: (N, 2) in seconds, best first.
        labels, scores, clusters: (N,).
    """

    segments: NDArray[Any]
    labels: NDArray[Any]
    scores: NDArray[Any]
    clusters: NDArray[Any]

    @classmethod
    def best_of(cls, instances: InstanceData, most: int | None = None) -> FoundSegments:
        """Take the best segments of the result of :class:`ActionPostProcessor`; None: all."""
        return cls(*(instances[name][:most] for name in cls._fields))


def describe_detections(instances: InstanceData | FoundSegments, class_names: Sequence[str]) -> list[dict[str, Any]]:
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
            'score': score,
            'segment': segment,
            'cluster': cluster,
        }
        for segment, label, score, cluster in zip(
            instances.segments.tolist(),
            instances.labels.tolist(),
            instances.scores.tolist(),
            instances.clusters.tolist(),
            strict=True,
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
    return {
        'version': 'mmacl',
        'results': dict(sorted(results.items())),
        'external_data': _external_data(metainfo, selection, None),
    }


def results_in_pieces(
    found: Mapping[str, FoundSegments],
    class_names: Sequence[str],
    metainfo: Mapping[str, Any],
    selection: str = '',
    best_of_each: int | None = None,
) -> Iterator[bytes]:
    """Write :func:`describe_results` as JSON video by video, so that the text of many is never in memory at once.

    Args:
        found: segments of each video by its name.
        class_names: names of the actions, in label order.
        metainfo: see :func:`describe_results`.
        selection: see :func:`describe_results`.
        best_of_each: how many segments of each video were kept at most, which ``external_data`` then says; None: all.
    """
    yield b'{"version": "mmacl", "results": {'
    for place, name in enumerate(sorted(found)):
        rows = json.dumps(describe_detections(found[name], class_names), allow_nan=False)
        yield f'{", " if place else ""}{json.dumps(name)}: {rows}'.encode()
    yield f'}}, "external_data": {json.dumps(_external_data(metainfo, selection, best_of_each))}}}\n'.encode()


def _external_data(metainfo: Mapping[str, Any], selection: str, best_of_each: int | None) -> dict[str, Any]:
    external: dict[str, Any] = {
        'data_set': str(metainfo.get('dataset_name', '')),
        'simulated': bool(metainfo.get('simulated', False)),
    }
    if selection:
        external['selection'] = selection
    if best_of_each is not None:
        external['best_of_each'] = best_of_each
    return external
