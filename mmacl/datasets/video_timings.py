"""The timing of each video of a data set: one rule for all, or a rule a video from a table or from companion files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from mmacl.datasets.annotations import VideoRecord
from mmacl.datasets.stores import FeatureStore
from mmacl.datasets.timing_rule import TimingRule
from mmacl.datasets.timing_table import TIMING_FILE, Entry, read_companions, read_timing_table
from mmacl.utils import InputError

_REMEDIES = {
    'file': 'add them, or a "default" entry',
    'annotations': 'add their fps to the annotations, or use a table',
    'companions': 'write <video>_fps.npy for each',
}
"""Modes with a timing for each video, and what to do where one is missing."""


class VideoTimings:
    """The timing rule of every video.

    Args:
        timing: one of

            - ``dict(fps=..., snippet_stride=..., offset=0.0)`` or ``dict(mode='duration')``, for all videos, see
              :class:`TimingRule`;
            - ``dict(mode='file', path='timing.json')``, a table, see
              :func:`~mmacl.datasets.timing_table.read_timing_table`;
            - ``dict(mode='annotations')``, the ``fps`` of each video in its annotations;
            - ``dict(mode='companions')``, ``<video>_fps.npy`` and ``<video>_timestamps_ms.npy`` beside the features, as
              the video_features project writes them.

            In the last three, other keys (``snippet_stride``, ``window``, ...) hold for the videos that do not state
            them.
        root: the folder of the data set, to which ``path`` is relative.
        annotations: the file of annotations, for messages.

    Raises:
        InputError: the form is not one of these, or a value is not a positive number.
    """

    def __init__(
        self, timing: Mapping[str, Any] | None, root: str | os.PathLike[str] = '', annotations: str = 'annotations'
    ) -> None:
        config = dict(timing or {})
        self.mode = str(config.pop('mode', 'frames'))
        self.path = os.path.join(root, str(config.pop('path', TIMING_FILE))) if self.mode == 'file' else ''
        self._annotations = annotations
        self._defaults = config
        self._rule = None
        if self.mode in _REMEDIES:
            # What is missing may be in the table; what is stated must make sense.
            TimingRule.from_entry({'fps': 1.0, 'snippet_stride': 1.0, **config}, 'timing')
        else:
            self._rule = TimingRule.from_config(timing)

    @property
    def needs_duration(self) -> bool:
        """Whether every video must have a duration."""
        return self._rule is not None and self._rule.needs_duration

    @property
    def one_for_all(self) -> TimingRule | None:
        """The rule of all videos; None if each has its own."""
        return self._rule

    def rules(self, records: Sequence[VideoRecord], store: FeatureStore, modality: str) -> dict[str, TimingRule]:
        """The rule of each video, by name.

        Args:
            records: the videos.
            store: where their features come from, for companion files.
            modality: a stream of the store.

        Raises:
            InputError: the table or a companion file cannot be read, a value is not a positive number, or a video has
                no entry; the message counts them.
        """
        if self._rule is not None:
            return {record.video_name: self._rule for record in records}
        entries, source = self._entries(records, store, modality)
        lacking = [record.video_name for record in records if record.video_name not in entries]
        if lacking:
            what = f'no timing of {len(lacking)} of {len(records)} videos'
            raise InputError(what, file=source, video=lacking[0], remedy=_REMEDIES[self.mode], kind='timing')
        return {name: TimingRule.from_entry(entry, source, name) for name, entry in entries.items()}

    def entries(self, records: Sequence[VideoRecord], store: FeatureStore, modality: str) -> dict[str, Entry]:
        """The timing of each video as it is stated, for a table; empty with ``mode='duration'``.

        Raises:
            InputError: as :meth:`rules`.
        """
        if self._rule is not None:
            return {} if self._rule.needs_duration else {record.video_name: self._defaults for record in records}
        return self._entries(records, store, modality)[0]

    def _entries(
        self, records: Sequence[VideoRecord], store: FeatureStore, modality: str
    ) -> tuple[dict[str, Entry], str]:
        """Entries of the videos, with what the config states for all, and where they come from."""
        names = [record.video_name for record in records]
        stated: dict[str, Entry | None]
        if self.mode == 'file':
            table, default = read_timing_table(self.path)
            stated, source = {name: table.get(name, default) for name in names}, self.path
        elif self.mode == 'annotations':
            stated = {record.video_name: {'fps': record.fps} if record.fps else None for record in records}
            source = self._annotations
        else:
            stated = {name: read_companions(store, name, modality) for name in names}
            source = f'{modality} features'
        return {name: _filled(entry, self._defaults) for name, entry in stated.items() if entry}, source


def _filled(entry: Entry, defaults: Entry) -> Entry:
    """An entry with what is stated for all videos where it states nothing itself."""
    if 'snippet_duration' in entry:
        defaults = {key: value for key, value in defaults.items() if key in ('offset', 'duration')}
    if {'offset', 'window'} & set(entry):
        defaults = {key: value for key, value in defaults.items() if key not in ('offset', 'window')}
    return {**defaults, **entry}
