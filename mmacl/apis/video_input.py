"""From video files to the features that a model reads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores import FeatureStore, build_store
from mmacl.datasets.timing_table import TIMING_FILE, read_timing_table
from mmacl.structures import ActionNames, ClusterMapping, read_action_names
from mmacl.utils import InputError, log_warning
from mmacl.video import VIDEO_ENDINGS, FeatureExtractor, Source, build_extractor, extract_streams, find_videos

Extractor: TypeAlias = Mapping[str, Any] | FeatureExtractor
FPS, STRIDE = 25.0, 16
"""What the features of the field use, and what is taken where a config does not say."""


class VideoInput:
    """The extractors of a model, one for each of its streams.

    Args:
        extractors: a config of :data:`~mmacl.registry.EXTRACTORS`, a built one, or one of these for each modality.
        in_channels: width of each stream of the model.
        fps: frames a second at which videos are sampled.
        stride: frames from one snippet to the next.
        options: further ones of :func:`~mmacl.video.extract_video`.

    Raises:
        InputError: an extractor is not known, or streams and widths are not those of the model.
    """

    def __init__(
        self,
        extractors: Extractor | Mapping[str, Extractor],
        in_channels: Mapping[str, int],
        fps: float = FPS,
        stride: int = STRIDE,
        **options: Any,
    ) -> None:
        if isinstance(extractors, Mapping) and 'type' not in extractors:
            built = {modality: _built(each) for modality, each in extractors.items()}
        else:
            only = _built(cast('Extractor', extractors))
            built = {only.modality: only}
        for modality, extractor in built.items():
            check_fits(extractor, modality, in_channels)
        lacking = [modality for modality in in_channels if modality not in built]
        if lacking:
            raise InputError(
                f'the model reads {", ".join(in_channels)}, and no extractor gives {", ".join(lacking)}',
                remedy='give an extractor for each stream, {modality: config}',
            )
        self.extractors = built
        self.options = {'fps': fps, 'stride': stride, **options}

    def extract(self, path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[np.float32]], dict[str, float]]:
        """Extract all streams of a video; memory does not grow with its length, but for the features.

        Returns:
            (T, D) of each stream, and the entry of the video in ``timing.json``.

        Raises:
            InputError: the file is no whole video, or is shorter than a snippet.
        """
        found = extract_streams(path, list(self.extractors.values()), **self.options)
        features = {modality: each[0] for modality, each in zip(self.extractors, found, strict=True)}
        return features, found[0][1]


def _built(extractor: Extractor) -> FeatureExtractor:
    """Build an extractor that is not built yet."""
    return build_extractor(extractor) if isinstance(extractor, Mapping) else extractor


def check_fits(extractor: FeatureExtractor, modality: str, in_channels: Mapping[str, int]) -> None:
    """Refuse an extractor whose features the model cannot read.

    Raises:
        InputError: the model has no such stream, or one of another width.
    """
    name = type(extractor).__name__
    if modality not in in_channels:
        raise InputError(
            f'{name} gives {modality} features, and the model reads {", ".join(in_channels)}',
            remedy='use the extractor that the model was trained with',
        )
    if extractor.feature_dim != in_channels[modality]:
        raise InputError(
            f'{name} gives {extractor.feature_dim} {modality} values a snippet, and the model reads '
            f'{in_channels[modality]}',
            remedy='use the extractor that the model was trained with',
        )


def sampling_of(timing: Mapping[str, Any] | None, root: str = '') -> tuple[float, int]:
    """Return the frame rate and the stride that a model was trained with; 25 and 16 where they are not stated.

    Args:
        timing: of a data set; with ``mode='file'`` its table is read, if it is there and states one rate and stride.
        root: folder of the data set.
    """
    timing = timing or {}
    entries: list[Mapping[str, Any]] = [timing]
    path = Path(root, str(timing.get('path', TIMING_FILE)))
    if timing.get('mode') == 'file' and path.is_file():
        entries = list(read_timing_table(str(path))[0].values()) or entries
    stated = {(entry.get('fps', FPS), entry.get('snippet_stride', STRIDE)) for entry in entries}
    fps, stride = stated.pop() if len(stated) == 1 else (FPS, STRIDE)
    return float(fps), round(stride)


def videos_in(inputs: Any, store_config: Mapping[str, Any], modalities: Sequence[str]) -> list[Source] | None:
    """Return the videos that an input names; None if it names features.

    A folder that holds features of the model is one of features, even if there are videos as well.

    Args:
        inputs: a path, several, or anything else.
        store_config: where features are in a folder.
        modalities: the streams of the model.

    Raises:
        InputError: see :func:`~mmacl.video.find_videos`.
    """
    if _is_paths(inputs):
        return find_videos(inputs)
    if not isinstance(inputs, str | os.PathLike):
        return None
    path = Path(inputs)
    if path.is_file():
        return find_videos([path]) if path.suffix.lower() in (*VIDEO_ENDINGS, '.txt') else None
    videos = [found for found in _below(path) if found.suffix.lower() in VIDEO_ENDINGS] if path.is_dir() else []
    if not videos:
        return None
    store: FeatureStore = build_store(dict(store_config), {'root': str(path), 'subset': None}, None)
    if any(store.list_videos(modality) for modality in modalities):
        log_warning(f'{path}: holds features and {len(videos)} video files; the features are used')
        return None
    return find_videos([path])


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob('*') if path.is_file())


def _is_paths(inputs: Any) -> TypeGuard[Sequence[str | os.PathLike[str]]]:
    """Whether an input is a list of paths; a list of numbers is an array."""
    return isinstance(inputs, list | tuple) and bool(inputs) and all(isinstance(i, str | os.PathLike) for i in inputs)


def name_actions(model: Any, names: ActionNames | str | os.PathLike[str]) -> None:
    """Give the clusters of a model the names of a person.

    Where several clusters become one action, segments are suppressed within the action.

    Args:
        model: a localizer; its ``cluster_mapping`` is replaced.
        names: names, or their file.

    Raises:
        InputError: the file has another form, or names a cluster that the model lacks.
    """
    source = '' if isinstance(names, ActionNames) else names
    given = names if isinstance(names, ActionNames) else read_action_names(names)
    mapping = given.apply(model.cluster_mapping or ClusterMapping.anonymous(model.num_clusters), source)
    model.cluster_mapping = mapping
    shared = (mapping.weights > 0).sum(axis=0).max(initial=0) > 1
    if shared and hasattr(model.post_processor, 'nms_after_mapping'):
        model.post_processor.nms_after_mapping = True
