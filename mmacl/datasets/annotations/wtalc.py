"""The folder of ``.npy`` files that W-TALC and its successors use."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from mmacl.datasets.annotations.annotation_format import AnnotationFormat, Match
from mmacl.datasets.annotations.annotation_set import AMBIGUOUS, AnnotationSet
from mmacl.datasets.annotations.entries import Row, build_record, class_list, read_lines, read_seconds
from mmacl.datasets.untrusted.restricted_pickle import read_object_array
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError

_MAX_VALUES = 2**21


@ANNOTATION_READERS.register_module()
class WTalcAnnotations(AnnotationFormat):
    """Read ``videoname``, ``labels``, ``segments``, ``subset``, ``duration`` and ``classlist``, each a ``.npy`` file.

    ``subset``, ``duration`` and ``classlist`` may be absent. ``labels`` and ``segments`` are object arrays, read
    through a restricted unpickler; text may be bytes. The segments of ``Ambiguous_*.txt`` that belong to a video of
    ``videoname`` are kept apart. ``labels_all``, which repeats ``labels``, and the frame rates are not read.

    Args:
        path: the folder.
    """

    layout = 'wtalc'
    form = 'a folder with videoname.npy'

    @classmethod
    def match(cls, place: Path) -> Match:
        """A folder with ``videoname.npy``."""
        return Match.LIKELY if (place / 'videoname.npy').is_file() else Match.NO

    def read(self) -> AnnotationSet:
        """Read the folder.

        Raises:
            InputError: a file is missing, cannot be read, holds more than arrays, numbers and strings, or is not as
                long as ``videoname``; the labels and segments of a video differ in number, or a video is listed twice.
        """
        names = [_text(name, self._file('videoname')) for name in self._array('videoname').reshape(-1)]
        if len(set(names)) < len(names):
            where, kind = self._file('videoname'), 'annotated twice'
            for twice, count in Counter(names).items():
                if count > 1:
                    what = f'is listed {count} times'
                    complain(InputError(what, file=where, remedy='keep one', kind=kind, video=twice))
        labels, segments = self._column('labels', len(names)), self._column('segments', len(names))
        subsets, durations = self._column('subset', len(names), True), self._column('duration', len(names), True)
        ambiguous: dict[str, list[Row]] = {}
        for file in sorted(Path(self.path).glob(f'{AMBIGUOUS}_*.txt')):
            for name, start, end in read_lines(file):
                ambiguous.setdefault(name, []).append((start, end, AMBIGUOUS))
        records = []
        for index, name in enumerate(names):
            with entry(name):
                rows = _rows(labels[index], segments[index], self.path) + sorted(ambiguous.get(name, []))
                subset = '' if subsets is None else _text(subsets[index], self.path)
                duration = None if durations is None else read_seconds(durations[index], self.path)
                records.append(build_record(name, subset, duration, rows, self.path))
        return AnnotationSet(records, self._classes())

    def _classes(self) -> tuple[str, ...] | None:
        file = self._file('classlist')
        if not Path(file).exists():
            return None
        return class_list((_text(name, file) for name in self._array('classlist').reshape(-1)), file) or None

    def _column(self, name: str, length: int, optional: bool = False) -> Any:
        """One value a video."""
        if optional and not Path(self._file(name)).exists():
            return None
        array = self._array(name)
        values = array.reshape(-1) if array.size == len(array) else array
        if len(values) != length:
            raise InputError(
                f'{len(values)} values for {length} videos', file=self._file(name), remedy='expected one value a video'
            )
        return values

    def _array(self, name: str) -> Any:
        array = read_object_array(self._file(name))
        if array.ndim == 0:
            raise InputError('holds a single value', file=self._file(name), remedy='expected one value a video')
        if array.size > _MAX_VALUES:
            raise InputError(
                f'{array.size:,} values are more than any data set has',
                file=self._file(name),
                remedy='expected one value a video',
            )
        return array

    def _file(self, name: str) -> str:
        return str(Path(self.path) / f'{name}.npy')


def _rows(labels: Any, segments: Any, source: str) -> list[Row]:
    """Start, end and label of each instance of a video."""
    if not isinstance(labels, (list, tuple, np.ndarray)) or not isinstance(segments, (list, tuple, np.ndarray)):
        raise InputError('labels and segments must be lists', file=source, remedy='correct the annotation')
    if len(labels) != len(segments):
        raise InputError(
            f'{len(labels)} labels for {len(segments)} segments', file=source, remedy='correct the annotation'
        )
    rows: list[Row] = []
    for label, segment in zip(labels, segments, strict=True):
        if not isinstance(segment, (list, tuple, np.ndarray)) or len(segment) != 2:
            raise InputError(
                f'segment {segment!r:.80} is not [start, end]', file=source, remedy='correct the annotation'
            )
        rows.append((read_seconds(segment[0], source), read_seconds(segment[1], source), _text(label, source)))
    return rows


def _text(value: Any, source: str) -> str:
    """Text, also where it was written as bytes."""
    try:
        if isinstance(value, bytes):
            return value.decode()
    except UnicodeDecodeError:
        pass
    if not isinstance(value, str):
        raise InputError(f'{value!r:.80} is not text', file=source, remedy='correct the annotation')
    return str(value)
