"""One file with an array for each video under a key."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.datasets.stores.feature_store import Features, FeatureStore, Instead
from mmacl.datasets.stores.file_arrays import FileMemo
from mmacl.datasets.stores.folder_contents import look_into
from mmacl.datasets.stores.path_template import PathTemplate, subset_names
from mmacl.utils import InputError


class KeyedFileStore(FeatureStore):
    """Base class of the stores that find a video in one file by a key.

    Args:
        root: the folder.
        file: the file, below ``root``; None: the usual name.
        template: the key of a video, such as ``{modality}/{video}``, ``{video}`` or ``{video}/c3d_features``.
        slices: columns of each modality, where one array holds several side by side; None: all columns.
        subset: the name to put in for ``{subset}`` in the template; only one.

    Raises:
        InputError: the template has ``{subset}``, and there are several names.
    """

    usual_file: ClassVar[str]

    def __init__(
        self,
        root: str | os.PathLike[str],
        file: str | None = None,
        template: str = '{modality}/{video}',
        slices: Mapping[str, Sequence[int]] | None = None,
        subset: str | Sequence[str] | None = None,
    ) -> None:
        self.path = os.path.join(os.fspath(root), self.usual_file if file is None else file)
        self.template = PathTemplate(template)
        self.layouts = (f'{self.path}: {template}',)
        self._slices = ChannelSlices(slices)
        self._memo: FileMemo[Any] = FileMemo(in_one_process=True)
        names = subset_names(subset) or ('',)
        if self.template.has_subset and len(names) > 1:
            raise InputError(f'template {template!r}: {{subset}} stands for one name, not for {len(names)}: {names}')
        self._subset = names[0]

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D).

        Raises:
            MissingFeaturesError: there is no such file, or no such key in it.
            InputError: the package that reads such files is not installed; the file is damaged; the key holds no finite
                (T, D) array of floats.
        """
        key, source = self._key(video, modality), self.describe(video, modality)
        return self._slices.take(key, modality, source, lambda: self._read(key, source))

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, without reading the features."""
        key, source = self._key(video, modality), self.describe(video, modality)
        return self._slices.shape(self._shape(key, source), modality, source)

    def describe(self, video: str, modality: str) -> str:
        """The file and the key in it."""
        return f'{self.path}: {self._key(video, modality)}'

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """The path of the one file."""
        self.shape(video, modality)
        return (self.path,)

    def look_around(self, modality: str) -> tuple[Instead, ...]:
        """Some keys of the file; without the file, what the folder holds."""
        if not os.path.isfile(self.path):
            return look_into(os.path.dirname(self.path), (), modality)
        keys = ', '.join(repr(key) for key in self._some_keys())
        return (Instead(f'{self.path} with keys such as {keys:.100}', 'set template to their form'),) if keys else ()

    def _key(self, video: str, modality: str) -> str:
        return self.template.fill(modality=modality, video=video, subset=self._subset)

    @abstractmethod
    def _read(self, key: str, source: str) -> Features:
        """The whole array of a key, in memory that nothing else refers to."""

    @abstractmethod
    def _shape(self, key: str, source: str) -> tuple[int, int]:
        """T and D of the whole array of a key."""

    def _some_keys(self) -> tuple[str, ...]:
        """The first keys of the file, for messages."""
        return ()
