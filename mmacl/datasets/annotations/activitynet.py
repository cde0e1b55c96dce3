"""The JSON of ActivityNet, which most of the field writes, and which ``annotations.json`` of a data folder holds."""

from __future__ import annotations

import json
import os
from os import PathLike
from pathlib import Path
from typing import Any

from mmacl.datasets.annotations.annotation_format import Match, ending
from mmacl.datasets.annotations.annotation_set import AnnotationSet, VideoRecord
from mmacl.datasets.annotations.entries import (
    Row,
    build_record,
    class_list,
    facts_of,
    instances_of,
    normal_label,
    read_seconds,
)
from mmacl.datasets.annotations.text_format import TextFormat
from mmacl.datasets.untrusted.names import check_video_name
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import entry as an_entry
from mmacl.utils.errors import InputError
from mmacl.utils.small_text import plain_or_gzipped
from mmacl.utils.strict_json import parse_strict_json, read_strict_json

FILE = 'annotations.json'
"""Name of the file in a folder of features."""

_KEYS = ('annotations', 'duration', 'duration_second', 'missing', 'subset')  # one of them tells the entry of a video
_FORM = (
    '{"database": {"<video>": {"subset": ..., "duration": ..., "annotations": [{"segment": [s, e], "label": ...}]}}}'
)


@ANNOTATION_READERS.register_module()
class ActivityNetAnnotations(TextFormat):
    """Read ``{"database": {"<video>": {"subset", "duration", "annotations": [{"segment", "label"}]}}}``.

    Without ``database``, the videos may be at the top level (MMAction2). Times are seconds, as numbers or as strings
    (BaS-Net's ``gt.json``). ``subset``, ``duration`` or ``duration_second``, ``fps`` or
    ``frame_rate``, and ``annotations`` may be absent.
    A list ``classes`` beside ``database`` fixes the order of the actions; without it the leaves of
    ``taxonomy`` (ActivityNet-1.2 and 1.3) do, in alphabetical order, if every label is one of them. Videos with
    ``"missing": true`` are left out. Instances called ``Ambiguous`` are kept apart. Other keys are ignored.

    Args:
        path: the JSON file, or a folder with ``annotations.json``; either may be gzipped.
    """

    layout = 'activitynet'
    form = f'a .json file in ActivityNet form, or a folder with {FILE}'
    suffix = '.json'
    keeps = frozenset({'duration', 'subset', 'fps', 'classes'})

    def __init__(self, path: str | PathLike[str]) -> None:
        super().__init__(path)
        file = plain_or_gzipped(Path(path) / FILE)
        if os.path.isfile(file):
            self.path = file

    @classmethod
    def match(cls, place: Path) -> Match:
        """Any ``.json`` file, since hardly any key is required; a folder with ``annotations.json``."""
        if place.is_dir():
            return Match.CERTAIN if os.path.isfile(plain_or_gzipped(place / FILE)) else Match.NO
        return Match.POSSIBLE if ending(place) == '.json' else Match.NO

    def read(self) -> AnnotationSet:
        """Read the file whole.

        :class:`RecordRules` judges whether the values make sense, for the videos that are used.

        Raises:
            InputError: the file cannot be read, is not JSON (NaN is not JSON), names a video twice, or is not laid out
                as described above.
        """
        return self._set(read_strict_json(self.path, f'a JSON file {_FORM}'))

    def parse(self, text: str) -> AnnotationSet:
        """The records of a text, as :meth:`read`."""
        return self._set(parse_strict_json(text, self.path, _FORM))

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of a file, one video a line; ambiguous segments are instances called ``Ambiguous``."""
        rows = [f'{json.dumps(record.video_name)}: {_entry(record)}' for record in annotations.records]
        classes = '' if annotations.classes is None else f'"classes": {json.dumps(annotations.classes)},\n'
        return f'{{{classes}"database": {{\n' + ',\n'.join(rows) + '\n}}\n'

    def _set(self, content: Any) -> AnnotationSet:
        """The records of the parsed file."""
        database = self._database(content)
        listed, taxonomy = (None, None) if database is content else map(content.get, ('classes', 'taxonomy'))
        records = []
        for name, entry in database.items():
            if not (isinstance(entry, dict) and entry.get('missing') is True):
                with an_entry(name):
                    records.append(self._record(name, entry))
        if listed is not None:
            return AnnotationSet(records, self._classes(listed) or None)
        leaves = _leaves(taxonomy)
        complete = {label for record in records for label in record.labels} <= set(leaves)
        return AnnotationSet(records, leaves if leaves and complete else None)

    def _database(self, content: Any) -> dict[str, Any]:
        """The entries of the videos."""
        if isinstance(content, dict):
            database = content.get('database')
            if isinstance(database, dict):
                return database
            entries = content.values()
            if content and all(isinstance(entry, dict) and not entry.keys().isdisjoint(_KEYS) for entry in entries):
                return content
        detections = isinstance(content, dict) and 'results' in content
        what = 'no object "database"' + (' but "results", so these are detections' if detections else '')
        raise InputError(what, file=self.path, remedy=f'expected {_FORM}')

    def _record(self, name: str, entry: Any) -> VideoRecord:
        """One entry of the database."""
        check_video_name(name, self.path)
        if not isinstance(entry, dict):
            raise InputError(f'{entry!r:.80} is not an object', file=self.path, remedy=f'expected {_FORM}')
        subset = entry.get('subset') or ''
        annotations = entry.get('annotations') or []
        if not isinstance(subset, str) or not isinstance(annotations, list):
            raise InputError(
                '"subset" must be a string and "annotations" a list', file=self.path, remedy=f'expected {_FORM}'
            )
        rows = []
        for annotation in annotations:
            with an_entry(name):
                rows.append(self._row(annotation))
        duration, fps = None, entry.get('fps', entry.get('frame_rate'))
        with an_entry(name):
            stated = entry.get('duration', entry.get('duration_second'))
            duration = None if stated is None else read_seconds(stated, self.path, finite=False)
        fps = float(fps) if isinstance(fps, (int, float)) and fps > 0 else None
        return build_record(name, subset, duration, rows, self.path, fps)

    def _row(self, annotation: Any) -> Row:
        """Start, end and label of an instance."""
        segment = annotation.get('segment') if isinstance(annotation, dict) else None
        label = annotation.get('label') if isinstance(annotation, dict) else None
        if not isinstance(segment, list) or len(segment) != 2 or not isinstance(label, str):
            raise InputError(
                f'annotation {annotation!r:.80} is not {{"segment": [s, e], "label": "name"}}',
                file=self.path,
                remedy='correct it',
            )
        start, end = (read_seconds(time, self.path, finite=False) for time in segment)
        return start, end, label

    def _classes(self, classes: Any) -> tuple[str, ...]:
        """The list of classes."""
        if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
            raise InputError(f'"classes" is {classes!r:.80}', file=self.path, remedy='it must be a list of names')
        return class_list(classes, self.path)


def _leaves(taxonomy: Any) -> tuple[str, ...]:
    """Names of the nodes of a taxonomy that are no parent of another; none without such a taxonomy."""
    nodes = [node for node in taxonomy if isinstance(node, dict)] if isinstance(taxonomy, list) else []
    names = {node['nodeName'] for node in nodes if isinstance(node.get('nodeName'), str)}
    parents = {node['parentName'] for node in nodes if isinstance(node.get('parentName'), str)}
    return tuple(sorted(map(normal_label, names - parents)))


def _entry(record: VideoRecord) -> str:
    """The JSON of one video."""
    annotations = [dict(segment=[start, end], label=label) for start, end, label, _ in instances_of(record)]
    return json.dumps({**facts_of(record), 'annotations': annotations})
