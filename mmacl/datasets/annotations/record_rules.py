"""Rules for segments and durations: what is refused and what is accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from mmacl.datasets.annotations.annotation_set import VideoRecord
from mmacl.utils.collected_errors import complain
from mmacl.utils.errors import InputError


@dataclass(frozen=True)
class RecordRules:
    """Check the segments of a video; inside :func:`~mmacl.utils.collected_errors.collect_errors`, all of them.

    The rules only check. :meth:`VideoRecord.inside` clips segments to the video, whatever the rules.

    Attributes:
        past_end: ``'error'`` or ``'clip'``: what happens to a segment that reaches past the end of the video by more
            than the tolerance, or begins there: it is refused, or accepted and clipped.
        past_end_tolerance: seconds by which a segment may reach past the end; it is accepted and clipped.
        empty_segments: ``'error'`` or ``'keep'``: what happens to a segment of zero length. Nine instances of
            ActivityNet-1.2 have none; the official scorer counts them and five training videos have no other label.
    """

    past_end: str = 'error'
    past_end_tolerance: float = 1.0
    empty_segments: str = 'error'

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            InputError: a setting has a value that is not listed above.
        """
        for key, known in (('past_end', ('error', 'clip')), ('empty_segments', ('error', 'keep'))):
            if getattr(self, key) not in known:
                raise InputError(f'{key}={getattr(self, key)!r} is not known', remedy=f'choose one of {known}')
        if not 0 <= self.past_end_tolerance < float('inf'):
            raise InputError(f'past_end_tolerance={self.past_end_tolerance!r} is not a number of seconds >= 0')

    def check(self, record: VideoRecord, classes: Collection[str] | None, source: str) -> None:
        """Check a record without looking at the features.

        Args:
            record: what was read.
            classes: the actions that are known; None: any name.
            source: the file, for messages.

        Raises:
            InputError: unknown class, a time that is not finite, a negative start, an end before the start, a segment
                past the end, or a duration that is not positive.
        """
        starts, ends = record.segments[:, 0], record.segments[:, 1]
        for label in dict.fromkeys(record.labels):
            if classes is not None and label not in classes:
                known = ', '.join(list(classes)[:3])
                what = f'unknown class {label!r}, not among the {len(classes)} classes ({known}, ...)'
                self._complain(record, source, what, 'correct the label or the list of classes', 'unknown class')
        duration = record.duration
        if duration is not None and not (np.isfinite(duration) and duration > 0):
            remedy = 'state the length of the video in seconds, or leave it out'
            self._complain(record, source, f'duration {duration} s is not positive', remedy, 'duration')
            duration = None
        too_short = ends < starts if self.empty_segments == 'keep' else ends <= starts
        for wrong, what in (
            (~np.isfinite(record.segments).all(axis=1), 'has a time that is not finite'),
            (starts < 0, 'starts before the video'),
            (too_short, 'does not end after its start'),
        ):
            for row in np.flatnonzero(wrong):
                self._complain(record, source, f'{_describe(record, row)} {what}', 'correct the annotation', 'segment')
        if duration is not None:
            self.check_end(record, duration, 0.0, source)

    def check_end(self, record: VideoRecord, duration: float, slack: float, source: str) -> None:
        """Check that the segments lie inside the video.

        Args:
            record: with segments that :meth:`check` let pass.
            duration: length of the video in seconds.
            slack: seconds by which ``duration`` may be too short, beside the tolerance.
            source: the file, for messages.

        Raises:
            InputError: a segment lies past the end by more than tolerance and slack, and ``past_end`` is ``'error'``.
        """
        if self.past_end == 'clip':
            return
        starts, ends = record.segments[:, 0], record.segments[:, 1]
        past = (ends > duration + self.past_end_tolerance + slack) | ((starts >= duration + slack) & (ends > starts))
        for row in np.flatnonzero(past):
            what = f'{_describe(record, row)} lies past the end of the video ({duration:g} s)'
            remedy = "correct it or the timing, or set past_end='clip'"
            self._complain(record, source, what, remedy, 'past the end')

    @staticmethod
    def _complain(record: VideoRecord, source: str, what: str, remedy: str, kind: str) -> None:
        """Raise, or collect, a fault of a record."""
        complain(InputError(what, file=source, remedy=remedy, kind=kind, video=record.video_name))


def _describe(record: VideoRecord, row: int | np.intp) -> str:
    """One instance in words."""
    start, end = record.segments[row]
    return f'segment [{start:g}, {end:g}] of {record.labels[row]!r}'
