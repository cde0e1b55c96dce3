"""A folder of features that several processes may write."""

from __future__ import annotations

import hashlib
import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from mmacl.datasets.timing_table import TIMING_FILE
from mmacl.utils import InputError, write_json_atomically
from mmacl.utils.files import remove_temporary, write_bytes_atomically
from mmacl.utils.strict_json import read_strict_json
from mmacl.video.sources import Source

_STATE, _RECORD = '.mmacl-extraction', 'the record of an extracted video'


class FeatureFolder:
    """A folder of features: ``features/<modality>/<video>.npy`` and ``timing.json``.

    A video counts as done when its record is there, which is written after its features. Several processes may
    extract into one folder: each video is taken by one of them.

    Args:
        path: the folder; it is made if it does not exist.
        modality: name of the stream.
        settings: what decides the features, such as :meth:`FeatureExtractor.settings` and the stride.

    Raises:
        InputError: the stream holds features of other settings; names the first difference.
    """

    def __init__(self, path: str | os.PathLike[str], modality: str, settings: dict[str, Any]) -> None:
        self.path = Path(path)
        self.modality = modality
        self.features = self.path / 'features' / modality
        self._state = self.path / _STATE / modality
        self._state.mkdir(parents=True, exist_ok=True)
        self.features.mkdir(parents=True, exist_ok=True)
        self._settings = self._state.parent / f'{modality}.json'
        with filelock.FileLock(self._settings.with_suffix('.lock')):
            remove_temporary(self._settings)
            if self._settings.is_file():
                self._compare(read_strict_json(self._settings, 'the settings of an extraction'), settings)
            else:
                write_json_atomically(self._settings, settings)

    def _compare(self, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
        for key in {**theirs, **ours}:
            if theirs.get(key) != ours.get(key):
                raise InputError(
                    f'holds {self.modality} features with {key}={theirs.get(key)!r}, not {ours.get(key)!r}',
                    file=self.path,
                    remedy='give another --out, another --modality, or the same settings',
                )

    def is_done(self, source: Source) -> bool:
        """Whether the features of this very file are there."""
        record = self._record(source)
        if not record.is_file() or not self.feature_file(source).is_file():
            return False
        return bool(read_strict_json(record, _RECORD)['source'] == _stamp(source.path))

    def timing(self, source: Source) -> dict[str, float]:
        """Return the entry of a video that is done in ``timing.json``."""
        found: dict[str, float] = read_strict_json(self._record(source), _RECORD)['timing']
        return found

    def lock(self, source: Source) -> filelock.BaseFileLock:
        """A lock by which one process takes the video."""
        return filelock.FileLock(self._record(source).with_suffix('.lock'))

    def write(self, source: Source, features: np.ndarray[Any, Any], timing: dict[str, float]) -> None:
        """Write features, then the record that they are whole; this process holds the lock of the video."""
        remove_temporary(self.feature_file(source), self._record(source))
        buffer = BytesIO()
        np.save(buffer, features, allow_pickle=False)
        write_bytes_atomically(self.feature_file(source), buffer.getvalue())
        record = {'video': source.name, 'source': _stamp(source.path), 'timing': timing}
        write_json_atomically(self._record(source), record)

    def write_timing(self) -> int:
        """Write ``timing.json`` from all records of all streams; return the number of videos.

        Raises:
            InputError: two streams place the snippets of a video differently.
        """
        target = self.path / TIMING_FILE
        with filelock.FileLock(self._state.parent / 'timing.lock'):
            remove_temporary(target)
            table = self._timing_table()
            write_json_atomically(target, table)
        return len(table)

    def _timing_table(self) -> dict[str, Any]:
        """Entries of all videos, sorted by name."""
        table: dict[str, Any] = {}
        for path in sorted(self._state.parent.glob('*/*.json')):
            record = read_strict_json(path, _RECORD)
            stated = table.setdefault(record['video'], record['timing'])
            places = [{k: v for k, v in each.items() if k != 'duration'} for each in (stated, record['timing'])]
            if places[0] != places[1]:
                raise InputError(
                    f'streams differ in timing: {places[0]} and {places[1]}',
                    file=self.path,
                    video=record['video'],
                    remedy='extract all streams with one rate and stride',
                )
        return dict(sorted(table.items()))

    def feature_file(self, source: Source) -> Path:
        """Where the features of a video are."""
        return self.features / f'{source.name}.npy'

    def _record(self, source: Source) -> Path:
        # A hash beside a short readable part: any name is a legal file name then, and names differ by it.
        readable = re.sub(r'[^A-Za-z0-9_-]', '_', source.name)[:40]
        return self._state / f'{readable}-{hashlib.sha256(source.name.encode()).hexdigest()[:12]}.json'


def _stamp(path: Path) -> dict[str, Any]:
    """Recognise a file that changed."""
    found = path.stat()
    return {'path': str(path.resolve()), 'bytes': found.st_size, 'modified_ns': found.st_mtime_ns}
