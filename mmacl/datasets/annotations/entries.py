"""What all annotation formats share: times, lines of text, and records of checked names and labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from math import isfinite
from os import PathLike
from typing import Any

import numpy as np

from mmacl.datasets.annotations.annotation_set import AMBIGUOUS, VideoRecord
from mmacl.datasets.untrusted.names import check_label
from mmacl.datasets.untrusted.names import check_video_name as check_video_name
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.small_text import read_small_text

Row = tuple[float, float, str]
"""Start, end and label of an instance."""

_CLOCK = re.compile(r'(?:(?P<h>\d{1,4}):)?(?P<m>\d{1,4}):(?P<s>[0-5]?\d(?:[.,]\d*)?)')


def read_seconds(value: Any, source: str, place: str = '', finite: bool = True) -> float:
    """A time in seconds, from a number, or from text: ``63.14``, ``1:03.14`` or ``00:01:03.14``.

    Args:
        value: what the file holds.
        source: the file, for messages.
        place: where it is in the file, such as ``line 4``, for messages.
        finite: False: NaN and infinity pass, and :class:`RecordRules` refuses them in the videos that are used.

    Raises:
        InputError: it is no such time.
    """
    seconds = _clock(value) if isinstance(value, str) and ':' in value else None
    if seconds is None:
        with suppress(TypeError, ValueError, OverflowError):
            seconds = None if isinstance(value, (bool, np.bool_)) else float(value)
    if seconds is None or (finite and not isfinite(seconds)):
        at = f'{place}: ' if place else ''
        fault = 'a number of seconds' if seconds is None else 'finite'
        raise InputError(
            f'{at}time {value!r:.80} is not {fault}', file=source, remedy='write seconds, MM:SS.s or HH:MM:SS.s'
        )
    return seconds


def _clock(text: str) -> float | None:
    """Seconds of ``HH:MM:SS.s`` or ``MM:SS.s``, equal to those of the decimal number; None for other text."""
    match = _CLOCK.fullmatch(text.strip())
    if not match or (match['h'] and int(match['m']) >= 60):
        return None
    whole = int(match['h'] or 0) * 3600 + int(match['m']) * 60
    return float(whole + Decimal(match['s'].replace(',', '.')))


def build_record(name: str, subset: str, duration: float | None, rows: Iterable[Row], source: str) -> VideoRecord:
    """A record whose ambiguous segments are kept apart.

    Args:
        name: of the video.
        subset: of the video; empty: none.
        duration: in seconds, if known.
        rows: start, end and label of each instance.
        source: the file, for messages.

    Raises:
        InputError: the name cannot be that of a video, or a label or the subset cannot be printed.
    """
    check_video_name(name, source)
    rows = list(rows)
    for label in {row[2] for row in rows} | ({subset} if subset else set()):
        check_label(label, source)
    clear = [row for row in rows if row[2] != AMBIGUOUS]
    unclear = [row for row in rows if row[2] == AMBIGUOUS]
    return VideoRecord(
        video_name=name,
        subset=subset,
        duration=duration,
        segments=np.array([row[:2] for row in clear], dtype=np.float64).reshape(-1, 2),
        labels=tuple(row[2] for row in clear),
        ambiguous=np.array([row[:2] for row in unclear], dtype=np.float64).reshape(-1, 2),
    )


def read_lines(path: str | PathLike[str]) -> Iterator[tuple[str, float, float]]:
    """Video, start and end of each line ``video start end`` of a text file, as the THUMOS challenge writes them.

    Raises:
        InputError: the file cannot be read, or a line that is not blank has another form.
    """
    text = read_small_text(path, 'lines "video start end"')
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if len(words) == 3:
            times = None
            with entry(words[0]):
                times = tuple(read_seconds(word, str(path), f'line {number}') for word in words[1:])
            if times is not None:
                yield words[0], times[0], times[1]
        elif words:
            what = f'line {number}: {line[:80]!r} is not "video start end"'
            complain(InputError(what, file=path, remedy='correct the line'))
