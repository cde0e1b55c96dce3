"""Show how far a conversion is."""

from __future__ import annotations

import time
from types import TracebackType

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn, TransferSpeedColumn

from mmacl.utils import start_bar

_SECONDS_BETWEEN_LINES = 10.0


class ConversionProgress:
    """On a terminal, a bar with the time left; in a file or pipe, a plain line every ten seconds.

    Args:
        num_videos: how many there are.
        num_bytes: of all of them, as they are written.
        seconds: between two plain lines.
    """

    def __init__(self, num_videos: int, num_bytes: int, seconds: float = _SECONDS_BETWEEN_LINES) -> None:
        self._num_videos, self._num_bytes, self._seconds = num_videos, num_bytes, seconds
        self._videos = self._bytes = 0
        self._started = self._told = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> ConversionProgress:
        self._bar = start_bar(
            TextColumn('{task.fields[videos]} of {task.fields[total_videos]} videos'),
            BarColumn(),
            TransferSpeedColumn(),
            TimeElapsedColumn(),
            TextColumn('left'),
            TimeRemainingColumn(),
        )
        if self._bar is not None:
            self._bar.add_task('', total=self._num_bytes, videos=0, total_videos=self._num_videos)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def summary(self) -> str:
        """How much was written, and how fast."""
        seconds = time.monotonic() - self._started
        speed = readable_size(int(self._bytes / max(seconds, 1e-9)))
        return f'{self._videos} videos, {readable_size(self._bytes)} in {seconds:.1f} s ({speed}/s)'

    def advance(self, num_bytes: int, written: bool) -> None:
        """One video further.

        Args:
            num_bytes: of the video.
            written: False: it was left out.
        """
        self._videos += written
        self._bytes += num_bytes * written
        self._num_videos -= not written
        self._num_bytes -= num_bytes * (not written)
        if self._bar is not None:
            self._bar.update(
                self._bar.task_ids[0],
                completed=self._bytes,
                total=self._num_bytes,
                videos=self._videos,
                total_videos=self._num_videos,
            )
            return
        now = time.monotonic()
        if now - self._told >= self._seconds and self._videos < self._num_videos:
            self._told = now
            speed = self._bytes / max(now - self._started, 1e-9)
            left = (self._num_bytes - self._bytes) / max(speed, 1e-9)
            print(
                f'{self._videos} of {self._num_videos} videos, {100 * self._bytes / max(self._num_bytes, 1):.0f}%, '
                f'{speed / 1e6:.0f} MB/s, {left:.0f} s left',
                flush=True,
            )


def readable_size(num_bytes: int) -> str:
    """A number of bytes, for people."""
    size, unit = float(num_bytes), 'B'
    for unit in ('B', 'kB', 'MB', 'GB'):
        if size < 1000 or unit == 'GB':
            break
        size /= 1000
    return f'{size:.0f} {unit}' if unit == 'B' else f'{size:.1f} {unit}'
