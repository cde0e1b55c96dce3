"""A plain table of instances."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

from mmacl.datasets.annotations.annotation_format import AnnotationFormat, Match, ending
from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.entries import Row, build_record, read_seconds
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.small_text import read_small_text

_NEEDED = ('video', 'start', 'end', 'label')
_FORM = 'a first line video,start,end,label and perhaps subset,duration, then one line an instance'


@ANNOTATION_READERS.register_module()
class CsvAnnotations(AnnotationFormat):
    """Read ``video,start,end,label`` and, if they are there, ``subset`` and ``duration``.

    The first line names the columns, in any order; others are ignored. One line is one instance; a video without any
    has one line with ``start``, ``end`` and ``label`` empty. Subset and duration may stand on any line of a video.
    Instances called ``Ambiguous`` are kept apart. Videos are in the order of the file, classes in alphabetical order.

    Args:
        path: the file, UTF-8.
    """

    layout = 'csv'
    form = 'a .csv file'

    @classmethod
    def match(cls, place: Path) -> Match:
        """A ``.csv`` file."""
        return Match.POSSIBLE if ending(place) == '.csv' and place.is_file() else Match.NO

    def read(self) -> AnnotationSet:
        """Read the file.

        Raises:
            InputError: it cannot be read, has not those columns, or a line contradicts another or is not complete.
        """
        reader = csv.DictReader(StringIO(read_small_text(self.path, _FORM), newline=''), skipinitialspace=True)
        instances: dict[str, list[Row]] = {}
        facts: dict[tuple[str, str], str] = {}
        try:
            if not set(_NEEDED) <= set(reader.fieldnames or ()):
                raise InputError(
                    f'the first line is {reader.fieldnames!r:.80}', file=self.path, remedy=f'expected {_FORM}'
                )
            for row in reader:
                with entry(row['video'] or ''):
                    self._add(row, f'line {reader.line_num}', instances, facts)
        except csv.Error as error:
            raise InputError(f'line {reader.line_num}: {error}', file=self.path, remedy=f'expected {_FORM}') from error
        records = []
        for name, rows in instances.items():
            duration = facts.get((name, 'duration'))
            with entry(name):
                seconds = None if duration is None else read_seconds(duration, self.path)
                records.append(build_record(name, facts.get((name, 'subset'), ''), seconds, rows, self.path))
        return AnnotationSet(records)

    def _add(
        self, row: dict[str, Any], place: str, instances: dict[str, list[Row]], facts: dict[tuple[str, str], str]
    ) -> None:
        """Take one line in."""
        if None in row or None in [row[column] for column in _NEEDED]:
            raise InputError(
                f'{place} does not have as many values as the first line has names',
                file=self.path,
                remedy='correct the line',
            )
        name, start, end, label = (row[column].strip() for column in _NEEDED)
        for column in ('subset', 'duration'):
            value = (row.get(column) or '').strip()
            if value and facts.setdefault((name, column), value) != value:
                what = f'{place}: {column} {value!r} is {facts[name, column]!r} in an earlier line'
                complain(InputError(what, file=self.path, remedy='correct one of them'))
        rows = instances.setdefault(name, [])
        if start or end or label:
            if not label:
                raise InputError(f'{place}: an instance without a label', file=self.path, remedy='name the action')
            rows.append((read_seconds(start, self.path, place), read_seconds(end, self.path, place), label))
