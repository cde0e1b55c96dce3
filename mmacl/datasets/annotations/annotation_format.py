"""The formats of annotations: one class each, found through ``ANNOTATION_READERS`` by name or by looking at a path."""

from __future__ import annotations

import gzip
import zlib
from abc import ABC, abstractmethod
from contextlib import suppress
from enum import IntEnum
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.errors import InputError

_HEAD = 2**16


class Match(IntEnum):
    """How well a path fits a format."""

    NO = 0
    POSSIBLE = 1
    """The ending of the file, or of files in the folder, fits."""
    LIKELY = 2
    """The name of the file, or of a file in the folder, fits."""
    CERTAIN = 3
    """The content fits this format and no other."""


class AnnotationFormat(ABC):
    """How one annotation format is recognised and read; :class:`TextFormat` is written too.

    A plug-in registers its own in ``ANNOTATION_READERS``. A class that only has the argument ``path`` and the method
    :meth:`read` does as well; it is then found by its name alone.

    Args:
        path: the file or folder.
    """

    layout: ClassVar[str]
    """Name of the format on command lines."""
    form: ClassVar[str]
    """What the file or folder is like, for messages."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = str(path)

    @classmethod
    def match(cls, place: Path) -> Match:
        """How well an existing file or folder fits. The best format is taken, the first by name among equals."""
        return Match.NO

    @abstractmethod
    def read(self) -> AnnotationSet:
        """Read all annotations.

        Raises:
            InputError: something cannot be read, or is not of this format.
        """


def ending(place: Path) -> str:
    """The ending of a file name in small letters, without ``.gz``: ``.json`` of ``GT.JSON.gz``."""
    name = place.name.lower().removesuffix('.gz')
    return Path(name).suffix


def head_of(place: Path) -> bytes:
    """The first 64 kB of a file, unpacked; empty where there is no file to read."""
    with (
        suppress(OSError, EOFError, zlib.error),
        (gzip.open if place.suffix.lower() == '.gz' else open)(place, 'rb') as file,
    ):
        return bytes(file.read(_HEAD))
    return b''


def layout_names() -> tuple[str, ...]:
    """Names of all formats, those of plug-ins included."""
    return tuple(_formats())


def open_annotations(path: str | PathLike[str], layout: str | None = None) -> AnnotationSet:
    """Read annotations of any format.

    Args:
        path: a file or a folder.
        layout: one of :func:`layout_names`; None: recognise it.

    Raises:
        InputError: there is nothing, the format is not known or not recognised, or the reader refuses the content.
    """
    kind = format_named(layout if layout is not None else layout_of(path))
    _check_there(path)
    annotations: AnnotationSet = kind(path).read()
    return annotations


def layout_of(path: str | PathLike[str]) -> str:
    """Recognise the format of a file or folder.

    Raises:
        InputError: there is nothing, or no format fits.
    """
    _check_there(path)
    fits = {name: known.match(Path(path)) for name, known in _formats().items() if hasattr(known, 'match')}
    layout = max(fits, key=lambda name: fits[name])
    if not fits[layout]:
        raise InputError('its layout is not known', file=path, remedy=f'expected {_forms()}')
    return layout


def format_named(layout: str) -> Any:
    """The class of a format.

    Raises:
        InputError: there is no such format.
    """
    formats = _formats()
    if layout not in formats:
        raise InputError(f'layout {layout!r} is not known', remedy=f'choose one of {", ".join(formats)}')
    return formats[layout]


def _check_there(path: str | PathLike[str]) -> None:
    """Refuse a path without a file or folder."""
    if not Path(path).exists():
        raise InputError('no such file or folder', file=path, remedy=f'expected {_forms()}')


def _forms() -> str:
    """What each format is like."""
    return ', '.join(f'{getattr(known, "form", "see its docs")} ({name})' for name, known in _formats().items())


def _formats() -> dict[str, Any]:
    """Classes by name of the format, in alphabetical order."""
    ANNOTATION_READERS.import_from_location()
    formats = {
        vars(known).get('layout', str(name).removesuffix('Annotations').lower()): known
        for name, known in ANNOTATION_READERS.module_dict.items()
    }
    return dict(sorted(formats.items()))
