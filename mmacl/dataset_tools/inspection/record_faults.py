"""What is wrong with the annotations, whatever the features are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from mmacl.dataset_tools.inspection.fault import Fault
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
    faults = [fault for error in errors for fault in Fault.from_error(error, 'annotation', [source], name)]
    faults = [_suggested(fault, record.labels, classes) for fault in faults]
    if name != name.strip():
        remedy = 'remove them, here and from the names of the features'
        faults.append(Fault('name', f'the name {name!r} begins or ends with spaces', source, remedy, name))
    instances = zip(record.labels, map(tuple, record.segments.tolist()), strict=True)
    for (label, (start, end)), count in Counter(instances).items():
        if count > 1:
            what = f'segment [{start:g}, {end:g}] of {label!r} stands there {count} times'
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


def _suggested(fault: Fault, labels: Sequence[str], classes: Sequence[str] | None) -> Fault:
    """With the class that was meant, where one is near."""
    if fault.kind != 'unknown class':
        return fault
    label = next((label for label in labels if f'unknown class {label!r},' in fault.what), '')
    near = get_close_matches(label, list(classes or ()), 1)
    hint = f'did you mean {near[0]!r}? ' if near else ''
    return Fault(fault.kind, fault.what, fault.file, f'{hint}{fault.remedy}', fault.video)
