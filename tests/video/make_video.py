"""Make small video files."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

#: Stored matrix of an MP4 that players show as it is, and turned by 90 degrees clockwise.
_UPRIGHT = b''.join(v.to_bytes(4, 'big') for v in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
_TURNED = b''.join(v.to_bytes(4, 'big') for v in (0, 0x10000, 0, 0xFFFF0000, 0, 0, 0, 0, 0x40000000))


def grey_frames(levels: Sequence[int], width: int = 32, height: int = 32) -> list[np.ndarray]:
    """Frames of one grey each, by which they are told apart."""
    return [np.full((height, width, 3), level, dtype=np.uint8) for level in levels]


def write_video(
    path: Path,
    frames: Sequence[np.ndarray],
    times: Sequence[float] | None = None,
    fps: float = 25.0,
    codec: str = 'ffv1',
    pixels: str = 'yuv444p',
    audio_seconds: float = 0.0,
    **options: Any,
) -> Path:
    """Write a file whose frames are shown at ``times`` (default: evenly at ``fps``)."""
    tick = Fraction(1, 90_000)
    with av.open(str(path), 'w') as container:
        if frames:
            stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=options)
            stream.height, stream.width = frames[0].shape[:2]
            stream.pix_fmt = pixels
            stream.codec_context.time_base = tick
            stream.time_base = tick
        sound = container.add_stream('aac', rate=8000) if audio_seconds else None
        if frames:
            for index, picture in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(picture, format='rgb24')
                seconds = index / fps if times is None else times[index]
                frame.pts, frame.time_base = round(seconds / tick), tick
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        if sound is not None:
            for index in range(int(audio_seconds * 8000 / 1024)):
                silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format='fltp', layout='mono')
                silence.sample_rate, silence.pts = 8000, index * 1024
                container.mux(sound.encode(silence))
            container.mux(sound.encode())
    return path


def turn_right(path: Path) -> Path:
    """Set the rotation of an MP4 file, as a phone that is held upright does."""
    content = path.read_bytes()
    header = content.index(b'tkhd')
    place = content.index(_UPRIGHT, header)
    path.write_bytes(content[:place] + _TURNED + content[place + len(_TURNED) :])
    return path
