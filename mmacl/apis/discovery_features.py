"""The features that discovery trains on: extracted from videos, or in a folder already."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mmacl.datasets.stores import read_feature_file
from mmacl.datasets.timing_table import TIMING_FILE
from mmacl.utils import InputError, track
from mmacl.video import FeatureFolder, build_extractor, extract_videos, find_videos
from mmacl.video.moving_shapes import is_generated

Say = Callable[[str], None]

# Bytes that are read at three places of a file to recognise it.
_SAMPLE = 2**12


@dataclass(frozen=True)
class DiscoveryFeatures:
    """Features of videos in a folder.

    Attributes:
        root: the folder, with ``features/<modality>/<video>.npy``.
        widths: feature width of each stream.
        timing: ``timing`` of a data set on the folder.
        videos: file of each video; empty where only features were given.
        num_videos: videos that have features.
        source: what made the features, for people.
        generated: whether a program drew the videos.
        failed: why videos were left out.
    """

    root: Path
    widths: Mapping[str, int]
    timing: Mapping[str, Any]
    videos: Mapping[str, Path]
    num_videos: int
    source: str
    generated: bool = False
    failed: list[InputError] = field(default_factory=list)

    @cached_property
    def fingerprint(self) -> str:
        """Recognise a folder whose features changed: a training on others is another training.

        Of each file the name, the size, and a few bytes at the beginning, the middle and the end count, but no time: a
        folder that was copied is the same.
        """
        digest = hashlib.sha256()
        for modality in sorted(self.widths):
            for path in _files(self.root, modality):
                size = path.stat().st_size
                digest.update(json.dumps([modality, path.name, size]).encode())
                with path.open('rb') as file:
                    for start in (0, size // 2, max(size - _SAMPLE, 0)):
                        file.seek(start)
                        digest.update(file.read(_SAMPLE))
        return digest.hexdigest()[:16]


def holds_features(place: str | os.PathLike[str]) -> bool:
    """Whether a folder holds ``features/<modality>/<video>.npy``."""
    return any(Path(place).glob('features/*/*.npy'))


def features_in(place: str | os.PathLike[str], fps: float, stride: int) -> DiscoveryFeatures:
    """Take a folder of features as it is.

    Args:
        place: the folder.
        fps: frames a second of the features, where the folder has no ``timing.json``.
        stride: frames from snippet to snippet, where it has none.

    Raises:
        InputError: a file of features cannot be read.
    """
    root = Path(place)
    timing: dict[str, Any] = {'fps': fps, 'snippet_stride': stride}
    if (root / TIMING_FILE).is_file():
        timing = {'mode': 'file'}
    return _folder(root, timing, {}, 'features that were given', False, [])


def extract_features(
    place: str | os.PathLike[str],
    out: str | os.PathLike[str],
    extractor: Mapping[str, Any],
    fps: float,
    stride: int,
    say: Say,
    **options: Any,
) -> DiscoveryFeatures:
    """Extract the videos of a folder, and go on after one that fails.

    Args:
        place: the videos, see :func:`~mmacl.video.find_videos`.
        out: folder of features to write.
        extractor: config of an extractor.
        fps: frames a second to sample.
        stride: frames from snippet to snippet.
        say: prints a line.
        options: further ones of :func:`~mmacl.video.extract_video`.

    Raises:
        InputError: there is no video, or none of them can be used.
    """
    sources = find_videos([place])
    built = build_extractor(extractor)
    settings = {**built.settings(), 'fps': fps, 'stride': stride, 'precision': built.precision}
    folder = FeatureFolder(out, built.modality, settings)
    failed, done = [], 0
    results = extract_videos(sources, [(folder, built)], fps=fps, stride=stride, **options)
    for number, (source, result) in enumerate(track(results, 'videos', len(sources)), start=1):
        if isinstance(result, InputError):
            failed.append(result)
            say(f'[{number}/{len(sources)}] {source.name}: failed: {result.what}')
        elif result is None:
            done += 1
        elif number % 10 == 0 or number == len(sources):
            say(f'[{number}/{len(sources)}] {source.name}: {result} snippets')
    if done:
        say(f'{done} of {len(sources)} videos were extracted before')
    if len(failed) == len(sources):
        raise failed[0]
    folder.write_timing()
    videos = {source.name: source.path for source in sources}
    return _folder(Path(out), {'mode': 'file'}, videos, type(built).__name__, is_generated(place), failed)


def _folder(
    root: Path,
    timing: Mapping[str, Any],
    videos: Mapping[str, Path],
    source: str,
    generated: bool,
    failed: list[InputError],
) -> DiscoveryFeatures:
    modalities = sorted({path.parent.name for path in root.glob('features/*/*.npy')})
    widths = {m: int(read_feature_file(_files(root, m)[0], m, None).shape[1]) for m in modalities}
    number = len(_files(root, modalities[0]))
    return DiscoveryFeatures(root, widths, timing, videos, number, source, generated, failed)


def _files(root: Path, modality: str) -> list[Path]:
    return sorted((root / 'features' / modality).glob('*.npy'))
