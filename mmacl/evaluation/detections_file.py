"""Result files of this and other systems, in ActivityNet's JSON form and its usual variants."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import check_video_name
from mmacl.evaluation.functional import SegmentTable
from mmacl.evaluation.name_matching import match_labels, match_videos
from mmacl.utils import InputError
from mmacl.utils.strict_json import read_strict_json

MAX_BYTES = 150 * 10**6
"""200 detections in each of ActivityNet's 4,900 validation videos take 100 MB, and 1 GB of memory when read."""

_FORM = '{"results": {"<video>": [{"label": "name" or id, "score": s, "segment": [start, end]}]}}'


@dataclass(frozen=True, eq=False)
class DetectionsFile:
    """The detections of a file, one row each, in the order of the file.

    Attributes:
        path: the file.
        video_names: V names, as the file writes them.
        videos: (N,) index into ``video_names``.
        labels: N labels as the file writes them, names or ids.
        segments: (N, 2) seconds.
        scores: (N,).
        external: what the file says of itself under ``external_data``.
    """

    path: str
    video_names: tuple[str, ...]
    videos: NDArray[np.int64]
    labels: list[str | int]
    segments: NDArray[np.float64]
    scores: NDArray[np.float64]
    external: Mapping[str, Any]

    def bind(self, video_names: Sequence[str], classes: Sequence[str], first_id: int = 0) -> SegmentTable:
        """The detections of the given videos as a table, in the order of those videos, then of the file.

        Args:
            video_names: names of the videos that are scored, by number.
            classes: names of the classes by label.
            first_id: the id that stands for the first class, where labels are ids.

        Raises:
            InputError: no video of the file is among them, or a label is no class.
        """
        numbers = match_videos(self.video_names, video_names, self.path)[self.videos]
        rows = np.flatnonzero(numbers >= 0)
        rows = rows[np.argsort(numbers[rows], kind='stable')]
        labels = match_labels([self.labels[row] for row in rows], classes, first_id, self.path)
        return SegmentTable(numbers[rows], self.segments[rows], labels, self.scores[rows])


def read_detections(path: str | PathLike[str]) -> DetectionsFile:
    """Read a file of detections.

    Either ``{"results": {video: [...]}}`` with anything beside it, or the inner object alone. Labels are names or ids,
    scores and times numbers or strings that hold numbers.

    Raises:
        InputError: the file is larger than :data:`MAX_BYTES`, is not JSON, or not laid out like that; names the video.
    """
    content = read_strict_json(path, f'a JSON file of detections {_FORM}; write fewer a video', MAX_BYTES)
    source = str(path)
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
    external = content.get('external_data')
    videos: list[int] = []
    labels: list[str | int] = []
    numbers: list[tuple[float, float, float]] = []
    for video, (name, detections) in enumerate(results.items()):
        check_video_name(name, source)
        if not isinstance(detections, list):
            raise InputError(
                f'video {name!r} holds {detections!r:.80}, which is no list', file=source, remedy=f'expected {_FORM}'
            )
        for detection in detections:
            label, start, end, score = _values(detection, f'{source}: video {name!r}')
            videos.append(video)
            labels.append(label)
            numbers.append((start, end, score))
    columns = np.array(numbers, dtype=np.float64).reshape(-1, 3)
    return DetectionsFile(
        path=source,
        video_names=tuple(results),
        videos=np.array(videos, dtype=np.int64),
        labels=labels,
        segments=columns[:, :2],
        scores=columns[:, 2],
        external=external if isinstance(external, dict) else {},
    )


def _values(detection: Any, where: str) -> tuple[str | int, float, float, float]:
    """Label, start, end and score of a detection."""
    if isinstance(detection, dict):
        segment, label, score = detection.get('segment'), detection.get('label'), detection.get('score')
        if isinstance(segment, list) and len(segment) == 2 and isinstance(label, (str, int)) and score is not None:
            start, end = _number(segment[0], where), _number(segment[1], where)
            if end < start:
                raise InputError(
                    f'segment [{start:g}, {end:g}] ends before it starts', file=where, remedy='correct the results'
                )
            return label, start, end, _number(score, where)
    raise InputError(f'detection {detection!s:.80} is not {{"label", "score", "segment": [s, e]}}', file=where)


def _number(value: Any, where: str) -> float:
    """A finite number."""
    try:
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            number = float(value)
            if math.isfinite(number):
                return number
    except (ValueError, OverflowError):
        pass
    raise InputError(f'{value!r:.80} is not a finite number', file=where, remedy='correct the results')
