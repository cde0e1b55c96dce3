"""Where the snippets of a video are in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from mmacl.structures import SnippetTiming
from mmacl.utils import InputError

ENTRY_KEYS = ('fps', 'snippet_stride', 'snippet_duration', 'offset', 'window', 'duration')
"""Keys of an entry, in the order in which they are written."""
_FORM = 'fps and snippet_stride (or snippet_duration), and perhaps offset or window'
_FORMS = (
    "dict(fps=25, snippet_stride=16, offset=0.0), dict(mode='duration'), dict(mode='file', path='timing.json'), "
    "dict(mode='annotations', snippet_stride=16) or dict(mode='companions')"
)
_MAY_BE_ZERO = {'offset'}


@dataclass(frozen=True)
class TimingRule:
    """Where the snippets of one video are; stated, never guessed.

    Snippet ``i`` covers the seconds from ``offset + i * snippet_duration`` to ``offset + (i + 1) * snippet_duration``.
    A feature that was computed from a window of W frames, with a stride of fewer frames, describes the middle of its
    window: the offset is then ``(W - stride) / 2 / fps``, which the key ``window`` computes.

    Attributes:
        snippet_duration: seconds from one snippet to the next; None: the duration of the video divided by its number of
            snippets.
        offset: seconds before the first snippet.
        window: seconds that a feature was computed from; None: not stated.
        duration: length of the video in seconds, for videos whose annotations do not state it; None: not stated.
        frame_duration: seconds of a frame; None: not stated.
    """

    snippet_duration: float | None
    offset: float = 0.0
    window: float | None = None
    duration: float | None = None
    frame_duration: float | None = field(default=None, compare=False)

    @classmethod
    def from_config(cls, timing: Mapping[str, Any] | None) -> TimingRule:
        """Read ``dict(fps=..., snippet_stride=..., offset=0.0)`` or ``dict(mode='duration')``.

        ``snippet_stride`` counts frames from one snippet to the next, at ``fps`` frames a second. ``window``, in
        frames, may be given instead of ``offset``.

        Raises:
            InputError: it is neither, or a value is not a positive number.
        """
        if timing is None:
            raise InputError('timing is not stated', remedy=f'set the timing of the dataset to {_FORMS}')
        if set(timing) == {'mode'} and timing['mode'] == 'duration':
            return cls(None)
        if 'mode' in timing or not {'fps', 'snippet_stride'} <= set(timing) <= {*ENTRY_KEYS} - {'duration'}:
            raise InputError(f'timing={dict(timing)} is not understood', remedy=f'use {_FORMS}')
        return cls.from_entry(timing, 'timing', remedy=f'use {_FORMS}')

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any], source: str, video: str = '', remedy: str = '') -> TimingRule:
        """Read the entry of one video in a table; see :data:`ENTRY_KEYS`.

        Raises:
            InputError: a key is missing or unknown, two contradict each other, or a value is not a positive number.
        """
        remedy = remedy or f'state {_FORM}'

        def refuse(what: str) -> InputError:
            return InputError(what, file=source, video=video, remedy=remedy, kind='timing')

        unknown = [key for key in entry if key not in ENTRY_KEYS]
        if unknown:
            raise refuse(f'{unknown[0]!r} is not known')
        for key, value in entry.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
            if not number or (key not in _MAY_BE_ZERO and value <= 0):
                raise refuse(f'{key}={value!r} is not a positive number')
        if 'offset' in entry and 'window' in entry:
            raise refuse('offset and window are both stated; window gives the offset')
        if 'snippet_duration' in entry:
            if 'snippet_stride' in entry or 'window' in entry:
                raise refuse('snippet_duration is in seconds, snippet_stride and window are in frames')
            return cls(float(entry['snippet_duration']), float(entry.get('offset', 0.0)), None, entry.get('duration'))
        if not {'fps', 'snippet_stride'} <= set(entry):
            raise refuse(f'{"snippet_stride" if "fps" in entry else "fps"} is not stated')
        fps, stride = entry['fps'], entry['snippet_stride']
        window = entry.get('window')
        offset = entry.get('offset', 0.0) if window is None else (window - stride) / 2 / fps
        seconds = None if window is None else window / fps
        return cls(stride / fps, float(offset), seconds, entry.get('duration'), 1 / fps)

    @property
    def needs_duration(self) -> bool:
        """Whether the video must have a duration."""
        return self.snippet_duration is None

    def timing(self, num_snippets: int, duration: float | None) -> SnippetTiming:
        """Where the snippets of the video are.

        Args:
            num_snippets: T.
            duration: length of the video in seconds, as annotated; None: that of the rule, or else the end of the last
                snippet, which is before the end of the video by less than a window.

        Raises:
            InputError: there is no duration, and the rule needs one.
        """
        duration = self.duration if duration is None else duration
        if self.snippet_duration is None:
            if duration is None:
                raise InputError(
                    "timing: mode='duration' needs the duration of every video", remedy='annotate it, or state fps'
                )
            return SnippetTiming(duration / num_snippets, 0.0, duration)
        if duration is None:
            duration = self.offset + num_snippets * self.snippet_duration
        return SnippetTiming(self.snippet_duration, self.offset, duration)
