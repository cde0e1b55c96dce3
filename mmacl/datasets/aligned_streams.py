"""The streams of every video of a subset, cut to one length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.folder_listing import what_is_there
from mmacl.datasets.stores import Features, FeatureStore, MissingFeaturesError
from mmacl.utils import InputError, log_warning

_NUM_THREADS = 8
_LEAST_WIDTH = 32
"""Features of public extractors are at least that wide."""
_Result = TypeVar('_Result')


def looks_transposed(shapes: Sequence[tuple[int, int]]) -> bool:
    """Whether the arrays of a stream may be (D, T) instead of (T, D).

    They may if all have one first axis, long enough for a width, and their second axes differ or are shorter: videos
    that were brought to one number of snippets have one width, which is larger in public features.

    Args:
        shapes: first and second axis of each video.
    """
    lengths, widths = {length for length, _ in shapes}, {width for _, width in shapes}
    plausible = len(shapes) > 2 and len(lengths) == 1 and max(lengths) >= _LEAST_WIDTH
    return plausible and (len(widths) > 1 or max(lengths) > max(widths))


class AlignedStreams:
    """Features by the index of a video, with the checks that need more than one file.

    Args:
        store: where features come from.
        video_names: N names.
        modalities: M names, in the order of the streams.
        feature_dims: expected widths; a modality that is not named has the width of the first video.
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
        """Check the header of every file.

        Raises:
            MissingFeaturesError: files are missing; the message counts them and says what is there instead.
            InputError: as :meth:`num_snippets`.
        """
        with suppress(MissingFeaturesError):  # raised again below, with all the others
            self.feature_dims  # noqa: B018  set before threads compare with it
        found = _map_in_threads(self._check_header, len(self.video_names))
        missing = [
            (name, modality, error)
            for name, errors in zip(self.video_names, found, strict=True)
            for modality, error in errors.items()
        ]
        if missing:
            name, modality, error = missing[0]
            total = len(self.video_names) * len(self.modalities)
            paths = [path for _, _, other in missing for path in other.looked_for]
            if len(missing) < total:
                instead = what_is_there(self.store, name, modality, self.video_names)
                raise MissingFeaturesError.describe_some(paths, total, instead)
            raise MissingFeaturesError.describe(
                paths,
                error.layouts,
                f'{len(missing)} of {total} feature files are missing (exclude=... leaves single videos out):',
                error.instead or self.store.look_around(modality),
            )

    def check_values(self) -> None:
        """Read every file whole, which fills a cache; log a warning if the arrays look transposed.

        Raises:
            InputError: as :meth:`load`.
        """
        self.feature_dims  # noqa: B018  set before threads compare with it
        _map_in_threads(self._check_values_of, len(self.video_names))
        for modality in self.modalities:
            shapes = [(int(length), self.feature_dims[modality]) for length in self._num_snippets]
            if looks_transposed(shapes):
                where = self.store.describe(self.video_names[0], modality)
                what = f'all {len(shapes)} arrays are {shapes[0][0]} x {shapes[0][1]}, which may be (D, T)'
                log_warning(f'{where}: {what}; if so, save features.T')

    def _check_values_of(self, index: int) -> None:
        """Read a video and drop it."""
        self.load(index)

    def _check_header(self, index: int) -> dict[str, MissingFeaturesError]:
        """Check a video, and return an error for each modality that it lacks."""
        name, errors, shapes = self.video_names[index], {}, {}
        for modality in self.modalities:
            try:
                shapes[modality] = self.store.shape(name, modality)
            except MissingFeaturesError as error:
                errors[modality] = error
        if not errors:
            with suppress(MissingFeaturesError):  # of the first video, which states the widths and has its own errors
                self._num_snippets[index] = self._common_length(name, shapes)
        return errors

    def _common_length(self, name: str, shapes: Mapping[str, tuple[int, int]]) -> int:
        """T after cutting; checks widths and lengths."""
        expected = self.feature_dims
        for modality, (length, width) in shapes.items():
            if width != expected[modality]:
                transposed = f'; {length} rows suggest (D, T): save features.T' if length == expected[modality] else ''
                raise InputError(
                    f'width {width} is not {expected[modality]} ({self._reasons[modality]})',
                    file=self.store.describe(name, modality),
                    remedy=f'extract all videos with one network, or correct feature_dims{transposed}',
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
    """Call for every index; raise the first failure in order, and do not begin the rest."""
    with ThreadPoolExecutor(_NUM_THREADS) as pool:
        try:
            return list(pool.map(function, range(count)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
