"""Formats that are written as well as read: one text for all videos, or one for each."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from numpy import isnan

from mmacl.datasets.annotations.annotation_format import AnnotationFormat, Match, ending
from mmacl.datasets.annotations.annotation_set import AnnotationSet, VideoRecord
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.files import is_system_entry
from mmacl.utils.small_text import MAX_BYTES, read_small_text

FACTS = ('duration', 'subset', 'fps', 'scores', 'classes')
"""What annotations may say beside names, times and labels."""

MEDIA = '{video}.mp4'
"""The file of a video, where a format names one."""

_MEDIA_ENDING = re.compile(r'\.(mp4|m4v|mkv|webm|avi|mov|wmv|flv|mpe?g|ts|mts|ogv|3gp|wav|mp3|m4a|flac|ogg)', re.I)


class TextFormat(AnnotationFormat):
    """A format that is one text.

    A subclass says how the text is parsed and composed; :meth:`text` checks that nothing was lost.

    Args:
        path: the file.
    """

    suffix: ClassVar[str]
    """Ending of the files that are written."""
    keeps: ClassVar[frozenset[str]]
    """Which of :data:`FACTS` the format has a place for."""
    resolution: ClassVar[float] = 0.0
    """Seconds by which a time may change when it is written and read again."""
    max_bytes: ClassVar[int] = MAX_BYTES
    """How large a file may be."""

    def read(self) -> AnnotationSet:
        """Read the file.

        Raises:
            InputError: it cannot be read, or as :meth:`parse`.
        """
        return self.parse(read_small_text(self.path, self.form, self.max_bytes))

    @abstractmethod
    def parse(self, text: str) -> AnnotationSet:
        """The annotations in a text. :class:`RecordRules` judges whether the values make sense.

        Raises:
            InputError: the text is not of this format.
        """

    @classmethod
    @abstractmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text, not checked yet; arguments and errors as :meth:`text`."""

    @classmethod
    def companion(cls, annotations: AnnotationSet) -> tuple[str, str] | None:
        """Ending and text of a second file that the tool needs; None: it needs none."""
        return None

    @classmethod
    def lost(cls, annotations: AnnotationSet) -> list[str]:
        """Which of :data:`FACTS` the annotations say and the format has no place for."""
        said = {fact: any(getattr(record, fact) is not None for record in annotations.records) for fact in FACTS[:4]}
        said['subset'] = any(record.subset for record in annotations.records)
        said['classes'] = annotations.classes not in (None, replace(annotations, classes=None).class_names())
        return [fact for fact in FACTS if said[fact] and fact not in cls.keeps]

    @classmethod
    def text(cls, annotations: AnnotationSet, source: str, media: str = MEDIA) -> str:
        """The text of a file. It is parsed again, and refused if it does not give the same records.

        Videos, instances and their order are kept, labels, ambiguous segments, and the facts in :attr:`keeps`; times
        up to :attr:`resolution`.

        Args:
            annotations: what to write.
            source: where it was read, for messages.
            media: name of the file of a video, with ``{video}`` in it; for formats that name it.

        Raises:
            InputError: the format cannot say something, or parsing the text again gives something else.
        """
        for record in annotations.records:
            times = [*record.segments.flat, *record.ambiguous.flat, record.duration or 0.0, record.fps or 0.0]
            wrong = next((time for time in times if not isfinite(time)), None)
            if wrong is not None:
                what = f'time or rate {wrong} is not finite'
                raise InputError(what, file=source, remedy='correct the annotation', video=record.video_name)
        lost = cls.lost(annotations)
        gone: dict[str, Any] = {fact: '' if fact == 'subset' else None for fact in lost if fact != 'classes'}
        records = [
            replace(record, **({'scores': None} if record.scores is None or isnan(record.scores).all() else {}) | gone)
            for record in annotations.records
        ]
        kept = replace(annotations, records=records, classes=None if 'classes' in lost else annotations.classes)
        text = cls.compose(kept, source, media)
        back = cls(cls._place(kept, source)).parse(text)
        if kept.class_names() == back.class_names():
            kept = replace(kept, classes=back.classes)  # a list in alphabetical order says no more than no list
        differing = kept.first_difference(back, cls.resolution)
        if differing is not None:
            raise InputError(
                f'{differing} changes when it is written and read again', file=source, remedy='correct the annotations'
            )
        return text

    @classmethod
    def _place(cls, annotations: AnnotationSet, source: str) -> str:
        """The path that the text is checked under."""
        return source


class VideoTextFormat(TextFormat):
    """A format with one file a video.

    :meth:`compose` is given, and :meth:`parse` gives, a single record.

    Args:
        path: a file, or a folder of them.
    """

    @classmethod
    @abstractmethod
    def match_file(cls, file: Path) -> Match:
        """How well an existing file with the right ending fits."""

    @classmethod
    def match(cls, place: Path) -> Match:
        """A file that fits, or a folder with one."""
        files = cls._files(place)[:5]
        return max((cls.match_file(file) for file in files), default=Match.NO)

    def read(self) -> AnnotationSet:
        """Read the file, or every file with the right ending in the folder, in alphabetical order.

        Raises:
            InputError: there is none, one cannot be read, or two are of the same video.
        """
        files = self._files(Path(self.path))
        if not files:
            raise InputError(f'holds no {self.suffix} file', file=self.path, remedy=f'expected {self.form}')
        records, lists, notes = dict[str, VideoRecord](), list[tuple[str, ...] | None](), dict[str, None]()
        seen: dict[str, Path] = {}
        for file in files:
            with entry(self._same(str(file)).stem()):
                found = self._same(str(file)).parse(read_small_text(file, self.form, self.max_bytes))
                for record in found.records:
                    other = seen.setdefault(record.video_name, file)
                    if other is not file:
                        what = f'is of the same video as {other.name}'
                        complain(InputError(what, file=file, remedy='keep one', video=record.video_name))
                    records.setdefault(record.video_name, record)
                lists.append(found.classes)
                notes |= dict.fromkeys(found.notes)
        return AnnotationSet(list(records.values()), _joined(lists), tuple(notes))

    def stem(self) -> str:
        """The name of the file without its ending."""
        name = Path(self.path).name.removesuffix('.gz')
        return name[: -len(self.suffix)] if name.lower().endswith(self.suffix) else name

    @classmethod
    def _place(cls, annotations: AnnotationSet, source: str) -> str:
        return annotations.records[0].video_name + cls.suffix

    def _same(self, path: str) -> VideoTextFormat:
        """A reader of another file with the same settings."""
        return type(self)(path)

    @classmethod
    def _files(cls, place: Path) -> list[Path]:
        """The files with the right ending."""
        below = sorted(place.iterdir()) if place.is_dir() else [place]
        return [
            file for file in below if ending(file) == cls.suffix and file.is_file() and not is_system_entry(file.name)
        ]


def media_name(path: str) -> str:
    """Name of a video by its file, its path or its URL: the last part, without the ending of a media file.

    ``file:///videos/my%20clip.mp4`` is ``my clip``, and ``v_1.5`` is ``v_1.5``.
    """
    if path.startswith('file:') or '://' in path:
        path = unquote(path)
    last = re.split(r'[/\\]|\?d=', path)[-1]
    stem, dot, suffix = last.rpartition('.')
    return stem if dot and stem and _MEDIA_ENDING.fullmatch(dot + suffix) else last


def complete_classes(classes: tuple[str, ...], records: Iterable[VideoRecord]) -> tuple[str, ...] | None:
    """A list of classes if it has every label of the videos; else None, since the tool took other labels too."""
    return classes if classes and {label for record in records for label in record.labels} <= set(classes) else None


def _joined(lists: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """The classes of several files, in the order of the first that has them; None if one has no list."""
    names: dict[str, None] = {}
    for classes in lists:
        if classes is None:
            return None
        names |= dict.fromkeys(classes)
    return tuple(names) or None
