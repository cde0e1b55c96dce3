"""A folder with one ``.csv`` file per video and modality."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from io import StringIO

import numpy as np

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.datasets.stores.feature_checks import as_features, check_shape, damaged
from mmacl.datasets.stores.feature_store import Features
from mmacl.datasets.stores.file_arrays import FileMemo
from mmacl.datasets.stores.video_file_store import VideoFileStore
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError
from mmacl.utils.small_text import read_small_text

_MAX_BYTES = 2 * 2**30
_FORM = 'numbers with commas between them, one row a snippet, perhaps with a first line of names'


@FEATURE_STORES.register_module()
class CsvFolderStore(VideoFileStore):
    """Read ``<root>/features/rgb/<video>.csv``: one row a snippet, as float32.

    A first line of names (``f0,f1,...``), or of the numbers 0 to D - 1, is skipped. Text takes many times as long to
    read as ``.npy``: convert it for training (``convert_dataset.py --features csv``), or set a ``cache``.

    Args:
        root: the folder.
        templates: where a file may be below ``root``, see :class:`VideoFileStore`.
        subset: the names to put in for ``{subset}``, see :class:`VideoFileStore`.
        slices: columns of each modality, where one file holds several side by side; None: all columns.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        templates: Sequence[str] = ('features/{modality}/{video}.csv', 'features/{subset}/{modality}/{video}.csv'),
        subset: str | Sequence[str] | None = None,
        slices: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        super().__init__(root, templates, subset)
        self._slices = ChannelSlices(slices)
        self._shapes: FileMemo[tuple[int, int]] = FileMemo()

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), float32, finite.

        Raises:
            MissingFeaturesError: no template leads to a file.
            InputError: the file is no table of numbers, or holds NaN or infinity.
        """
        path = self.find(video, modality)
        return self._slices.take(path, modality, path, lambda: _read(path))

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D; the file is read, once.

        Raises:
            MissingFeaturesError: no template leads to a file.
            InputError: the file is no table of numbers.
        """
        path = self.find(video, modality)
        return self._slices.shape(self._shapes.get(path, _shape)[0], modality, path)


def _shape(path: str) -> tuple[int, int]:
    rows = [line for line in _text(path).split('\n') if line.strip()]
    width = rows[0].count(',') + 1 if rows else 0
    return check_shape((len(rows) - (bool(rows) and _names_columns(rows[0], path)), width), path)


def _read(path: str) -> Features:
    text = _text(path).lstrip('\n')
    first, _, rest = text.partition('\n')
    width = first.count(',') + 1
    body = rest if text and _names_columns(first, path) else text
    if not body.strip():
        check_shape((0, width), path)
    try:
        array = np.loadtxt(StringIO(body), dtype=np.float32, delimiter=',', comments=None, ndmin=2)
        if array.shape[1] != width:
            raise ValueError(f'{width} names of columns, but {array.shape[1]} columns')
    except (ValueError, OverflowError) as error:
        raise _no_table(' '.join(str(error).split()), path) from error
    return as_features(array, path, own=True)


def _text(path: str) -> str:
    text = read_small_text(path, f'features: {_FORM}', _MAX_BYTES)
    if not text:
        raise InputError('empty file (0 bytes)', file=path, remedy='copy or extract it again', kind='empty file')
    return text


def _names_columns(first: str, path: str) -> bool:
    """Whether the first line holds names and not features.

    Raises:
        InputError: it holds both, or a column has no name, as pandas writes row numbers.
    """
    cells = [cell.strip().strip('"') for cell in first.split(',')]
    numbers = sum(_is_number(cell) for cell in cells)
    if numbers == len(cells):
        return numbers > 1 and all(cell == str(number) for number, cell in enumerate(cells))
    if not cells[0]:
        raise _no_table('the first column has no name', path, 'if pandas wrote row numbers, write with index=False')
    if numbers:
        raise _no_table(f'the first line holds names and numbers: {first:.60}', path)
    return True


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _no_table(reason: str, path: str, remedy: str = f'expected {_FORM}') -> InputError:
    return damaged(f'no table of numbers ({reason:.120})', path, remedy)
