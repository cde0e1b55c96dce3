"""The timing of each video of a data set: one rule for all, or a rule a video from a table or from companion files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from mmacl.datasets.stores import FeatureStore
from mmacl.datasets.timing_rule import TimingRule
from mmacl.datasets.timing_table import TIMING_FILE, Entry, read_companions, read_timing_table
from mmacl.utils import InputError


class VideoTimings:
    """The timing rule of every video.

    Args:
        timing: ``dict(fps=..., snippet_stride=..., offset=0.0)`` or ``dict(mode='duration')`` for all videos, see
            :class:`TimingRule`; ``dict(mode='file', path='timing.json')`` for a table, see
            :func:`~mmacl.datasets.timing_table.read_timing_table`;
            ``dict(mode='companions')`` for ``<video>_fps.npy`` and ``<video>_timestamps_ms.npy`` beside the features,
            as the video_features project writes them. With ``mode='file'`` and ``mode='companions'``, other keys
            (``snippet_stride``, ``window``, ...) hold for the videos that do not state them.
        root: the folder of the data set, to which ``path`` is relative.

    Raises:
        InputError: it is none of these, or a value is not a positive number.
    """

    def __init__(self, timing: Mapping[str, Any] | None, root: str | os.PathLike[str] = '') -> None:
        config = dict(timing or {})
        self.mode = str(config.pop('mode', 'frames'))
        self.path = os.path.join(root, str(config.pop('path', TIMING_FILE))) if self.mode == 'file' else ''
        self._defaults = config
        if self.mode in ('file', 'companions'):
            # Whatever is missing may be in the table; whatever is stated must make sense.
            TimingRule.from_entry({'fps': 1.0, 'snippet_stride': 1.0, **config}, 'timing')
            self._rule = None
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

    def rules(self, videos: Sequence[str], store: FeatureStore, modality: str) -> dict[str, TimingRule]:
        """The rule of each video.

        Args:
            videos: their names.
            store: where their features come from, for companion files.
            modality: a stream of the store.

        Raises:
            InputError: the table or a companion file cannot be read, a value is not a positive number, or a video has
                no entry; the message counts them.
        """
        if self._rule is not None:
            return dict.fromkeys(videos, self._rule)
        entries, source = self._entries(videos, store, modality)
        lacking = [video for video in videos if video not in entries]
        if lacking:
            raise InputError(
                f'no timing of {len(lacking)} of {len(videos)} videos',
                file=source,
                video=lacking[0],
                remedy='add them, or a "default" entry' if self.mode == 'file' else 'write <video>_fps.npy for each',
                kind='timing',
            )
        return {video: TimingRule.from_entry(entries[video], source, video) for video in videos}

    def entries(self, videos: Sequence[str], store: FeatureStore, modality: str) -> dict[str, Entry]:
        """What is stated of the videos, for :func:`timing_text`; videos without an entry are left out.

        Raises:
            InputError: as :meth:`rules`.
        """
        if self.mode == 'duration':
            return {}
        if self._rule is not None:
            return dict.fromkeys(videos, self._defaults)
        found, source = self._entries(videos, store, modality)
        for video, entry in found.items():
            TimingRule.from_entry(entry, source, video)
        return found

    def _entries(self, videos: Sequence[str], store: FeatureStore, modality: str) -> tuple[dict[str, Entry], str]:
        """Entries of the videos, with what the config states for all, and where they come from."""
        if self.mode == 'file':
            table, default = read_timing_table(self.path)
            stated = {video: table.get(video, default) for video in videos}
            source = self.path
        else:
            stated = {video: read_companions(store, video, modality) for video in videos}
            source = f'{modality} features'
        return {video: _filled(entry, self._defaults) for video, entry in stated.items() if entry is not None}, source


def _filled(entry: Entry, defaults: Entry) -> Entry:
    """An entry with what is stated for all videos where it states nothing itself."""
    if 'snippet_duration' in entry:
        defaults = {key: value for key, value in defaults.items() if key in ('offset', 'duration')}
    if {'offset', 'window'} & set(entry):
        defaults = {key: value for key, value in defaults.items() if key not in ('offset', 'window')}
    return {**defaults, **entry}
