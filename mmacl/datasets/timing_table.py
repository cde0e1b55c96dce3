"""Tables of the timing of videos: read them, write them, and gather them from files beside features."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from io import StringIO
from typing import Any

import numpy as np

from mmacl.datasets.stores import FeatureStore
from mmacl.datasets.stores.npy_file import read_npy_numbers
from mmacl.datasets.timing_rule import ENTRY_KEYS
from mmacl.datasets.untrusted.restricted_pickle import read_names
from mmacl.utils import InputError
from mmacl.utils.small_text import read_small_text
from mmacl.utils.strict_json import parse_strict_json

TIMING_FILE = 'timing.json'
"""Name of the table in a folder of features."""

Entry = Mapping[str, Any]
"""Timing of one video as a table states it, see :data:`~mmacl.datasets.timing_rule.ENTRY_KEYS`."""

_ALIASES = {'frame_rate': 'fps', 'stride': 'snippet_stride'}
_FORM = (
    'timings, as JSON {"videos": {"<video>": {"fps": 29.97, "snippet_stride": 4}}} or CSV with the columns video, fps '
    'and perhaps snippet_stride, offset, window, duration'
)
_ALIKE = 0.02
"""Share of a frame by which a stride computed from times may differ from a whole number."""


def read_timing_table(path: str) -> tuple[dict[str, Entry], Entry | None]:
    """Read the timings of videos.

    - JSON: ``{"videos": {"<video>": {"fps": 29.97, "snippet_stride": 4, "offset": 0.2, "duration": 61.3}}}``, perhaps
      with ``"default": {...}`` for all other videos. A number in place of an entry is ``fps``.
    - CSV: columns ``video``, ``fps`` and perhaps others of these names.
    - A folder of the W-TALC family: ``videoname.npy`` and ``original_fps.npy``.

    Returns:
        Entries by video, and the entry of all others, None if they have none.

    Raises:
        InputError: it cannot be read, or is laid out otherwise.
    """
    if os.path.isdir(path):
        return _read_wtalc(path), None
    text = read_small_text(path, _FORM)
    if path.lower().endswith('.csv'):
        return _read_csv(text, path), None
    content = parse_strict_json(text, path, _FORM)
    if not isinstance(content, dict):
        raise InputError('no JSON object', file=path, remedy=f'expected {_FORM}')
    videos = content.get('videos')
    default = content.get('default')
    if not isinstance(videos, dict):
        videos, default = content, None
    return (
        {name: _entry(entry, path, name) for name, entry in videos.items()},
        None if default is None else _entry(default, path, ''),
    )


def timing_text(entries: Mapping[str, Entry]) -> str:
    """The text of :data:`TIMING_FILE`, one video a line."""
    rows = [
        f'{json.dumps(name)}: {json.dumps({key: entry[key] for key in ENTRY_KEYS if key in entry})}'
        for name, entry in entries.items()
    ]
    return '{"videos": {\n' + ',\n'.join(rows) + '\n}}\n'


def read_companions(store: FeatureStore, video: str, modality: str) -> Entry | None:
    """The timing that files beside the features state.

    ``<video>_timestamps_ms.npy`` holds the end of each window in milliseconds, ``<video>_fps.npy`` the frame rate.

    Returns:
        None if there is no such file.

    Raises:
        InputError: a file cannot be read, the times are not evenly spaced, or they are not as many as the snippets.
    """
    fps_file, times_file = (store.companion(video, modality, what) for what in ('fps', 'timestamps_ms'))
    entry: dict[str, float] = {}
    if fps_file is not None:
        numbers = read_npy_numbers(fps_file)
        if len(numbers) != 1:
            raise InputError(f'{len(numbers)} numbers are not one frame rate', file=fps_file, video=video)
        entry['fps'] = float(numbers[0])
    if times_file is not None:
        ends = read_npy_numbers(times_file) / 1000
        length = store.num_snippets(video, modality)
        step = float((ends[-1] - ends[0]) / (len(ends) - 1)) if len(ends) > 1 else float(ends[0]) if len(ends) else 0.0
        even = step > 0 and np.abs(ends - ends[0] - step * np.arange(len(ends))).max() <= step / 2
        if len(ends) != length or not even or ends[0] < step * (1 - _ALIKE):
            raise InputError(
                f'{len(ends)} times are not the ends of {length} evenly spaced windows',
                file=times_file,
                video=video,
                remedy=f'write them in milliseconds, or state the timing in {TIMING_FILE}',
                kind='timing',
            )
        entry |= _seconds_or_frames(step, (float(ends[0]) - step) / 2, entry.get('fps'))
    return entry or None


def _seconds_or_frames(step: float, offset: float, fps: float | None) -> dict[str, float]:
    """An entry with a stride of whole frames, if the frame rate is known and fits."""
    offset = 0.0 if abs(offset) < _ALIKE * step else round(offset, 6)
    entry: dict[str, float] = {'snippet_duration': round(step, 9)}
    if fps is not None and fps > 0 and abs(step * fps - round(step * fps)) < _ALIKE:
        entry = {'fps': fps, 'snippet_stride': round(step * fps)}
    return entry | ({'offset': offset} if offset else {})


def _entry(entry: Any, path: str, video: str) -> Entry:
    """An entry under the names of :data:`ENTRY_KEYS`."""
    if isinstance(entry, (int, float)) and not isinstance(entry, bool):
        return {'fps': entry}
    if not isinstance(entry, dict):
        raise InputError(f'{entry!r:.80} is no entry', file=path, video=video, remedy=f'expected {_FORM}')
    return {_ALIASES.get(str(key), str(key)): value for key, value in entry.items()}


def _read_csv(text: str, path: str) -> dict[str, Entry]:
    """Entries of a table; lines of one video must agree."""
    reader = csv.DictReader(StringIO(text, newline=''), skipinitialspace=True)
    names = [str(name).strip().lower() for name in reader.fieldnames or ()]
    reader.fieldnames = [_ALIASES.get(name, name) for name in names]
    if not {'video'} < set(reader.fieldnames) & {'video', 'fps', 'snippet_duration'}:
        raise InputError(f'the first line is {",".join(names):.80}', file=path, remedy=f'expected {_FORM}')
    entries: dict[str, Entry] = {}
    try:
        for row in reader:
            cells = {key: (row.get(key) or '').strip() for key in ENTRY_KEYS}
            entry = {key: float(cell) for key, cell in cells.items() if cell}
            if entries.setdefault(str(row['video']), entry) != entry:
                raise ValueError(f'{row["video"]!r} has another timing before')
    except (ValueError, csv.Error) as error:
        what = f'line {reader.line_num}: {error!s:.120}'
        raise InputError(what, file=path, remedy=f'expected {_FORM}') from error
    return entries


def _read_wtalc(folder: str) -> dict[str, Entry]:
    """Frame rates of the videos in a folder of the W-TALC family."""
    names_file, rates_file = (os.path.join(folder, f'{name}.npy') for name in ('videoname', 'original_fps'))
    for file in (names_file, rates_file):
        if not os.path.isfile(file):
            raise InputError('no such file', file=file, remedy=f'expected a file of {_FORM}')
    names, rates = read_names(names_file), read_npy_numbers(rates_file)
    if len(names) != len(rates):
        raise InputError(f'{len(rates)} values for {len(names)} videos', file=rates_file, remedy='use one release')
    return {name: {'fps': float(rate)} for name, rate in zip(names, rates, strict=True)}
