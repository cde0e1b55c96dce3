"""Read segments of any layout, found or annotated, and write them in any layout that can be written."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from mmacl.dataset_tools.conversion.portable_names import check_portable_names
from mmacl.datasets.annotations import (
    AnnotationSet,
    RecordRules,
    TextFormat,
    VideoRecord,
    VideoTextFormat,
)
from mmacl.datasets.annotations.annotation_format import ending, format_named, head_of, layout_names, layout_of
from mmacl.datasets.annotations.entries import build_record, instances_of
from mmacl.datasets.annotations.text_format import FACTS, MEDIA
from mmacl.evaluation.detections_file import read_detections
from mmacl.registry import constructor_parameters
from mmacl.utils import InputError, write_text_atomically

RESULTS = 'results'
"""Layout of detections: ActivityNet's JSON with scores."""

_RESULTS_KEY = re.compile(rb'"results"\s*:\s*\{')
_DATABASE_KEY = re.compile(rb'"database"\s*:')
_COMPLETED = ('duration', 'subset', 'fps')


def writable_layouts() -> tuple[str, ...]:
    """Names of the layouts that can be written."""
    return tuple(sorted([RESULTS, *(name for name in layout_names() if _is_writable(format_named(name)))]))


def read_segments(
    path: str | PathLike[str], layout: str | None = None, fps: float | None = None, tiers: Sequence[str] | None = None
) -> AnnotationSet:
    """Read annotations or detections.

    A detection is clipped to the start of its video; one without length is left out, and a note says how many were.

    Args:
        path: a file or a folder.
        layout: :data:`RESULTS` or a name of a format; None: recognise it.
        fps: frames per second, for files of layouts that count frames that do not state it.
        tiers: names of tiers to read, for a layout that has tiers.

    Raises:
        InputError: the layout is not known or has no tiers, or the reader refuses the content.
    """
    known = sorted([RESULTS, *layout_names()])
    if layout is not None and layout not in known:
        raise InputError(f'layout {layout!r} is not known', file='--from', remedy=f'choose one of {", ".join(known)}')
    if layout is None:
        layout = RESULTS if _holds_detections(Path(path)) else layout_of(path)
    kind = None if layout == RESULTS else format_named(layout)
    taken = constructor_parameters(kind) or {} if kind else {}
    if tiers is not None and 'tiers' not in taken:
        raise InputError(f'layout {layout} has no tiers', file='--tiers', remedy='leave it out')
    options = {key: value for key, value in (('fps', fps), ('tiers', tiers)) if value is not None and key in taken}
    found: AnnotationSet = kind(path, **options).read() if kind else _detections(path)
    return found


def complete(segments: AnnotationSet, others: AnnotationSet, source: str) -> AnnotationSet:
    """Take durations, subsets, frame rates and the list of classes from other annotations of the same videos.

    What the segments say themselves stays.

    Args:
        segments: such as detections, which say none of these.
        others: such as the ground truth.
        source: of the others, for messages.

    Raises:
        InputError: a video is not among the others.
    """
    known = {record.video_name: record for record in others.records}
    records = []
    for record in segments.records:
        other = known.get(record.video_name)
        if other is None:
            remedy = 'name the annotations that belong to the videos'
            raise InputError('is not there', file=source, video=record.video_name, remedy=remedy)
        missing = {key: getattr(other, key) for key in _COMPLETED if not getattr(record, key)}
        records.append(replace(record, **missing))
    if segments.classes is None and (listed := others.class_names()) is not None:
        # Found actions may have other names, such as those of clusters.
        segments = replace(segments, classes=tuple(dict.fromkeys([*listed, *(segments.class_names() or ())])))
    return replace(segments, records=records)


def best_segments(record: VideoRecord, min_score: float | None, number: int | None) -> VideoRecord:
    """The segments with the highest scores, in their order; one without a score is kept.

    Args:
        record: of a video.
        min_score: lowest score; None: any.
        number: how many at most; None: any number.
    """
    if record.scores is None:
        return record
    ranked = np.where(np.isnan(record.scores), np.inf, record.scores)
    kept = ranked >= (-np.inf if min_score is None else min_score)
    if number is not None:
        order = np.flatnonzero(kept)[np.argsort(-ranked[kept], kind='stable')]
        kept[order[number:]] = False
    labels = tuple(label for label, keep in zip(record.labels, kept, strict=True) if keep)
    return replace(record, segments=record.segments[kept], labels=labels, scores=record.scores[kept])


def check_segments(segments: AnnotationSet, source: str) -> None:
    """Refuse what no tool can show: negative times, an end before its start, a label that is not a class.

    A segment may have no length, and may reach past the end of its video.

    Raises:
        InputError: a segment or a duration is wrong.
    """
    rules = RecordRules(past_end='clip', empty_segments='keep')
    for record in segments.records:
        rules.check(record, segments.classes, source)


def write_segments(
    segments: AnnotationSet, out: str | PathLike[str], layout: str, source: str, media: str = MEDIA
) -> tuple[list[Path], list[str]]:
    """Write a file, or a file a video into a folder. Every text is checked before the first file is in its place.

    Args:
        segments: what to write.
        out: the file; for a layout with one file a video the folder, or the file if there is one video.
        layout: one of :func:`writable_layouts`.
        source: where they were read, for messages.
        media: the file of a video, with ``{video}`` in it.

    Returns:
        The files, and which of :data:`FACTS` the layout has no place for.

    Raises:
        InputError: the layout cannot be written, a name cannot be a file name, or as :meth:`TextFormat.text`.
    """
    if '{video}' not in media:
        raise InputError(f'{media!r:.80} has no {{video}} in it', file='--media', remedy='say where the name belongs')
    target = Path(out)
    if layout == RESULTS:
        write_text_atomically(target, _results_text(segments))
        return [target], [fact for fact in FACTS[:3] if any(getattr(record, fact) for record in segments.records)]
    kind = format_named(layout) if layout in layout_names() else None
    if kind is None or not _is_writable(kind):
        what = f'layout {layout!r} is not known' if kind is None else f'layout {layout} is only read'
        raise InputError(what, file='--to', remedy=f'choose one of {", ".join(writable_layouts())}')
    single = target.name.lower().endswith(kind.suffix) and not target.is_dir()
    if issubclass(kind, VideoTextFormat) and not single:
        return _write_folder(segments, target, kind, source, media), kind.lost(segments)
    if issubclass(kind, VideoTextFormat) and len(segments.records) != 1:
        what = f'layout {layout} has a file for each of the {len(segments.records)} videos'
        raise InputError(what, file=target, remedy='name a folder')
    texts = {target: kind.text(segments, source, media)}
    companion = kind.companion(segments)
    if companion is not None and target.suffix:
        texts[target.with_name(target.stem + companion[0])] = companion[1]
    for path, text in texts.items():
        write_text_atomically(path, text)
    return list(texts), kind.lost(segments)


def _write_folder(
    segments: AnnotationSet, target: Path, kind: type[VideoTextFormat], source: str, media: str
) -> list[Path]:
    """Write a file a video: beside the folder first, so that a fault in the last video leaves nothing behind."""
    check_portable_names((record.video_name for record in segments.records), 'video', source)
    listed = replace(segments, classes=segments.class_names())
    target.mkdir(parents=True, exist_ok=True)
    files = [target / (record.video_name + kind.suffix) for record in segments.records]
    with tempfile.TemporaryDirectory(dir=target, prefix='.writing-') as place:
        for file, record in zip(files, segments.records, strict=True):
            text = kind.text(replace(listed, records=[record]), source, media)
            write_text_atomically(Path(place) / file.name, text)
        for file in files:
            os.replace(Path(place) / file.name, file)
    return files


def _is_writable(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, TextFormat)


def _holds_detections(path: Path) -> bool:
    """Whether the start of a ``.json`` file is that of detections in ActivityNet's form."""
    if ending(path) != '.json' or not path.is_file():
        return False
    head = head_of(path)
    return bool(_RESULTS_KEY.search(head)) and not _DATABASE_KEY.search(head)


def _detections(path: str | PathLike[str]) -> AnnotationSet:
    """The records of a file of detections."""
    found = read_detections(path)
    segments = np.maximum(found.segments, 0.0)
    whole = segments[:, 1] > segments[:, 0]
    order = np.argsort(found.videos, kind='stable')
    borders = np.searchsorted(found.videos[order], np.arange(len(found.video_names) + 1))
    records = []
    for number, name in enumerate(found.video_names):
        rows = [row for row in order[borders[number] : borders[number + 1]] if whole[row]]
        instances = [(*segments[row].tolist(), str(found.label_names[found.label_numbers[row]])) for row in rows]
        records.append(build_record(name, '', None, instances, found.path, scores=found.scores[rows].tolist()))
    left_out = int(np.count_nonzero(~whole))
    notes = (f'{left_out} detections without length are left out',) if left_out else ()
    return AnnotationSet(records, notes=notes)


def _results_text(segments: AnnotationSet) -> str:
    """Detections in ActivityNet's form; a segment without a score has 1, and ambiguous ones are left out."""
    rows = []
    for record in segments.records:
        found = instances_of(record)[: len(record.labels)]
        listed = [
            {'label': one.label, 'score': 1.0 if one.score is None else one.score, 'segment': [one.start, one.end]}
            for one in found
        ]
        rows.append(f'{json.dumps(record.video_name)}: {json.dumps(listed)}')
    return '{"version": "mmacl", "results": {\n' + ',\n'.join(rows) + '\n}, "external_data": {}}\n'
