"""Annotations of any layout, written in the one form that mmacl's folders have."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import numpy as np

from mmacl.dataset_tools.conversion.portable_names import check_portable_names
from mmacl.datasets.annotations import ActivityNetAnnotations, AnnotationSet, VideoRecord
from mmacl.datasets.annotations.instances_by_video import AMBIGUOUS
from mmacl.utils import InputError


def annotations_text(annotations: AnnotationSet, source: str) -> str:
    """The text of ``annotations.json``, ActivityNet's form with one video a line.

    Everything is kept: subsets, durations, the order of videos, instances and classes, and ambiguous segments, as
    instances called ``Ambiguous``. The text is read again, and refused if it does not give the same records. Whether
    the values make sense is not judged here, but where they are used, by :class:`RecordRules`.

    Args:
        annotations: what was read.
        source: where, for messages.

    Raises:
        InputError: a time is not finite, or the name of a video or subset could not be that of a file.
    """
    check_portable_names((record.video_name for record in annotations.records), 'video', source)
    check_portable_names((record.subset for record in annotations.records if record.subset), 'subset', source)
    rows = [f'{json.dumps(record.video_name)}: {_entry(record, source)}' for record in annotations.records]
    classes = '' if annotations.classes is None else f'"classes": {json.dumps(annotations.classes)},\n'
    text = f'{{{classes}"database": {{\n' + ',\n'.join(rows) + '\n}}\n'
    differing = first_difference(annotations, ActivityNetAnnotations(source).parse(text))
    if differing is not None:
        raise InputError(
            f'{differing} would read otherwise than it was written', file=source, remedy='correct the annotations'
        )
    return text


def first_difference(first: AnnotationSet, second: AnnotationSet) -> str | None:
    """What differs between two sets, bit for bit; None: nothing."""
    if first.classes != second.classes:
        return 'the list of classes'
    if [record.video_name for record in first.records] != [record.video_name for record in second.records]:
        return 'the list of videos'
    for one, other in zip(first.records, second.records, strict=True):
        same = (one.subset, one.duration, one.labels) == (other.subset, other.duration, other.labels)
        times = np.array_equal(one.segments, other.segments) and np.array_equal(one.ambiguous, other.ambiguous)
        if not (same and times):
            return f'video {one.video_name!r}'
    return None


def _entry(record: VideoRecord, source: str) -> str:
    """One video of the database."""
    instances = [
        *zip(record.segments.tolist(), record.labels, strict=True),
        *((segment, AMBIGUOUS) for segment in record.ambiguous.tolist()),
    ]
    times = [time for segment, _ in instances for time in segment]
    times += [] if record.duration is None else [record.duration]
    for time in times:
        if not isfinite(time):
            raise InputError(
                f'video {record.video_name!r}: {time} is no time', file=source, remedy='correct the annotation'
            )
    entry: dict[str, Any] = {} if not record.subset else dict(subset=record.subset)
    if record.duration is not None:
        entry['duration'] = float(record.duration)
    entry['annotations'] = [dict(segment=segment, label=label) for segment, label in instances]
    return json.dumps(entry)
