"""Faults of the annotations by themselves, and the number of videos of each class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from mmacl.dataset_tools.fault import Fault
from mmacl.datasets.annotations import RecordRules, VideoRecord
from mmacl.structures import SnippetTiming
from mmacl.utils.collected_errors import collect_errors


def record_faults(
    record: VideoRecord,
    rules: RecordRules,
    classes: Sequence[str] | None,
    source: str,
    timing: SnippetTiming | None = None,
) -> list[Fault]:
    """All faults of the record of one video.

    Args:
        record: what was read.
        rules: of the data set.
        classes: the actions that are known; None: any name.
        source: the annotations, for messages.
        timing: of the video, which tells where it ends if the record has no duration; None: not known.
    """
    name = record.video_name
    with collect_errors() as errors:
        rules.check(record, classes, source)
        if record.duration is None and timing is not None:
            rules.check_end(record, timing.duration or 0.0, timing.snippet_duration, source)
    faults = [fault for error in errors for fault in Fault.from_error(error, 'annotation', source, name)]
    hints = iter(_hints(record.labels, classes or ()))  # in the order in which labels are checked
    for index, fault in enumerate(faults):
        if fault.kind == 'unknown class':
            faults[index] = replace(fault, remedy=next(hints) + fault.remedy)
    if name != name.strip():
        remedy = 'remove them, here and from the names of the features'
        faults.append(Fault('name', f'the name {name!r} begins or ends with spaces', source, remedy, name))
    instances = zip(record.labels, map(tuple, record.segments.tolist()), strict=True)
    for (label, (start, end)), count in Counter(instances).items():
        if count > 1:
            what = f'segment [{start:g}, {end:g}] of {label!r} is annotated {count} times'
            remedy = 'keep one: no detection can match both'
            faults.append(Fault('duplicate segment', what, source, remedy, name))
    for start, end in record.ambiguous.tolist():
        if not (np.isfinite([start, end]).all() and 0 <= start <= end):
            what = f'ambiguous segment [{start:g}, {end:g}] is not inside a video'
            faults.append(Fault('segment', what, source, 'correct the annotation', name))
    return faults


def label_faults(records: Sequence[VideoRecord], source: str) -> list[Fault]:
    """Labels, and names of videos, that differ in case or spaces only."""
    faults = []
    for kind, names in (
        ('similar labels', {label for record in records for label in record.labels}),
        ('similar names', {record.video_name for record in records}),
    ):
        alike: dict[str, list[str]] = {}
        for name in sorted(names):
            alike.setdefault(''.join(name.casefold().split()).replace('_', ''), []).append(name)
        for group in alike.values():
            if len(group) > 1:
                what = f'{", ".join(map(repr, group))} differ in case, spaces or _ only'
                faults.append(Fault(kind, what, source, 'give one name to one thing', warning=True))
    return faults


def _hints(labels: Sequence[str], classes: Sequence[str]) -> Iterator[str]:
    """For each unknown label, the class that may be meant."""
    for label in dict.fromkeys(labels):
        if label not in classes:
            near = get_close_matches(label, list(classes), 1)
            yield f'did you mean {near[0]!r}? ' if near else ''


@dataclass(frozen=True)
class ClassBalance:
    """One class in one subset.

    Attributes:
        name: of the class.
        videos: that have an instance of it.
        instances: in all of them.
        seconds: that they last together, without those of no length.
    """

    name: str
    videos: int
    instances: int
    seconds: float


def class_balance(records: Sequence[VideoRecord], classes: Sequence[str]) -> list[ClassBalance]:
    """All classes, then labels that are no class."""
    videos: dict[str, set[str]] = {name: set() for name in classes}
    lengths: dict[str, list[float]] = {name: [] for name in classes}
    for record in records:
        for label, length in zip(record.labels, np.diff(record.segments, axis=1).reshape(-1).tolist(), strict=True):
            videos.setdefault(label, set()).add(record.video_name)
            lengths.setdefault(label, []).append(length)
    return [
        ClassBalance(
            name, len(videos[name]), len(lengths[name]), sum(length for length in lengths[name] if 0 < length < np.inf)
        )
        for name in videos
    ]


def empty_class_faults(balance: Sequence[ClassBalance], source: str, refused: bool) -> list[Fault]:
    """Classes that no video has, if the subset has instances at all.

    Args:
        balance: of a subset.
        source: its annotations.
        refused: whether training refuses the data set for it; else it is a warning.
    """
    if not any(row.instances for row in balance):
        return []
    remedy = (
        'correct classes or the subset, or set allow_empty_classes=True'
        if refused
        else 'nothing can be learnt or scored for it'
    )
    return [
        Fault('empty class', f'no video has class {row.name!r}', source, remedy, warning=not refused)
        for row in balance
        if not row.videos
    ]
