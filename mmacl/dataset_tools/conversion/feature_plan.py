"""What is to be converted, seen from headers alone."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np

from mmacl.dataset_tools.conversion.manifest import Manifest
from mmacl.dataset_tools.conversion.output_folder import OutputError, OutputFolder
from mmacl.dataset_tools.conversion.portable_names import check_portable_names
from mmacl.datasets.stores import FeatureStore, MissingFeaturesError
from mmacl.utils import InputError

_HEADER_BYTES = 128


class Fault(NamedTuple):
    """Why a video cannot be converted: its name and one line."""

    video: str
    message: str


class FeatureFile(NamedTuple):
    """One file to write.

    Attributes:
        modality: the stream.
        path: below the output folder.
        num_bytes: how large it will be.
        source: fingerprint of what it is made from; None where the store cannot tell.
        time: of the source's last change, in nanoseconds; None where the store cannot tell.
    """

    modality: str
    path: str
    num_bytes: int
    source: str | None
    time: int | None


@dataclass(frozen=True)
class FeaturePlan:
    """All that is to be done.

    Attributes:
        videos: files to write, by video.
        num_current: files that are there already, made from the same sources in the same way.
        faults: videos that cannot be converted, as far as headers tell.
    """

    videos: Mapping[str, tuple[FeatureFile, ...]]
    num_current: int
    faults: tuple[Fault, ...]

    @property
    def num_files(self) -> int:
        """How many files are to be written."""
        return sum(map(len, self.videos.values()))

    @property
    def num_bytes(self) -> int:
        """How many bytes are to be written."""
        return sum(file.num_bytes for files in self.videos.values() for file in files)


class FeaturePlanner:
    """Look at sources and at the output folder, and write nothing.

    Args:
        store: where features come from.
        config: of the store, without its root; what else than the source decides what is written.
        modalities: streams to convert.
        dtype: ``'float16'`` or ``'float32'``.
        source: the path of the features, for messages.
    """

    def __init__(
        self, store: FeatureStore, config: Mapping[str, Any], modalities: Sequence[str], dtype: str, source: str
    ) -> None:
        check_portable_names(modalities, 'modality', '--modalities')
        self.store, self.modalities, self.dtype, self.source = store, tuple(modalities), dtype, source
        self._settings = [{key: value for key, value in config.items() if key != 'root'}, dtype]

    def plan(self, out: OutputFolder, manifest: Manifest, needed: Collection[str] = ()) -> FeaturePlan:
        """What is to be written.

        Args:
            out: where to.
            manifest: what is there from earlier conversions.
            needed: videos that must have features; those that have some are converted besides.

        Raises:
            InputError: there are no features, a name is refused, or a file is in the way.
        """
        listed = {video for modality in self.modalities for video in self.store.list_videos(modality)}
        if not listed:
            places = '; '.join(self.store.layouts)
            raise InputError(
                f'no {" or ".join(self.modalities)} features; looked for {places}',
                file=self.source,
                remedy='correct the path, --features or --modalities',
            )
        names = sorted(listed.union(needed))
        check_portable_names(names, 'video', self.source)
        check_portable_names([*names, *(video for _, video in manifest.videos())], 'video', str(out.path))
        check_portable_names([*self.modalities, *(name for name, _ in manifest.videos())], 'modality', str(out.path))
        videos: dict[str, tuple[FeatureFile, ...]] = {}
        faults, num_current = [], 0
        for name in names:
            try:
                files = [self._file(name, modality, out, manifest) for modality in self.modalities]
            except OutputError:
                raise
            except InputError as error:
                near = [] if name in listed else get_close_matches(name, listed.difference(needed), 1, 0.8)
                hint = f', or rename those of {near[0]!r}, which has no instance, if they are meant' if near else ''
                faults.append(Fault(name, one_line(error) + hint))
                continue
            except OSError as error:
                faults.append(Fault(name, f'{error.filename}: cannot be read ({error.strerror}); check the file'))
                continue
            stale = tuple(file for file in files if file is not None)
            num_current += len(files) - len(stale)
            if stale:
                videos[name] = stale
        return FeaturePlan(videos, num_current, tuple(faults))

    def state(self, video: str, modality: str) -> tuple[str, int] | tuple[None, None]:
        """Fingerprint of how a file is made, and the time of what it is made from; None where the store cannot tell."""
        paths = self.store.source_files(video, modality)
        if not paths:
            return None, None
        found = [os.stat(path) for path in paths]
        facts = [
            [os.path.basename(path), stat.st_size, stat.st_mtime_ns] for path, stat in zip(paths, found, strict=True)
        ]
        content = json.dumps([self._settings, video, modality, facts], sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:32], max(stat.st_mtime_ns for stat in found)

    def _file(self, video: str, modality: str, out: OutputFolder, manifest: Manifest) -> FeatureFile | None:
        """What is to be written; None where it is there."""
        path = f'features/{modality}/{video}.npy'
        source, time = self.state(video, modality)
        if manifest.is_current(path, source):
            return None
        there = out.look(path)
        if there is not None:
            for file in self.store.source_files(video, modality):
                if os.path.samestat(os.stat(file), there):
                    raise OutputError(f'{file}: is the source itself; name another folder than that of the features')
            if not manifest.is_ours(path):
                raise OutputError(
                    f'{out.path / path}: is there, but from no conversion; remove it, or name another folder'
                )
        length, width = self.store.shape(video, modality)
        return FeatureFile(modality, path, _HEADER_BYTES + length * width * np.dtype(self.dtype).itemsize, source, time)


def one_line(error: InputError) -> str:
    """An error of a video, in one line."""
    if isinstance(error, MissingFeaturesError) and error.looked_for:
        return f'{error.looked_for[0]}: no such features; add them, or do without the video'
    return ' '.join(str(error).split())
