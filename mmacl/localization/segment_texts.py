"""Write detections as a table and as subtitles (SRT, WebVTT), which players show beside the video."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

Detection = Mapping[str, Any]
"""As :func:`describe_detections` makes them."""

CSV_COLUMNS = ('video', 'action', 'start', 'end', 'start_seconds', 'end_seconds', 'score')
# Subtitles know a few tags in angle brackets and, in some players, codes in braces.
_PLAIN = str.maketrans({'<': '‹', '>': '›', '{': '(', '}': ')'})
_ESCAPED = str.maketrans({'&': '&amp;', '<': '&lt;', '>': '&gt;'})


def select_detections(
    detections: Sequence[Detection], top: int | None = None, min_score: float | None = None
) -> list[Detection]:
    """Keep the best segments of a video, best first.

    Args:
        detections: segments of one video.
        top: how many; None: all.
        min_score: the lowest score; None: any.
    """
    best = sorted(detections, key=lambda found: -found['score'])
    return [found for found in best if min_score is None or found['score'] >= min_score][:top]


def clock_text(seconds: float, separator: str = '.') -> str:
    """Write a time as ``HH:MM:SS.mmm``, rounded; hours may have more than two digits."""
    whole, milliseconds = divmod(round(max(seconds, 0.0) * 1000), 1000)
    return f'{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{separator}{milliseconds:03d}'


def csv_text(results: Mapping[str, Sequence[Detection]]) -> str:
    """Write the segments of videos as a table, in the order of the videos and of time; columns: :data:`CSV_COLUMNS`.

    A name that a spreadsheet would run as a formula starts with an apostrophe.

    Args:
        results: segments by name of the video.
    """
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator='\n')
    table.writerow(CSV_COLUMNS)
    for video, detections in results.items():
        for found in _by_time(detections):
            start, end = found['segment']
            texts = (_as_text(video), _as_text(found['label']), clock_text(start), clock_text(end))
            table.writerow((*texts, f'{start:.3f}', f'{end:.3f}', f'{found["score"]:.6g}'))
    return buffer.getvalue()


def srt_text(detections: Sequence[Detection]) -> str:
    """Write the segments of one video as SubRip subtitles, in order of time."""
    cues = []
    for number, found in enumerate(_by_time(detections), start=1):
        times = ' --> '.join(clock_text(seconds, ',') for seconds in found['segment'])
        cues.append(f'{number}\n{times}\n{_words(found).translate(_PLAIN)}\n')
    return '\n'.join(cues)


def vtt_text(detections: Sequence[Detection]) -> str:
    """Write the segments of one video as WebVTT subtitles, in order of time."""
    cues = ['WEBVTT\n']
    for found in _by_time(detections):
        times = ' --> '.join(map(clock_text, found['segment']))
        cues.append(f'{times}\n{_words(found).translate(_ESCAPED)}\n')
    return '\n'.join(cues)


def _by_time(detections: Sequence[Detection]) -> list[Detection]:
    return sorted(detections, key=lambda found: (*found['segment'], -found['score']))


def _words(found: Detection) -> str:
    """Name and score of a segment, in one line."""
    return f'{" ".join(str(found["label"]).split())} ({found["score"]:.2f})'


def _as_text(word: str) -> str:
    formula = word[:1] in ('=', '+', '@', '\t', '\r') or (word[:1] == '-' and '|' in word)
    return f"'{word}" if formula else word
