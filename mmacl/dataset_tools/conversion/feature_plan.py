"""Plan a conversion from headers alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmacl.dataset_tools.conversion.manifest import Manifest
from mmacl.dataset_tools.conversion.output_folder import OutputError, OutputFolder
from mmacl.dataset_tools.conversion.portable_names import check_portable_names
from mmacl.dataset_tools.conversion.progress import readable_size
from mmacl.dataset_tools.fault import Fault
from mmacl.datasets.stores import FeatureStore, Instead, near_name
from mmacl.utils import InputError, explain_os_error

_HEADER_BYTES = 128


class FeatureFile(NamedTuple):
    """One file to write.

    Attributes:
        modality: the stream.
        path: below the output folder.
        num_bytes: how large it will be.
        source: fingerprint of what it is made from; None if the store cannot tell.
        time: of the source's last change, in nanoseconds; None if the store cannot tell.
    """

    modality: str
    path: str
    num_bytes: int
    source: str | None
    time: int | None


@dataclass(frozen=True)
class FeaturePlan:
    """The work of a conversion.

    Attributes:
        videos: files to write, by video.
        num_current: files that are there already, made from the same sources in the same way.
        faults: videos that cannot be converted, as far as headers tell.
        names: of the videos that will be there.
    """

    videos: Mapping[str, tuple[FeatureFile, ...]]
    num_current: int
    faults: tuple[Fault, ...]
    names: tuple[str, ...] = ()

    @property
    def num_files(self) -> int:
        """Number of files to write."""
        return sum(map(len, self.videos.values()))

    @property
    def num_bytes(self) -> int:
        """Number of bytes to write."""
        return sum(file.num_bytes for files in self.videos.values() for file in files)

    def check_space(self, folder: Path) -> int:
        """Bytes that are free where a folder is, or will be.

        Raises:
            InputError: fewer are free than will be written.
        """
        place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
        free = shutil.disk_usage(place).free
        if free < self.num_bytes:
            raise InputError(
                f'{readable_size(self.num_bytes)} are to be written, but {readable_size(free)} are free',
                file=folder,
                remedy='free space, name a folder on another disk, or use --dtype float16',
            )
        return free


class FeaturePlanner:
    """Look at sources and at the output folder, and write nothing.

    Args:
        store: where features come from.
        config: of the store; decides, with the sources, what is written.
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
        """Plan what is written.

        Args:
            out: where to.
            manifest: what is there from earlier conversions.
            needed: videos that must have features; all others that have some are converted as well.

        Raises:
            InputError: there are no features, a name is refused, or a file is in the way.
        """
        by_modality = {modality: set(self.store.list_videos(modality)) for modality in self.modalities}
        listed = set().union(*by_modality.values())
        if not listed:
            raise self._no_features()
        names = sorted(listed.union(needed))
        check_portable_names(names, 'video', self.source)
        check_portable_names([*names, *(video for _, video in manifest.videos())], 'video', str(out.path))
        check_portable_names([*self.modalities, *(name for name, _ in manifest.videos())], 'modality', str(out.path))
        whole = set.intersection(*by_modality.values()).union(needed)
        videos: dict[str, tuple[FeatureFile, ...]] = {}
        faults: list[Fault] = []
        num_current = 0
        for name in names:
            files: list[FeatureFile | None] = []
            try:
                for modality in self.modalities:
                    files.append(self._file(name, modality, out, manifest))
            except OutputError:
                raise
            except (InputError, OSError) as error:
                modality = self.modalities[len(files)]
                near = near_name(name, by_modality[modality] - whole)
                hint = f'rename those of {near!r}, which no video has, if they are meant; else ' if near else ''
                faults += [replace(fault, remedy=hint + fault.remedy) for fault in faults_of(error, name, modality)]
                continue
            stale = tuple(file for file in files if file is not None)
            num_current += len(files) - len(stale)
            if stale:
                videos[name] = stale
        good = set(names).difference(fault.video for fault in faults)
        return FeaturePlan(videos, num_current, tuple(faults), tuple(sorted(good)))

    def _no_features(self) -> InputError:
        """There are no features at all; say what is there instead."""
        found = next((it for name in self.modalities for it in self.store.look_around(name)), None)
        usual = Instead(f'none of {"; ".join(self.store.layouts)}', 'correct the path, --features or --modalities')
        return InputError(
            f'no {" or ".join(self.modalities)} features, but {(found or usual).what}',
            file=self.source,
            remedy=(found or usual).remedy,
        )

    def state(self, video: str, modality: str) -> tuple[str, int] | tuple[None, None]:
        """Fingerprint of how a file is made, and the time of its source; None if the store cannot tell."""
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
        """The file to write; None if it is there."""
        path = f'features/{modality}/{video}.npy'
        source, time = self.state(video, modality)
        if manifest.is_current(path, source):
            return None
        there = out.look(path)
        if there is not None:
            for file in self.store.source_files(video, modality):
                if os.path.samestat(os.stat(file), there):
                    raise OutputError(
                        'is the source itself', file=file, remedy='name another folder than that of the features'
                    )
            if not manifest.is_ours(path):
                raise OutputError(
                    'was written by no conversion', file=out.path / path, remedy='remove it, or name another folder'
                )
        length, width = self.store.shape(video, modality)
        return FeatureFile(modality, path, _HEADER_BYTES + length * width * np.dtype(self.dtype).itemsize, source, time)


def faults_of(error: InputError | OSError, video: str, modality: str = '') -> list[Fault]:
    """Why a video cannot be converted."""
    if isinstance(error, OSError):
        error = explain_os_error(error)
    missing = f'no {modality} features' if modality else 'no such file', 'add them, or do without the video'
    return Fault.from_error(error, 'features', '', video, missing)
