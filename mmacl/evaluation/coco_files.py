"""COCO's JSON of detections, read and written; what was scored as a pair of COCO files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from mmacl.datasets.annotations.annotation_format import Match
from mmacl.datasets.annotations.annotation_set import AnnotationSet, VideoRecord
from mmacl.datasets.annotations.coco import CocoAnnotations, CocoId, box_times, is_coco_id, segment_box
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.ground_truth import GroundTruth
from mmacl.utils import InputError
from mmacl.utils.files import write_text_atomically

FORM = '[{"image_id", "category_id", "bbox": [start, 0, length, 1], "score"}]'
GROUND_TRUTH, DETECTIONS = 'ground_truth.json', 'detections.json'


def detections_by_video(
    content: Sequence[Any], source: str, ground_truth: str | PathLike[str] | None
) -> dict[str, list[dict[str, Any]]]:
    """COCO's list of detections as the object below ``results`` in ActivityNet's form.

    Ids are those of the ground truth, if that is COCO JSON. An id that is not in its ``images`` is a video of another
    subset, which is not scored. With other ground truth, a text as ``image_id`` is the name of a video, and a number as
    ``category_id`` stays an id.

    Args:
        content: the parsed file.
        source: the file, for messages.
        ground_truth: the file of annotations; None: not known.

    Returns:
        Lists of ``{'label', 'score', 'segment'}`` by video; scores and times are not checked.

    Raises:
        InputError: an entry has another form, the ground truth is not there, a number stands for a video and the ground
            truth is not COCO JSON, or a category is not listed in it.
    """
    listed, videos, categories = False, dict[CocoId, str](), dict[CocoId, str]()
    if ground_truth is not None:
        if not Path(ground_truth).exists():
            raise InputError('no such file or folder', file=ground_truth, remedy='name the annotations')
        if CocoAnnotations.match(Path(ground_truth)) is Match.CERTAIN:
            listed, (videos, categories) = True, CocoAnnotations(ground_truth).names()
    results: dict[str, list[dict[str, Any]]] = {}
    for entry in content:
        ids = map(entry.get, ('image_id', 'category_id')) if isinstance(entry, dict) else (None, None)
        image_id, category_id = ids
        if not is_coco_id(image_id) or not is_coco_id(category_id):
            what = f'detection {entry!r:.80} has no "image_id" or no "category_id"'
            raise InputError(what, file=source, remedy=f'expected {FORM}')
        if not listed and not isinstance(image_id, str):
            raise InputError(
                f'"image_id" {image_id} is a number, and the ground truth has no such ids',
                file=source,
                remedy='score against the COCO JSON that has them, or write the name of the video',
            )
        if listed and category_id not in categories:
            raise InputError(
                f'"category_id" {category_id!r:.80} is not in the "categories" of {ground_truth}',
                file=source,
                remedy='correct it, or name the annotations that belong to the detections',
            )
        video = videos.get(image_id, image_id if isinstance(image_id, str) else f'image_id {image_id}')
        segment = list(box_times(entry.get('bbox'), source))
        label = categories.get(category_id, int(category_id) if isinstance(category_id, float) else category_id)
        results.setdefault(video, []).append({'label': label, 'score': entry.get('score'), 'segment': segment})
    return results


def coco_detections(detections: SegmentTable) -> list[dict[str, Any]]:
    """Scored segments as COCO's list of detections; ids are numbers of videos and labels, from 1."""
    assert detections.scores is not None
    columns = (detections.videos, detections.labels, detections.segments, detections.scores)
    return [
        {'image_id': video + 1, 'category_id': label + 1, 'bbox': segment_box(start, end), 'score': score}
        for video, label, (start, end), score in zip(*(column.tolist() for column in columns), strict=True)
    ]


def write_coco_files(folder: str | PathLike[str], truth: GroundTruth, detections: SegmentTable) -> None:
    """Write what is scored as ``ground_truth.json`` and ``detections.json``, which pycocotools loads.

    Args:
        folder: where; it is made.
        truth: instances as they are scored, and ambiguous segments.
        detections: scored segments of its videos.

    Raises:
        InputError: the ground truth cannot be written as COCO JSON.
    """
    records = []
    for number, (name, duration) in enumerate(zip(truth.video_names, truth.durations.tolist(), strict=True)):
        instances = truth.instances.take(np.flatnonzero(truth.instances.videos == number))
        records.append(
            VideoRecord(
                video_name=name,
                duration=None if np.isnan(duration) else duration,
                segments=instances.segments,
                labels=tuple(truth.classes[label] for label in instances.labels),
                ambiguous=truth.ambiguous.segments[truth.ambiguous.videos == number],
            )
        )
    text = CocoAnnotations.text(AnnotationSet(records, truth.classes), truth.source)
    write_text_atomically(Path(folder) / GROUND_TRUTH, text)
    rows = ',\n'.join(map(json.dumps, coco_detections(detections)))
    write_text_atomically(Path(folder) / DETECTIONS, f'[\n{rows}\n]\n')
