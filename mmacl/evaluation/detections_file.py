"""Read result files of this and other systems: ActivityNet's JSON and its usual variants, and COCO's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.untrusted.names import check_video_name
from mmacl.evaluation.coco_files import FORM as COCO_FORM
from mmacl.evaluation.coco_files import detections_by_video
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.name_matching import match_labels, match_videos
from mmacl.utils import InputError
from mmacl.utils.strict_json import read_strict_json

MAX_BYTES = 150 * 10**6
"""200 detections in each of ActivityNet's 4,900 validation videos take 100 MB, and 1 GB of memory when read."""

_FORM = f'{{"results": {{"<video>": [{{"label": "name" or id, "score": s, "segment": [start, end]}}]}}}} or {COCO_FORM}'


@dataclass(frozen=True, eq=False)
class MatchedDetections:
    """The detections of the videos that are scored.

    Attributes:
        table: M detections, in the order of the videos, then of the file.
        num_left_out: how many detections belong to other videos.
        num_empty: how many of the M have no length; they are false positives.
        num_reversed: how many of those end before they start.
        num_by_id: how many of the M name their class by its id.
    """

    table: SegmentTable
    num_left_out: int
    num_empty: int
    num_reversed: int
    num_by_id: int


@dataclass(frozen=True, eq=False)
class DetectionsFile:
    """The detections of a file, one row each, in the order of the file.

    Attributes:
        path: the file.
        video_names: V names, as the file writes them.
        videos: (N,) index into ``video_names``.
        label_names: L different labels as the file writes them, names or ids.
        label_numbers: (N,) index into ``label_names``.
        segments: (N, 2) seconds; one that ends before it starts is empty here, ``[start, start]``.
        is_reversed: (N,) which of them do.
        scores: (N,).
        external: the object ``external_data`` of the file.
    """

    path: str
    video_names: tuple[str, ...]
    videos: NDArray[np.int64]
    label_names: tuple[str | int, ...]
    label_numbers: NDArray[np.int64]
    segments: NDArray[np.float64]
    is_reversed: NDArray[np.bool_]
    scores: NDArray[np.float64]
    external: Mapping[str, Any]

    @property
    def labels(self) -> list[str | int]:
        """N labels as the file writes them."""
        return [self.label_names[number] for number in self.label_numbers]

    def bind(self, video_names: Sequence[str], classes: Sequence[str], first_id: int = 0) -> SegmentTable:
        """Return the table of :meth:`match`."""
        return self.match(video_names, classes, first_id).table

    def match(self, video_names: Sequence[str], classes: Sequence[str], first_id: int = 0) -> MatchedDetections:
        """Select the detections of the given videos.

        Args:
            video_names: names of the videos that are scored, by number.
            classes: names of the classes by label.
            first_id: the id of the first class, for labels that are ids.

        Raises:
            InputError: no video of the file is among them, or a label of theirs is not a class.
        """
        numbers = match_videos(self.video_names, video_names, self.path)[self.videos]
        rows = np.flatnonzero(numbers >= 0)
        rows = rows[np.argsort(numbers[rows], kind='stable')]
        used = np.unique(self.label_numbers[rows])
        labels, by_id = match_labels([self.label_names[number] for number in used], classes, first_id, self.path)
        places = np.searchsorted(used, self.label_numbers[rows])
        segments = self.segments[rows]
        return MatchedDetections(
            table=SegmentTable(numbers[rows], segments, labels[places], self.scores[rows]),
            num_left_out=len(self.videos) - len(rows),
            num_empty=int(np.count_nonzero(segments[:, 0] == segments[:, 1])),
            num_reversed=int(np.count_nonzero(self.is_reversed[rows])),
            num_by_id=int(np.count_nonzero(by_id[places])),
        )


def read_detections(path: str | PathLike[str], ground_truth: str | PathLike[str] | None = None) -> DetectionsFile:
    """Read a file of detections.

    Either ``{"results": {video: [...]}}`` with anything beside it, or the inner object alone, or COCO's list, see
    :func:`~mmacl.evaluation.coco_files.detections_by_video`. Labels are names or ids, scores and times numbers or
    strings that hold numbers. A detection without length, or one that ends before it starts, is read: it is a false
    positive.

    Args:
        path: the file.
        ground_truth: the annotations whose ids a file in COCO's form has.

    Raises:
        InputError: the file is larger than :data:`MAX_BYTES`, is not JSON, or has another layout.
    """
    content = read_strict_json(path, f'a JSON file of detections {_FORM}; write fewer a video', MAX_BYTES)
    source = str(path)
    if isinstance(content, list):
        content = {'results': detections_by_video(content, source, ground_truth)}
    elif isinstance(content, dict) and ('database' in content or {'images', 'annotations'} <= content.keys()):
        raise InputError('holds annotations, no detections', file=source, remedy=f'expected {_FORM}')
    results = content.get('results', content) if isinstance(content, dict) else None
    if not isinstance(results, dict):
        raise InputError('no object "results"', file=source, remedy=f'expected {_FORM}')
    if results is content:
        results = {name: value for name, value in content.items() if isinstance(value, list)}
        if len(results) < len(content):
            name = next(name for name in content if name not in results)
            raise InputError(
                f'{name!r:.80} does not hold a list of detections', file=source, remedy=f'expected {_FORM}'
            )
    for name, detections in results.items():
        check_video_name(name, source)
        if not isinstance(detections, list):
            raise InputError(
                f'{detections!r:.80} is not a list of detections', file=source, video=name, remedy=f'expected {_FORM}'
            )
    labels, numbers = _plain_columns(results) or _any_columns(results, source)
    known = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    starts, ends, scores = numbers.T
    external = content.get('external_data')
    return DetectionsFile(
        path=source,
        video_names=tuple(results),
        videos=np.repeat(np.arange(len(results)), [len(rows) for rows in results.values()]),
        label_names=tuple(known),
        label_numbers=np.fromiter(map(known.__getitem__, labels), dtype=np.int64, count=len(labels)),
        segments=np.stack([starts, np.maximum(starts, ends)], axis=1),
        is_reversed=ends < starts,
        scores=scores,
        external=external if isinstance(external, dict) else {},
    )


def _plain_columns(results: Mapping[str, list[Any]]) -> tuple[list[str | int], NDArray[np.float64]] | None:
    """Return labels, and (N, 3) starts, ends and scores, if all are well-formed numbers; else None.

    This is the fast way for the usual file; :func:`_any_columns` reads each detection and names what is wrong.
    """
    rows = list(chain.from_iterable(results.values()))
    try:
        labels = [row['label'] for row in rows]
        scores = [row['score'] for row in rows]
        segments = [row['segment'] for row in rows]
        if (
            not set(map(type, rows)) <= {dict}
            or not set(map(type, labels)) <= {str, int}
            or not set(map(type, segments)) <= {list}
            or not set(map(len, segments)) <= {2}
            or not set(map(type, chain(scores, chain.from_iterable(segments)))) <= {int, float}
        ):
            return None
        numbers = np.empty((len(rows), 3))
        numbers[:, :2] = np.array(segments, dtype=np.float64).reshape(-1, 2)
        numbers[:, 2] = scores
    except (KeyError, TypeError, OverflowError):
        return None
    return (labels, numbers) if np.isfinite(numbers).all() else None


def _any_columns(results: Mapping[str, list[Any]], source: str) -> tuple[list[str | int], NDArray[np.float64]]:
    """Return labels, and (N, 3) starts, ends and scores.

    Raises:
        InputError: a detection has another form; names it and its video.
    """
    labels: list[str | int] = []
    numbers: list[tuple[float, float, float]] = []
    for name, detections in results.items():
        for detection in detections:
            found = detection if isinstance(detection, dict) else {}
            segment, score = found.get('segment'), found.get('score')
            label: Any = found.get('label')
            if not isinstance(segment, list) or len(segment) != 2 or score is None or type(label) not in (str, int):
                raise InputError(
                    f'detection {detection!s:.80} is not {{"label", "score", "segment": [s, e]}}',
                    file=source,
                    video=name,
                    remedy='correct the results',
                )
            labels.append(label)
            numbers.append(
                (_number(segment[0], source, name), _number(segment[1], source, name), _number(score, source, name))
            )
    return labels, np.array(numbers, dtype=np.float64).reshape(-1, 3)


def _number(value: Any, source: str, video: str) -> float:
    """Convert to a finite number."""
    try:
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            number = float(value)
            if math.isfinite(number):
                return number
    except (ValueError, OverflowError):
        pass
    raise InputError(f'{value!r:.80} is not a finite number', file=source, video=video, remedy='correct the results')
