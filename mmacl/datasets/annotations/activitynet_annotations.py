"""The layout of ActivityNet's annotation files, which most of the field writes."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.video_names import check_video_name
from mmacl.datasets.annotations.video_record import VideoRecord
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils import InputError

_FORM = (
    '{"database": {"<video>": {"subset": ..., "duration": ..., "annotations": [{"segment": [s, e], "label": ...}]}}}'
)


class _BadJsonError(ValueError):
    """Valid for Python's reader, but not for this one."""


@ANNOTATION_READERS.register_module()
class ActivityNetAnnotations:
    """Read ``{"database": {"<video>": {"subset", "duration", "annotations": [{"segment", "label"}]}}}``.

    Times are seconds, as numbers or as strings (BaS-Net's ``gt.json``). ``subset``, ``duration`` and ``annotations``
    may be absent. A list ``classes`` beside ``database`` fixes the order of the actions. Other keys are ignored.

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
        content = self._load()
        if not isinstance(content, dict) or not isinstance(content.get('database'), dict):
            raise InputError(f'{self.path}: no object "database"; expected {_FORM}')
        records = [self._record(name, entry) for name, entry in content['database'].items()]
        return AnnotationSet(records, self._classes(content.get('classes')))

    def _load(self) -> Any:
        """The JSON value, refusing what JSON would silently let pass."""
        try:
            text = Path(self.path).read_text(encoding='utf-8-sig')
            return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
        except OSError as error:
            raise InputError(f'{self.path}: cannot be read ({error.strerror}); expected a JSON file {_FORM}') from error
        except _BadJsonError as error:
            raise InputError(f'{self.path}: {error}') from error
        except (ValueError, RecursionError) as error:
            raise InputError(f'{self.path}: not JSON ({error}); expected {_FORM}') from error

    def _record(self, name: str, entry: Any) -> VideoRecord:
        """One entry of the database."""
        check_video_name(name, self.path)
        where = f'{self.path}: video {name!r}'
        if not isinstance(entry, dict):
            raise InputError(f'{where}: {entry!r:.80} is not an object; expected {_FORM}')
        subset = entry.get('subset') or ''
        annotations = entry.get('annotations') or []
        if not isinstance(subset, str) or not isinstance(annotations, list):
            raise InputError(f'{where}: "subset" must be a string and "annotations" a list; expected {_FORM}')
        duration = entry.get('duration')
        segments, labels = [], []
        for annotation in annotations:
            segment = annotation.get('segment') if isinstance(annotation, dict) else None
            label = annotation.get('label') if isinstance(annotation, dict) else None
            if not isinstance(segment, list) or len(segment) != 2 or not isinstance(label, str):
                raise InputError(
                    f'{where}: annotation {annotation!r:.80} is not {{"segment": [s, e], "label": "name"}}'
                )
            segments.append([_seconds(time, where) for time in segment])
            labels.append(label)
        return VideoRecord(
            video_name=name,
            subset=subset,
            duration=None if duration is None else _seconds(duration, where),
            segments=np.asarray(segments, dtype=np.float64).reshape(-1, 2),
            labels=tuple(labels),
        )

    def _classes(self, classes: Any) -> tuple[str, ...] | None:
        """The optional list of classes."""
        if classes is None:
            return None
        if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
            raise InputError(f'{self.path}: "classes" is {classes!r:.80}; it must be a list of names')
        return tuple(classes)


def _seconds(value: Any, where: str) -> float:
    """A time as a number."""
    try:
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise InputError(f'{where}: time {value!r:.80} is not a number of seconds')


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without a key twice; Python's reader would keep the last one."""
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        name = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _BadJsonError(f'{name!r} stands there twice; every video may have one entry, remove or rename the other')
    return content


def _refuse_constant(name: str) -> Any:
    """NaN and Infinity are not JSON, and no time."""
    raise _BadJsonError(f'{name} is not JSON, and no time in seconds; correct the annotation')
