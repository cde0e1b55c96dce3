"""How the snippets of a data set lie in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from mmacl.structures import SnippetTiming
from mmacl.utils import InputError

_FORMS = "dict(fps=25, snippet_stride=16, offset=0.0) or dict(mode='duration')"


@dataclass(frozen=True)
class TimingRule:
    """Where the snippets of any video lie; stated, never guessed.

    Attributes:
        snippet_duration: seconds from one snippet to the next; None: the duration of the video divided by its number of
            snippets.
        offset: seconds before the first snippet.
    """

    snippet_duration: float | None
    offset: float = 0.0

    @classmethod
    def from_config(cls, timing: Mapping[str, Any] | None) -> TimingRule:
        """Read ``dict(fps=..., snippet_stride=..., offset=0.0)`` or ``dict(mode='duration')``.

        ``snippet_stride`` counts frames from one snippet to the next, at ``fps`` frames a second.

        Raises:
            InputError: it is neither, or a value is not a positive number.
        """
        if timing is None:
            raise InputError('timing is not stated', remedy=f'set the timing of the dataset to {_FORMS}')
        keys = set(timing)
        if keys == {'mode'} and timing['mode'] == 'duration':
            return cls(None)
        if not {'fps', 'snippet_stride'} <= keys <= {'fps', 'snippet_stride', 'offset'}:
            raise InputError(f'timing={dict(timing)} is not understood', remedy=f'use {_FORMS}')
        for key, value in timing.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
            if not number or (key != 'offset' and value <= 0):
                raise InputError(f'timing: {key}={value!r} is not a positive number', remedy=f'use {_FORMS}')
        return cls(timing['snippet_stride'] / timing['fps'], float(timing.get('offset', 0.0)))

    @property
    def needs_duration(self) -> bool:
        """True where every video must have a duration."""
        return self.snippet_duration is None

    def timing(self, num_snippets: int, duration: float | None) -> SnippetTiming:
        """Where the snippets of one video lie.

        Args:
            num_snippets: T.
            duration: length of the video in seconds; None: the end of its last snippet, which falls short of the end of
                the video by less than a snippet.

        Raises:
            InputError: there is no duration, and the rule needs one.
        """
        if self.snippet_duration is None:
            if duration is None:
                raise InputError(
                    "timing: mode='duration' needs the duration of every video", remedy='annotate it, or state fps'
                )
            return SnippetTiming(duration / num_snippets, 0.0, duration)
        if duration is None:
            duration = self.offset + num_snippets * self.snippet_duration
        return SnippetTiming(self.snippet_duration, self.offset, duration)
