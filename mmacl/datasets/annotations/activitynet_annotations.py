"""The layout of ActivityNet's annotation files, which most of the field writes."""

from __future__ import annotations

from os import PathLike
from typing import Any

from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.instances_by_video import AMBIGUOUS, build_record
from mmacl.datasets.annotations.video_names import check_label, check_video_name
from mmacl.datasets.annotations.video_record import VideoRecord
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils import InputError
from mmacl.utils.collected_errors import entry as an_entry
from mmacl.utils.strict_json import parse_strict_json, read_strict_json

_FORM = (
    '{"database": {"<video>": {"subset": ..., "duration": ..., "annotations": [{"segment": [s, e], "label": ...}]}}}'
)


@ANNOTATION_READERS.register_module()
class ActivityNetAnnotations:
    """Read ``{"database": {"<video>": {"subset", "duration", "annotations": [{"segment", "label"}]}}}``.

    Times are seconds, as numbers or as strings (BaS-Net's ``gt.json``). ``subset``, ``duration`` and ``annotations``
    may be absent. A list ``classes`` beside ``database`` fixes the order of the actions; without it the leaves of
    ``taxonomy`` (ActivityNet-1.2 and 1.3) do, in alphabetical order, if every label is one of them. Videos with
    ``"missing": true`` are left out. Instances called ``Ambiguous`` are kept apart. Other keys are ignored.

    Args:
        path: the JSON file.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = str(path)

    def read(self) -> AnnotationSet:
        """Read the file whole.

        Whether the values make sense is judged by :class:`RecordRules`, for the videos that are used.

        Raises:
            InputError: the file cannot be read, is not JSON (NaN is not JSON), names a video twice, or is not laid out
                as described above.
        """
        return self._set(read_strict_json(self.path, f'a JSON file {_FORM}'))

    def parse(self, text: str) -> AnnotationSet:
        """Read the text of the file.

        Raises:
            InputError: as :meth:`read`.
        """
        return self._set(parse_strict_json(text, self.path, _FORM))

    def _set(self, content: Any) -> AnnotationSet:
        """The records of the parsed file."""
        if not isinstance(content, dict) or not isinstance(content.get('database'), dict):
            raise InputError('no object "database"', file=self.path, remedy=f'expected {_FORM}')
        records = []
        for name, entry in content['database'].items():
            if not (isinstance(entry, dict) and entry.get('missing') is True):
                with an_entry(name):
                    records.append(self._record(name, entry))
        classes = self._classes(content.get('classes')) or _leaves(content.get('taxonomy'))
        if content.get('classes') is None and not {x for record in records for x in record.labels} <= set(
            classes or ()
        ):
            classes = None
        return AnnotationSet(records, classes)

    def _record(self, name: str, entry: Any) -> VideoRecord:
        """One entry of the database."""
        check_video_name(name, self.path)
        where = f'{self.path}: video {name!r}'
        if not isinstance(entry, dict):
            raise InputError(f'{entry!r:.80} is not an object', file=where, remedy=f'expected {_FORM}')
        subset = entry.get('subset') or ''
        annotations = entry.get('annotations') or []
        if not isinstance(subset, str) or not isinstance(annotations, list):
            raise InputError(
                '"subset" must be a string and "annotations" a list', file=where, remedy=f'expected {_FORM}'
            )
        duration = entry.get('duration')
        rows = []
        for annotation in annotations:
            with an_entry(name):
                rows.append(_row(annotation, where))
        seconds = None
        with an_entry(name):
            seconds = None if duration is None else _seconds(duration, where)
        return build_record(name, subset, seconds, rows, self.path)

    def _classes(self, classes: Any) -> tuple[str, ...] | None:
        """The optional list of classes."""
        if classes is None:
            return None
        if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
            raise InputError(f'"classes" is {classes!r:.80}', file=self.path, remedy='it must be a list of names')
        for name in classes:
            check_label(name, self.path)
        return tuple(name for name in classes if name != AMBIGUOUS)


def _row(annotation: Any, where: str) -> tuple[float, float, str]:
    """Start, end and label of an instance."""
    segment = annotation.get('segment') if isinstance(annotation, dict) else None
    label = annotation.get('label') if isinstance(annotation, dict) else None
    if not isinstance(segment, list) or len(segment) != 2 or not isinstance(label, str):
        raise InputError(
            f'annotation {annotation!r:.80} is not {{"segment": [s, e], "label": "name"}}',
            file=where,
            remedy='correct it',
        )
    return _seconds(segment[0], where), _seconds(segment[1], where), label


def _leaves(taxonomy: Any) -> tuple[str, ...] | None:
    """Names of the nodes of a taxonomy that are nobody's parent; None where there is no such taxonomy."""
    nodes = [node for node in taxonomy if isinstance(node, dict)] if isinstance(taxonomy, list) else []
    names = {node['nodeName'] for node in nodes if isinstance(node.get('nodeName'), str)}
    parents = {node['parentName'] for node in nodes if isinstance(node.get('parentName'), str)}
    return tuple(sorted(names - parents)) or None


def _seconds(value: Any, where: str) -> float:
    """A time as a number."""
    try:
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise InputError(f'time {value!r:.80} is not a number of seconds', file=where, remedy='correct it')
