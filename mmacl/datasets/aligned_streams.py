"""The streams of every video of a subset, cut to one length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores import Features, FeatureStore, MissingFeaturesError
from mmacl.utils import InputError

_NUM_THREADS = 8
_Result = TypeVar('_Result')


class AlignedStreams:
    """Features by the index of a video, with the checks that take more than one file.

    Args:
        store: where features come from.
        video_names: N names.
        modalities: M names, in the order in which streams are handed on.
        feature_dims: widths that are expected; a modality that is not named has the width of the first video.
        length_tolerance: snippets by which the streams of a video may differ; they are cut to the shortest.
    """

    def __init__(
        self,
        store: FeatureStore,
        video_names: Sequence[str],
        modalities: Sequence[str],
        feature_dims: Mapping[str, int] | None = None,
        length_tolerance: int = 1,
    ) -> None:
        self.store = store
        self.video_names = tuple(video_names)
        self.modalities = tuple(modalities)
        self.length_tolerance = length_tolerance
        self._dims = dict(feature_dims or {})
        self._reasons = dict.fromkeys(self._dims, 'as feature_dims says')
        self._num_snippets: NDArray[np.int64] = np.zeros(len(self.video_names), dtype=np.int64)  # 0: not read yet

    @property
    def feature_dims(self) -> dict[str, int]:
        """Width D of each modality, in order.

        Raises:
            InputError: the features of the first video cannot be read.
        """
        for modality in self.modalities:
            if modality not in self._dims:
                name = self.video_names[0]
                self._dims[modality] = self.store.feature_dim(name, modality)
                self._reasons[modality] = f'as video {name!r} has'
        return {modality: self._dims[modality] for modality in self.modalities}

    def num_snippets(self, index: int) -> int:
        """T of a video after cutting, from the headers; read once.

        Raises:
            InputError: a file is missing or damaged, has another width, or the lengths differ by too much.
        """
        if self._num_snippets[index] == 0:
            name = self.video_names[index]
            shapes = {modality: self.store.shape(name, modality) for modality in self.modalities}
            self._num_snippets[index] = self._common_length(name, shapes)
        return int(self._num_snippets[index])

    def load(self, index: int) -> dict[str, Features]:
        """Every modality of a video, (T, D) each, finite.

        Raises:
            InputError: as :meth:`num_snippets`, or a value is NaN or infinite.
        """
        name = self.video_names[index]
        features = {modality: self.store.load(name, modality) for modality in self.modalities}
        shapes = {modality: (array.shape[0], array.shape[1]) for modality, array in features.items()}
        length = self._common_length(name, shapes)
        self._num_snippets[index] = length
        return {modality: array[:length] for modality, array in features.items()}

    def check_headers(self) -> None:
        """Look at the header of every file.

        Raises:
            MissingFeaturesError: files are missing; the message counts them.
            InputError: as :meth:`num_snippets`.
        """
        with suppress(MissingFeaturesError):  # found again below, with all the others
            self.feature_dims  # noqa: B018  set before threads compare with it
        missing = [error for errors in _map_in_threads(self._check_header, len(self.video_names)) for error in errors]
        if missing:
            total = len(self.video_names) * len(self.modalities)
            paths = [path for error in missing for path in error.looked_for]
            if len(missing) < total:
                raise MissingFeaturesError.describe_some(paths, total)
            raise MissingFeaturesError.describe(
                paths,
                missing[0].layouts,
                f'{len(missing)} of {total} feature files are missing (exclude=... leaves single videos out):',
            )

    def check_values(self) -> None:
        """Read every file whole; a cache is filled on the way.

        Raises:
            InputError: as :meth:`load`.
        """
        self.feature_dims  # noqa: B018  set before threads compare with it
        _map_in_threads(self._check_values_of, len(self.video_names))

    def _check_values_of(self, index: int) -> None:
        """Read a video, and let go of it."""
        self.load(index)

    def _check_header(self, index: int) -> list[MissingFeaturesError]:
        """Check a video, and return what is missing of it."""
        try:
            self.num_snippets(index)
            return []
        except MissingFeaturesError:
            pass
        errors = []
        for modality in self.modalities:
            try:
                self.store.shape(self.video_names[index], modality)
            except MissingFeaturesError as error:
                errors.append(error)
        return errors

    def _common_length(self, name: str, shapes: Mapping[str, tuple[int, int]]) -> int:
        """T after cutting, where widths and lengths are as they should be."""
        expected = self.feature_dims
        for modality, (_, width) in shapes.items():
            if width != expected[modality]:
                raise InputError(
                    f'width {width} is not {expected[modality]} ({self._reasons[modality]})',
                    file=self.store.describe(name, modality),
                    remedy='extract all videos with one network, or correct feature_dims',
                )
        lengths = {modality: length for modality, (length, _) in shapes.items()}
        shortest, longest = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
        if lengths[longest] - lengths[shortest] > self.length_tolerance:
            raise InputError(
                f'{lengths[longest]} snippets of {longest}, but {lengths[shortest]} of {shortest}',
                file=self.store.describe(name, longest),
                remedy=f'extract both with one stride, or raise length_tolerance ({self.length_tolerance})',
            )
        return lengths[shortest]


def _map_in_threads(function: Callable[[int], _Result], count: int) -> list[_Result]:
    """Call for every index; the first failure in order is raised, and the rest is not begun."""
    with ThreadPoolExecutor(_NUM_THREADS) as pool:
        try:
            return list(pool.map(function, range(count)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
