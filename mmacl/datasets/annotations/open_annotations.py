"""Annotations in whatever public layout they come."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from mmacl.datasets.annotations.activitynet_annotations import ActivityNetAnnotations
from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.csv_annotations import CsvAnnotations
from mmacl.datasets.annotations.thumos14_annotations import Thumos14Annotations, class_files
from mmacl.datasets.annotations.wtalc_annotations import WTalcAnnotations
from mmacl.utils import InputError

READERS: dict[str, Callable[[str | PathLike[str]], Any]] = {
    'activitynet': ActivityNetAnnotations,
    'wtalc': WTalcAnnotations,
    'thumos14': Thumos14Annotations,
    'csv': CsvAnnotations,
}
"""Readers by the name of the layout."""

LAYOUTS = tuple(READERS)
"""Names of the layouts that :func:`open_annotations` knows."""

_LAYOUTS = (
    'a .json file in ActivityNet form (activitynet), a folder with videoname.npy (wtalc), a folder with '
    '<Class>_val.txt or <Class>_test.txt (thumos14), a folder with annotations.json (activitynet), a .csv file (csv)'
)


def open_annotations(path: str | PathLike[str], layout: str | None = None) -> AnnotationSet:
    """Read annotations.

    Args:
        path: a file or a folder.
        layout: a key of :data:`READERS`; None: seen from the path.

    Raises:
        InputError: there is nothing, the layout is not known or cannot be seen, or the reader refuses the content.
    """
    if layout is not None and layout not in READERS:
        raise InputError(f'layout {layout!r} is not known', remedy=f'choose one of {", ".join(READERS)}')
    place = Path(path)
    if not place.exists():
        raise InputError('no such file or folder', file=path, remedy=f'expected {_LAYOUTS}')
    if place.is_dir() and layout in (None, 'activitynet') and (place / 'annotations.json').is_file():
        return ActivityNetAnnotations(place / 'annotations.json').read()
    annotations: AnnotationSet = READERS[layout or _layout_of(place)](path).read()
    return annotations


def _layout_of(place: Path) -> str:
    if place.is_dir():
        if (place / 'videoname.npy').is_file():
            return 'wtalc'
        if class_files(place):
            return 'thumos14'
    elif place.suffix.lower() in ('.json', '.csv'):
        return 'csv' if place.suffix.lower() == '.csv' else 'activitynet'
    raise InputError('its layout is not known', file=place, remedy=f'expected {_LAYOUTS}')
