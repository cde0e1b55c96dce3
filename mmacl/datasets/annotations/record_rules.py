"""Which annotations make sense."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from mmacl.datasets.annotations.video_record import VideoRecord
from mmacl.utils import InputError
from mmacl.utils.collected_errors import complain


@dataclass(frozen=True)
class RecordRules:
    """Judge the segments of a video; inside :func:`~mmacl.utils.collected_errors.collect_errors`, all of them.

    Attributes:
        past_end: ``'error'`` or ``'clip'``: what happens to a segment that reaches past the end of the video by more
            than the tolerance, or begins there. Clipping keeps the number of instances: one that lies wholly past
            the end becomes empty there, an instance that nobody can find, as in the benchmarks' own scores
            (``video_test_0000270`` of THUMOS14).
        past_end_tolerance: seconds by which a segment may reach past the end; it is clipped without a word.
        empty_segments: ``'error'`` or ``'keep'``: what happens to a segment of zero length. Nine instances of
            ActivityNet-1.2 have none; the official scorer counts them and five training videos have no other label.
    """

    past_end: str = 'error'
    past_end_tolerance: float = 1.0
    empty_segments: str = 'error'

    def __post_init__(self) -> None:
        """Refuse values that mean nothing.

        Raises:
            InputError: a key has a value that is not listed above.
        """
        for key, known in (('past_end', ('error', 'clip')), ('empty_segments', ('error', 'keep'))):
            if getattr(self, key) not in known:
                raise InputError(f'{key}={getattr(self, key)!r} is not known', remedy=f'choose one of {known}')
        if not 0 <= self.past_end_tolerance < float('inf'):
            raise InputError(f'past_end_tolerance={self.past_end_tolerance!r} is not a number of seconds >= 0')

    def check(self, record: VideoRecord, classes: Collection[str] | None, source: str) -> VideoRecord:
        """Check what can be checked without the features, and clip to the duration where the file states one.

        Args:
            record: what was read.
            classes: the actions that are known; None: any name.
            source: the file, for messages.

        Raises:
            InputError: unknown class, a time that is not finite, a negative start, an end before the start, a segment
                past the end, or a duration that is none.
        """
        where = f'{source}: video {record.video_name!r}'
        starts, ends = record.segments[:, 0], record.segments[:, 1]
        if classes is not None:
            for label in dict.fromkeys(record.labels):
                if label not in classes:
                    known = ', '.join(list(classes)[:3])
                    complain(
                        InputError(
                            f'unknown class {label!r}, not among the {len(classes)} classes ({known}, ...)',
                            file=where,
                            remedy='correct the label or the list of classes',
                            kind='unknown class',
                        )
                    )
        duration = record.duration
        if duration is not None and not (np.isfinite(duration) and duration > 0):
            complain(
                InputError(
                    f'duration {duration} s',
                    file=where,
                    remedy='state the length of the video in seconds, or leave it out',
                    kind='duration',
                )
            )
            duration = None
        too_short = ends < starts if self.empty_segments == 'keep' else ends <= starts
        for wrong, what in (
            (~np.isfinite(record.segments).all(axis=1), 'has a time that is not finite'),
            (starts < 0, 'starts before the video'),
            (too_short, 'does not end after its start'),
        ):
            for row in np.flatnonzero(wrong):
                complain(
                    InputError(
                        f'{_describe(record, row)} {what}', file=where, remedy='correct the annotation', kind='segment'
                    )
                )
        return record if duration is None else self.clip(record, duration, 0.0, source)

    def clip(self, record: VideoRecord, duration: float, slack: float, source: str) -> VideoRecord:
        """Keep the segments inside the video.

        Args:
            record: with segments that :meth:`check` let pass.
            duration: length of the video in seconds.
            slack: seconds by which ``duration`` may be too short, beside the tolerance.
            source: the file, for messages.

        Raises:
            InputError: a segment lies past the end by more than tolerance and slack, and ``past_end`` is ``'error'``.
        """
        starts, ends = record.segments[:, 0], record.segments[:, 1]
        if not (ends > duration).any():
            return record
        past = (ends > duration + self.past_end_tolerance + slack) | ((starts >= duration + slack) & (ends > starts))
        for row in np.flatnonzero(past) if self.past_end == 'error' else ():
            complain(
                InputError(
                    f'video {record.video_name!r}: {_describe(record, row)} lies past the end of the video '
                    f'({duration:g} s)',
                    file=source,
                    remedy="correct it or the timing, or set past_end='clip'",
                    kind='past the end',
                )
            )
        return replace(record, segments=np.clip(record.segments, 0.0, duration))


def _describe(record: VideoRecord, row: int | np.intp) -> str:
    """One instance in words."""
    start, end = record.segments[row]
    return f'segment [{start:g}, {end:g}] of {record.labels[row]!r}'
