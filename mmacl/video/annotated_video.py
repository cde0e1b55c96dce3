"""Write a video with a timeline under the picture; frames are streamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError, log_warning
from mmacl.utils.files import explain_os_error, temporary_beside
from mmacl.video.decoding import Frame, VideoFacts, VideoFile, import_av, open_container

SHORT_SIDE = 720
"""Pixels of the shorter side that a larger picture is reduced to."""
#: With its macroblock tree, x264 encodes the same pictures differently in a few runs of a hundred, even on one thread.
X264_OPTIONS = {'x264-params': 'mbtree=0'}
_NARROWEST = 320  # a timeline in fewer pixels says nothing
_RATES = (1.0, 60.0)
# What an MP4 file may hold as it is.
_COPIED = {'aac', 'ac3', 'alac', 'eac3', 'mp3', 'opus'}
_CURSOR, _ON = (255, 255, 255), (255, 255, 255)


@dataclass(frozen=True, eq=False)
class TimelineStrip:
    """A picture of the segments along time.

    Attributes:
        image: (h, W, 3) RGB.
        left, right: pixels of time 0 and of the end.
        duration: seconds of the end.
        rows: of each class, its first and last row of pixels, and its segments in seconds, (N, 2).
    """

    image: Frame
    left: float
    right: float
    duration: float
    rows: tuple[tuple[int, int, NDArray[np.float64]], ...] = ()

    def at(self, seconds: float) -> Frame:
        """Return the picture at a time, with a cursor, and a mark at the classes that are on."""
        picture = self.image.copy()
        share = min(max(seconds / self.duration, 0.0), 1.0) if self.duration > 0 else 0.0
        place = round(self.left + share * (self.right - self.left))
        picture[:, max(place - 1, 0) : place + 1] = _CURSOR
        for top, bottom, segments in self.rows:
            if ((segments[:, 0] <= seconds) & (seconds < segments[:, 1])).any():
                picture[top:bottom, :4] = _ON
        return picture


def annotated_size(facts: VideoFacts) -> tuple[int, int]:
    """Return width and height of the picture above the timeline: even, at most :data:`SHORT_SIDE`, never enlarged."""
    scale = min(1.0, SHORT_SIDE / min(facts.width, facts.height))
    width, height = (max(round(side * scale), 1) for side in (facts.width, facts.height))
    return max(width + width % 2, _NARROWEST), height + height % 2


def write_annotated_video(
    source: VideoFile, target: str | os.PathLike[str], strip: TimelineStrip, title: str = ''
) -> None:
    """Write an MP4 file: H.264, or MPEG-4 where the encoder is missing; sound is copied if MP4 can hold it as it is.

    The file appears under its name once it is whole.

    Args:
        source: the video.
        target: the file to write.
        strip: as wide as :func:`annotated_size` says, and of an even height.
        title: for the header of the file.

    Raises:
        InputError: the video is truncated, or the file cannot be written.
    """
    av, place = import_av(), Path(target)
    temporary = temporary_beside(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _encode(source, temporary, strip, title)
        os.replace(temporary, place)
    except OSError as error:
        raise explain_os_error(OSError(error.errno, error.strerror), target) from error
    except av.FFmpegError as error:
        raise InputError(
            f'cannot be encoded ({error.strerror})', file=target, remedy='leave the MP4 out', kind='encoding'
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _encode(source: VideoFile, target: Path, strip: TimelineStrip, title: str) -> None:
    av = import_av()
    facts = source.facts
    width, height = annotated_size(facts)
    fps = Fraction(min(max(facts.fps or 25.0, _RATES[0]), _RATES[1])).limit_denominator(1001)
    short_side = SHORT_SIDE if min(facts.width, facts.height) > SHORT_SIDE else None
    canvas = np.zeros((height + len(strip.image), width, 3), dtype=np.uint8)
    with av.open(str(target), 'w', format='mp4', options={'movflags': '+faststart'}) as container:
        container.metadata['title'] = title
        stream = _video_stream(av, container, fps, width, len(canvas))
        sound = _Sound(av, source.path, container)
        try:
            for number, picture in enumerate(source.frames(float(fps), short_side)):
                seconds = number / fps
                _center(canvas[:height], picture)
                canvas[height:] = strip.at(float(seconds))
                frame = av.VideoFrame.from_ndarray(canvas, format='rgb24')
                frame.pts, frame.time_base = number, 1 / fps
                container.mux(stream.encode(frame))
                sound.copy_until(float(seconds))
            container.mux(stream.encode())
        finally:
            sound.close()


def _video_stream(av: Any, container: Any, fps: Fraction, width: int, height: int) -> Any:
    """Add the stream of pictures."""
    if 'libx264' in av.codecs_available:
        stream = container.add_stream('libx264', rate=fps, options={'preset': 'veryfast', 'crf': '23', **X264_OPTIONS})
    else:
        stream = container.add_stream('mpeg4', rate=fps)
        stream.bit_rate = int(width * height * fps / 6)
    stream.width, stream.height, stream.pix_fmt = width, height, 'yuv420p'
    return stream


def _center(canvas: Frame, picture: Frame) -> None:
    """Put a picture in the middle; one that is larger, because a stream changed its size, is cut."""
    height, width = (min(have, room) for have, room in zip(picture.shape[:2], canvas.shape[:2], strict=True))
    top, left = (canvas.shape[0] - height) // 2, (canvas.shape[1] - width) // 2
    if (height, width) != canvas.shape[:2]:
        canvas[:] = 0
    canvas[top : top + height, left : left + width] = picture[:height, :width]


class _Sound:
    """The first stream of sound, packet by packet; nothing where there is none, or MP4 cannot hold it."""

    def __init__(self, av: Any, path: str, container: Any) -> None:
        self._error = av.FFmpegError
        self._target = container
        self._source = open_container(path)
        self._packets: Iterator[Any] = iter(())
        self._waiting: Any = None
        streams = self._source.streams.audio
        if not streams:
            return
        if streams[0].codec_context.name not in _COPIED:
            log_warning(f'{path}: its sound ({streams[0].codec_context.name}) is left out of the MP4')
            return
        self._stream = container.add_stream_from_template(streams[0])
        self._start = round((self._source.start_time or 0) / 1e6 / streams[0].time_base)
        self._packets = self._source.demux(streams[0])

    def copy_until(self, seconds: float) -> None:
        """Copy all packets that start by a time."""
        while True:
            packet = self._waiting or self._next()
            self._waiting = packet
            if packet is None or float(packet.pts * packet.time_base) > seconds:
                return
            packet.stream = self._stream
            self._target.mux(packet)
            self._waiting = None

    def _next(self) -> Any:
        """The next packet with a time, moved to the clock of the new file."""
        try:
            for packet in self._packets:
                if packet.pts is None or packet.dts is None or packet.pts < self._start:
                    continue
                packet.pts, packet.dts = packet.pts - self._start, packet.dts - self._start
                return packet
        except self._error:
            self._packets = iter(())
        return None

    def close(self) -> None:
        """Close the file that the sound comes from."""
        self._source.close()
