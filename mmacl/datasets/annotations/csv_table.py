"""A table of instances, one a line."""

from __future__ import annotations

import csv
import difflib
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from mmacl.datasets.annotations.annotation_format import Match, ending
from mmacl.datasets.annotations.annotation_set import AMBIGUOUS, AnnotationSet
from mmacl.datasets.annotations.entries import (
    Instance,
    facts_of,
    instances_of,
    read_score,
    read_seconds,
    record_with_facts,
)
from mmacl.datasets.annotations.text_format import TextFormat
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.small_text import read_small_text

_FORM = 'a first line video,start,end,label and perhaps subset,duration,fps, then one line an instance'
_COLUMNS = {
    'video': ('video', 'video name', 'video id', 'vid', 'name'),
    'start': ('start', 't init', 't start', 'start time', 'start sec', 'start seconds', 'begin', 'onset'),
    'end': ('end', 't end', 'end time', 'end sec', 'end seconds', 'stop', 'offset'),
    'label': ('label', 'label name', 'class', 'class name', 'action', 'activity', 'category'),
    'label_id': ('label idx', 'label id', 'label index', 'class idx', 'class id', 'class index', 'action id'),
    'subset': ('subset', 'split'),
    'duration': ('duration', 'video duration'),
    'fps': ('fps', 'frame rate'),
    'score': ('score', 'confidence'),
}
"""Names of each column, the first one first; capitals, blanks and signs do not count."""

_FACTS = ('subset', 'duration', 'fps')
_OPTIONAL = (*_FACTS, 'score')


class _Line(NamedTuple):
    """The values of a line; empty: there is none."""

    video: str
    start: str
    end: str
    label: str
    score: str
    facts: dict[str, str]


@ANNOTATION_READERS.register_module()
class CsvAnnotations(TextFormat):
    """Read ``video,start,end,label`` and, if they are there, ``subset``, ``duration``, ``fps`` and ``score``.

    The first line names the columns, in any order and capitals; common other names such as ``video-name``, ``t-init``
    and ``t-end`` are understood, and other columns are ignored. In place of ``label`` there may be ``label-idx``: the
    classes are then called by their ids, and -1 is *Ambiguous*. Values are separated by commas, semicolons or tabs.

    One line is one instance, in any order; a video without any has one line with ``start``, ``end`` and ``label``
    empty. Subset, duration and fps may be on any line of a video. Instances called ``Ambiguous`` are kept apart.
    Videos are in the order of the file, classes in alphabetical order or in the order of their ids.

    Times are written as ``HH:MM:SS.mmm``, with more digits where they have more.

    Args:
        path: the file, UTF-8.
    """

    layout = 'csv'
    form = 'a .csv file'
    suffix = '.csv'
    keeps = frozenset({'duration', 'subset', 'fps', 'scores'})

    @classmethod
    def match(cls, place: Path) -> Match:
        """A ``.csv`` or ``.tsv`` file."""
        return Match.POSSIBLE if ending(place) in ('.csv', '.tsv') and place.is_file() else Match.NO

    def read(self) -> AnnotationSet:
        """Read the file.

        Raises:
            InputError: it cannot be read, or as :meth:`parse`.
        """
        return self.parse(read_small_text(self.path, _FORM))

    def parse(self, text: str) -> AnnotationSet:
        """The records of a text.

        Raises:
            InputError: a column is missing, or a line contradicts another or is not complete.
        """
        first = text.partition('\n')[0]
        table = csv.reader(StringIO(text, newline=''), delimiter=max(',;\t', key=first.count), skipinitialspace=True)
        instances: dict[str, list[Instance]] = {}
        facts: dict[str, dict[str, str]] = {}
        try:
            header = next(table, [])
            columns = self._columns(header)
            for values in table:
                if values:
                    place = f'line {table.line_num}'
                    with entry(values[columns['video']].strip() if len(values) > columns['video'] else ''):
                        self._add(self._line(values, header, columns, place), place, instances, facts)
        except csv.Error as error:
            raise InputError(f'line {table.line_num}: {error}', file=self.path, remedy=f'expected {_FORM}') from error
        records = []
        for name, rows in instances.items():
            known = facts.get(name, {})
            with entry(name):
                records.append(record_with_facts(name, known, rows, self.path))
        if 'label' in columns:
            return AnnotationSet(records)
        ids = sorted({int(label) for record in records for label in record.labels})
        notes = (f'labels are ids, from {ids[0]} to {ids[-1]}; they name the classes',) if ids else ()
        return AnnotationSet(records, tuple(map(str, ids)) or None, notes)

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of a file: a line an instance, with the columns for which some video has a value."""
        columns = dict.fromkeys(key for record in annotations.records for key in facts_of(record))
        scored = any(record.scores is not None for record in annotations.records)
        text = StringIO(newline='')
        table = csv.writer(text, lineterminator='\n')
        table.writerow(['video', 'start', 'end', 'label', *columns, *(['score'] if scored else [])])
        for record in annotations.records:
            facts = facts_of(record)
            known = [facts.get(key, '') for key in columns]
            for found in instances_of(record):
                score = [] if not scored else ['' if found.score is None else found.score]
                table.writerow([record.video_name, _clock(found.start), _clock(found.end), found.label, *known, *score])
            if not len(record.labels) + len(record.ambiguous):
                table.writerow([record.video_name, '', '', '', *known, *([''] if scored else [])])
        return text.getvalue()

    def _columns(self, header: list[str]) -> dict[str, int]:
        """The place of each column that is there.

        Raises:
            InputError: a column that is needed is missing, or two have the same meaning.
        """
        names = [_plain(name) for name in header]
        columns: dict[str, int] = {}
        for column, aliases in _COLUMNS.items():
            found = [place for place, name in enumerate(names) if name in map(_plain, aliases)]
            exact = [place for place in found if names[place] == _plain(aliases[0])]
            if len(exact or found) > 1:
                both = ' and '.join(repr(header[place]) for place in (exact or found)[:2])
                raise InputError(
                    f'columns {both} both mean {column}', file=self.path, remedy=f'keep one and call it {column!r}'
                )
            if found:
                columns[column] = (exact or found)[0]
        for column in ('video', 'start', 'end', 'label'):
            if column not in columns and not (column == 'label' and 'label_id' in columns):
                others = [name for place, name in enumerate(header) if name and place not in columns.values()]
                plain = {_plain(name): name for name in others}
                near = [*difflib.get_close_matches(column, plain, 1, 0.5), *(name for name in plain if column in name)]
                raise InputError(
                    f'no column {column!r} among {", ".join(map(repr, header))[:200] or "none"}',
                    file=self.path,
                    remedy=f'rename {plain[near[0]]!r} to {column!r}' if near else f'expected {_FORM}',
                )
        if 'label' in columns:
            columns.pop('label_id', None)
        return columns

    def _line(self, values: list[str], header: list[str], columns: dict[str, int], place: str) -> _Line:
        """The values of a line by column."""
        needed = [at for column, at in columns.items() if column not in _OPTIONAL]
        if len(values) <= max(needed) or any(values[len(header) :]):
            raise InputError(
                f'{place} has {len(values)} values where the first line has {len(header)} names',
                file=self.path,
                remedy='correct the line',
            )
        found = {column: values[at].strip() for column, at in columns.items() if at < len(values)}
        label = found.get('label', found.get('label_id', ''))
        if label and 'label_id' in found:
            try:
                label = AMBIGUOUS if int(label) == -1 else str(int(label))
            except ValueError:
                what = f'{place}: {header[columns["label_id"]]} {label!r} is not an integer'
                raise InputError(what, file=self.path, remedy='correct the id') from None
        facts = {key: found[key] for key in _FACTS if found.get(key)}
        return _Line(found['video'], found['start'], found['end'], label, found.get('score', ''), facts)

    def _add(
        self, line: _Line, place: str, instances: dict[str, list[Instance]], facts: dict[str, dict[str, str]]
    ) -> None:
        """Take one line in."""
        known = facts.setdefault(line.video, {})
        for column, value in line.facts.items():
            if known.setdefault(column, value) != value:
                what = f'{place}: {column} {value!r} is {known[column]!r} in an earlier line'
                complain(InputError(what, file=self.path, remedy='correct one of them'))
        rows = instances.setdefault(line.video, [])
        if line.start or line.end or line.label:
            if not line.label:
                raise InputError(f'{place}: an instance without a label', file=self.path, remedy='name the action')
            start, end = (read_seconds(time, self.path, place) for time in (line.start, line.end))
            rows.append(Instance(start, end, line.label, read_score(line.score, self.path, place)))


def _plain(name: str) -> str:
    """A column name without capitals, blanks and signs."""
    return ''.join(filter(str.isalnum, name.casefold()))


def _clock(seconds: float) -> str:
    """A time as ``HH:MM:SS.mmm``, with more digits where it has more; a negative one as seconds."""
    if seconds < 0:
        return repr(seconds)
    minutes, rest = divmod(Decimal(repr(seconds)), 60)
    digits = f'{rest:f}'
    decimals = max(len(digits.partition('.')[2]), 3)
    return f'{int(minutes) // 60:02d}:{int(minutes) % 60:02d}:{rest:0{decimals + 3}.{decimals}f}'
