"""Short clips of segments as filmstrips: frames side by side in one small picture, which a page plays in place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

import numpy as np

from mmacl.video.decoding import Frame, VideoFile

_FPS, _MOST_FRAMES = 8.0, 24


@dataclass(frozen=True)
class Filmstrip:
    """A clip as one picture.

    Attributes:
        jpeg: the frames side by side.
        frames: how many.
        width, height: pixels of a frame.
        seconds: how long the clip takes.
    """

    jpeg: bytes
    frames: int
    width: int
    height: int
    seconds: float


def cut_filmstrip(
    path: str | os.PathLike[str], start: float, end: float, short_side: int = 96, fps: float = _FPS
) -> Filmstrip | None:
    """Cut a clip out of a video.

    A segment longer than 3 s is cut to 3 s around its middle.

    Args:
        path: the video file.
        start: in seconds.
        end: in seconds.
        short_side: pixels of the shorter side of a frame; a frame is at most twice as long.
        fps: frames a second of the clip.

    Returns:
        The clip; None if the video ends before it.

    Raises:
        InputError: the video cannot be read.
    """
    most = _MOST_FRAMES / fps
    if end - start > most:
        start = (start + end - most) / 2
    wanted = min(max(round((end - start) * fps), 1), _MOST_FRAMES)
    frames = list(islice(VideoFile(path, allow_partial=True).frames(fps, short_side, max(start, 0.0)), wanted))
    if not frames:
        return None
    frames = [_middle(frame, 2 * short_side) for frame in frames]
    height, width = frames[0].shape[:2]
    return Filmstrip(_encode(np.concatenate(frames, axis=1)), len(frames), width, height, len(frames) / fps)


def _middle(frame: Frame, longest: int) -> Frame:
    """Cut the ends of a very long frame off."""
    top, left = (max(side - longest, 0) // 2 for side in frame.shape[:2])
    return frame[top : top + longest, left : left + longest]


def _encode(picture: Frame) -> bytes:
    from PIL import Image  # comes with matplotlib

    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, format='JPEG', quality=70, optimize=True)
    return buffer.getvalue()
