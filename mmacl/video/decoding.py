"""Decode video files to frames at a stated rate (Sec. 3.1); time comes from the timestamps of the frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError, log_warning

Frame = NDArray[np.uint8]
"""RGB, (H, W, 3)."""

#: A video that ends this much earlier than its header says is refused as truncated.
_MISSING_SECONDS, _MISSING_SHARE = 1.0, 0.02
_TICK = 1e-6  # seconds; timestamps are rounded to the time base of the file


@dataclass(frozen=True)
class VideoFacts:
    """What the header of a video says.

    Attributes:
        width, height: pixels as shown: after rotation, with square pixels.
        fps: average frames a second; None: not stated. Frames may lie unevenly.
        duration: seconds; None: not stated.
        codec, pixels: names of the codec and of the pixel format, as FFmpeg calls them.
    """

    width: int
    height: int
    fps: float | None
    duration: float | None
    codec: str = ''
    pixels: str = ''


class VideoFile:
    """A video file on disk. Frames are decoded when they are asked for, and never kept.

    Time 0 is where players start the file. Rotation and pixel shape of the header are applied, interlaced video is
    deinterlaced, and every pixel format becomes 8 bit RGB.

    Args:
        path: the file.
        allow_partial: use a truncated file as far as it goes; False: refuse it.

    Attributes:
        facts: what the header says.
        seconds: time at which the last frame ends; 0 until :meth:`frames` has yielded all.

    Raises:
        InputError: PyAV is not installed, the file cannot be read or holds no video.
    """

    def __init__(self, path: str | os.PathLike[str], allow_partial: bool = False) -> None:
        self.path = os.fspath(path)
        self.allow_partial = allow_partial
        self.seconds = 0.0
        with self._open() as container:
            stream = self._stream(container)
            first = next(self._decode(container, stream), None)
            if first is None:
                raise InputError('holds a video stream without any frame', file=self.path, remedy='copy it again')
            width, height = _shown_size(stream, first)
            duration = None if container.duration is None else container.duration / 1e6
            if stream.duration is not None and stream.time_base is not None:
                start = float((stream.start_time or 0) * stream.time_base)
                duration = start + float(stream.duration * stream.time_base) - self._start(container)
            rate = stream.average_rate
            codec, pixels = stream.codec_context.name, stream.codec_context.pix_fmt or ''
            self.facts = VideoFacts(width, height, float(rate) if rate else None, duration, codec, pixels)

    def frames(self, fps: float = 25.0, short_side: int | None = 256, start: float = 0.0) -> Iterator[Frame]:
        """Yield the frame that is on screen at ``start``, ``start + 1 / fps``, ... until the last frame ends.

        Args:
            fps: frames a second to yield, whatever the rate of the file and however uneven.
            short_side: pixels of the shorter side after a bilinear resize that keeps the shape; None: as shown.
            start: seconds; the decoder jumps to the last key frame before, if the file can be searched.

        Raises:
            InputError: the file is truncated, or frames have no time.
        """
        k, shown, ends = 0, None, 0.0
        for seconds, lasts, frame in self._timed_frames(short_side, start):
            while shown is not None and start + k / fps < seconds - _TICK:
                yield shown
                k += 1
            shown, ends = frame, max(ends, seconds + lasts)
        while shown is not None and start + k / fps < ends - _TICK:
            yield shown
            k += 1

    def _timed_frames(self, short_side: int | None, after: float = 0.0) -> Iterator[tuple[float, float, Frame]]:
        """Yield each frame with its time and its length in seconds; times never go back.

        Frames before the last key frame at or before the time ``after`` are left out if the file can be searched.
        """
        count, latest, lasts = 0, 0.0, 0.0
        with self._open() as container:
            stream, start = self._stream(container), self._start(container)
            if after > 0:
                with suppress(import_av().FFmpegError):  # then it is read from the start
                    container.seek(int((start + after) * 1e6), backward=True)
            usual = 1 / float(stream.average_rate) if stream.average_rate else 0.04
            for frame in self._deinterlaced(container, stream):
                if frame.time is None:
                    raise InputError(
                        f'frame {count} has no timestamp', file=self.path, remedy='copy it into an MP4 or MKV file'
                    )
                latest = max(latest, float(frame.time) - start)
                length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0
                lasts = length if 0 < length <= 10 * usual else usual
                yield latest, lasts, _to_rgb(frame, _shown_size(stream, frame), short_side)
                count += 1
        self.seconds = latest + lasts
        self._check_whole(count, self.seconds)

    def _check_whole(self, count: int, ends: float) -> None:
        """Refuse a file that ends before its header says, or say so."""
        said = self.facts.duration
        if said is None or said - ends <= max(_MISSING_SECONDS, _MISSING_SHARE * said):
            return
        what = f'ends after {ends:.1f} of {said:.1f} s ({count} frames)'
        if not self.allow_partial:
            raise InputError(
                what, file=self.path, remedy='copy it again; --allow-partial uses what is there', kind='truncated'
            )
        log_warning(f'{self.path}: {what}')

    def _open(self) -> Any:
        """Open the file."""
        av = import_av()
        if not os.path.isfile(self.path):
            what = 'is a folder, not a video' if os.path.isdir(self.path) else 'no such file'
            raise InputError(what, file=self.path, remedy='give a video file')
        if not os.path.getsize(self.path):
            raise InputError('is empty', file=self.path, remedy='copy it again')
        try:
            return open_container(self.path)
        except av.FFmpegError as error:
            raise InputError(
                f'cannot be read as a video ({error.strerror})', file=self.path, remedy='give a whole video file'
            ) from error

    def _stream(self, container: Any) -> Any:
        """The first stream of moving pictures; a cover picture is none."""
        for stream in container.streams.video:
            if not stream.disposition & stream.disposition.attached_pic:
                stream.thread_type = 'AUTO'
                return stream
        kinds = sorted({stream.type for stream in container.streams})
        raise InputError(
            f'holds no video stream (only {", ".join(kinds) or "nothing"})', file=self.path, remedy='give a video file'
        )

    def _start(self, container: Any) -> float:
        """Time of the file, in its own clock, at which players start."""
        return (container.start_time or 0) / 1e6

    def _decode(self, container: Any, stream: Any) -> Iterator[Any]:
        """Decode packet by packet; a damaged packet costs its own frames only."""
        av, damaged = import_av(), 0
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                yield from packet.decode()
            except av.FFmpegError:
                damaged += 1
                if damaged > 1000:
                    break
        if damaged:
            log_warning(f'{self.path}: {damaged} damaged packets were left out')

    def _deinterlaced(self, container: Any, stream: Any) -> Iterator[Any]:
        """Decode, through a deinterlacer if the first frame is interlaced."""
        frames = self._decode(container, stream)
        first = next(frames, None)
        if first is None:
            return
        if not first.interlaced_frame:
            yield first
            yield from frames
            return
        av = import_av()
        graph = av.filter.Graph()
        graph.link_nodes(graph.add_buffer(template=stream), graph.add('yadif'), graph.add('buffersink')).configure()

        def ready() -> Iterator[Any]:
            while True:
                try:
                    yield graph.vpull()
                except (av.BlockingIOError, av.EOFError):
                    return

        graph.vpush(first)
        yield from ready()
        for frame in frames:
            graph.vpush(frame)
            yield from ready()
        graph.vpush(None)
        yield from ready()


def open_container(path: str) -> Any:
    """Open a video file; one that names other files or hosts, such as a playlist, opens nothing.

    Raises:
        av.FFmpegError: it cannot be read.
    """
    av = import_av()
    # PyAV 19 has no such argument.
    before_19 = {'metadata_errors': 'replace'} if int(av.__version__.split('.')[0]) < 19 else {}
    return av.open(path, options={'protocol_whitelist': 'file'}, **before_19)


def import_av() -> ModuleType:
    """Import PyAV.

    Raises:
        InputError: it is not installed.
    """
    try:
        import av
    except ModuleNotFoundError as error:
        raise InputError('PyAV is not installed', remedy="run: pip install 'mmacl[video]'") from error
    module: ModuleType = av
    return module


def _quarter_turns(frame: Any) -> int:
    """Turns by 90 degrees, counter-clockwise, from the stored to the shown picture."""
    return round((frame.rotation or 0) / 90) % 4


def _shown_size(stream: Any, frame: Any) -> tuple[int, int]:
    """Width and height with square pixels and after rotation."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    width, height = max(round(frame.width * ratio), 1), frame.height
    return (height, width) if _quarter_turns(frame) % 2 else (width, height)


def _to_rgb(frame: Any, shown: tuple[int, int], short_side: int | None) -> Frame:
    """Resize, convert to RGB, rotate."""
    scale = 1.0 if short_side is None else short_side / min(shown)
    width, height = (max(round(side * scale), 1) for side in shown)
    turns = _quarter_turns(frame)
    if turns % 2:
        width, height = height, width
    picture: Frame = frame.to_ndarray(format='rgb24', width=width, height=height, interpolation='BILINEAR')
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture
