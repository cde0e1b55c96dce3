"""The text files of the THUMOS challenge."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path

from mmacl.datasets.annotations.annotation_format import AnnotationFormat, Match
from mmacl.datasets.annotations.annotation_set import AMBIGUOUS, AnnotationSet
from mmacl.datasets.annotations.entries import Row, build_record, normal_label, read_lines
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.files import is_system_entry

_FILE_NAME = re.compile(r'(?P<label>.+)_(?P<subset>val|test)\.(?i:txt)')
_SUBSETS = dict(val='validation', test='test')


@ANNOTATION_READERS.register_module()
class Thumos14Annotations(AnnotationFormat):
    """Read ``<Class>_val.txt`` and ``<Class>_test.txt``, lines ``video start end``; subsets validation and test.

    The files may lie in the folder or in folders right below it. ``Ambiguous_*`` is no class: its segments are kept
    apart. Classes are in alphabetical order, videos too, instances by time. There are no durations.

    Args:
        path: the folder.
    """

    layout = 'thumos14'
    form = 'a folder with <Class>_val.txt or <Class>_test.txt'

    @classmethod
    def match(cls, place: Path) -> Match:
        """A folder with such files."""
        return Match.POSSIBLE if class_files(place) else Match.NO

    def read(self) -> AnnotationSet:
        """Read all files.

        Raises:
            InputError: there are none, one is there twice or cannot be read, a line has another form, or a video is in
                two subsets.
        """
        files = class_files(self.path)
        if not files:
            raise InputError(
                'holds no <Class>_val.txt or <Class>_test.txt', file=self.path, remedy='name the folder that does'
            )
        videos: dict[str, list[Row]] = {}
        subsets: dict[str, str] = {}
        seen: dict[tuple[str, str], Path] = {}
        for file, label, subset in files:
            other = seen.setdefault((label, subset), file)
            if other is not file:
                raise InputError(f'is there a second time as {other}', file=file, remedy='keep one of them')
            for name, start, end in read_lines(file):
                if subsets.setdefault(name, subset) != subset:
                    what = f'is in subset {subset!r}, and in {subsets[name]!r} too'
                    complain(
                        InputError(what, file=file, remedy='remove one of them', kind='in two subsets', video=name)
                    )
                videos.setdefault(name, []).append((start, end, label))
        labels = {label for rows in videos.values() for _, _, label in rows} - {AMBIGUOUS}
        records = []
        for name, rows in sorted(videos.items()):
            with entry(name):
                records.append(build_record(name, subsets[name], None, sorted(rows), self.path))
        return AnnotationSet(records, tuple(sorted(labels)) or None)


def class_files(folder: str | PathLike[str]) -> list[tuple[Path, str, str]]:
    """The text files of a folder and of those right below it, each with its class and subset.

    Hidden files and folders, and those that systems leave, are not looked at.
    """
    root = Path(folder)
    below = [*root.iterdir()] if root.is_dir() else []
    below += [file for place in below if place.is_dir() and not is_system_entry(place.name) for file in place.iterdir()]
    found = []
    for file in below:
        match = _FILE_NAME.fullmatch(file.name)
        if match and not is_system_entry(file.name):
            found.append((file, normal_label(match['label']), _SUBSETS[match['subset']]))
    return sorted(found)
