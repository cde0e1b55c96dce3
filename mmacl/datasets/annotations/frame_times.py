"""Times of tools that count frames, with the exact seconds kept beside the frames."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from mmacl.utils.errors import InputError

_LIMIT = 2.0**53  # beyond it, not every whole number is a float


def frame_span(start: float, end: float, fps: float, num_frames: int | None = None) -> tuple[int, int]:
    """The half-open range of frames nearest to a segment: at least one frame, inside the video.

    Args:
        start: in seconds.
        end: in seconds.
        fps: frames per second.
        num_frames: of the video; None: unknown.
    """
    first, stop = (round(max(-_LIMIT, min(time * fps, _LIMIT))) for time in (start, end))
    if num_frames is not None:
        first, stop = min(first, num_frames - 1), min(stop, num_frames)
    return first, max(stop, first + 1)


def span_times(
    span: tuple[int, int], fps: float, exact: tuple[float, float] | None, num_frames: int | None = None
) -> tuple[float, float]:
    """Start and end of a range of frames, in seconds.

    Args:
        span: half-open range of frames.
        fps: frames per second.
        exact: seconds that were written beside the frames. They count if they still mean these frames, that is, if
            the segment has not been moved since; None: there are none.
        num_frames: as it was for :func:`frame_span`.
    """
    if exact is not None and frame_span(*exact, fps, num_frames) == span:
        return exact
    return span[0] / fps, span[1] / fps


def known_fps(value: Any, layout: str, source: str, video: str = '') -> float:
    """The frame rate, from a number or from text.

    Raises:
        InputError: it is not known, or not positive and finite.
    """
    fps = 0.0
    with suppress(TypeError, ValueError, OverflowError):
        fps = float(value)
    if not 0 < fps < float('inf'):
        what = 'its frame rate is not known' if value is None else f'fps {value!r:.80} is not a positive number'
        raise InputError(f'{what}, and {layout} counts frames', file=source, remedy='give it with --fps', video=video)
    return fps
