"""What all annotation formats share: times, lines of text, and records of checked names and labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from math import isfinite, isnan
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from mmacl.datasets.annotations.annotation_set import AMBIGUOUS, VideoRecord
from mmacl.datasets.untrusted.names import check_label
from mmacl.datasets.untrusted.names import check_video_name as check_video_name
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.small_text import read_small_text

Row = tuple[float, float, str]
"""Start, end and label of an instance."""


class Instance(NamedTuple):
    """One segment of a record, as it is written."""

    start: float
    end: float
    label: str
    score: float | None = None


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


def class_list(names: Iterable[Any], source: str) -> tuple[str, ...]:
    """Checked names of classes in Unicode normal form C, without *Ambiguous*.

    Args:
        names: as the file or config writes them.
        source: the file or config, for messages.

    Raises:
        InputError: a name is no text, cannot be printed, or is listed twice, perhaps in two Unicode forms.
    """
    classes: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str):
            raise InputError(f'class {name!r:.80} is not a name', file=source, remedy='write it in quotes')
        check_label(name, source)
        label = normal_label(name)
        if label in classes:
            how = 'twice' if classes[label] == name else 'in two Unicode forms, which look the same'
            raise InputError(f'class {name!r:.80} is listed {how}', file=source, remedy='remove one of them')
        classes[label] = name
    classes.pop(AMBIGUOUS, None)
    return tuple(classes)


def normal_label(label: str) -> str:
    """A label in Unicode normal form C, so that an accent written as a sign of its own gives no other class.

    Names of videos stay as they are, since they name files.
    """
    return unicodedata.normalize('NFC', label)


def build_record(
    name: str,
    subset: str,
    duration: float | None,
    rows: Iterable[Row],
    source: str,
    fps: float | None = None,
    scores: Sequence[float | None] = (),
) -> VideoRecord:
    """A record with labels in Unicode normal form C and with the ambiguous segments apart.

    Args:
        name: of the video.
        subset: of the video; empty: none.
        duration: in seconds, if known.
        rows: start, end and label of each instance.
        source: the file, for messages.
        fps: frames per second, if known.
        scores: of the instances, one each, None where there is none; empty: no instance has one.

    Raises:
        InputError: the name cannot be that of a video, or a label or the subset cannot be printed.
    """
    check_video_name(name, source)
    rows = [(start, end, normal_label(label)) for start, end, label in rows]
    for label in {row[2] for row in rows} | ({subset} if subset else set()):
        check_label(label, source)
    clear = [row for row in rows if row[2] != AMBIGUOUS]
    unclear = [row for row in rows if row[2] == AMBIGUOUS]
    scores = [score for score, row in zip(scores, rows, strict=True) if row[2] != AMBIGUOUS] if scores else ()
    found = any(score is not None for score in scores)
    return VideoRecord(
        video_name=name,
        subset=subset,
        duration=duration,
        segments=np.array([row[:2] for row in clear], dtype=np.float64).reshape(-1, 2),
        labels=tuple(row[2] for row in clear),
        ambiguous=np.array([row[:2] for row in unclear], dtype=np.float64).reshape(-1, 2),
        fps=fps,
        scores=np.array([np.nan if score is None else score for score in scores], dtype=np.float64) if found else None,
    )


def instances_of(record: VideoRecord) -> list[Instance]:
    """The segments of a record with their labels, then the ambiguous ones; None for a score that is not there."""
    scores = [None] * len(record.labels) if record.scores is None else record.scores.tolist()
    rows = zip(record.segments.tolist(), record.labels, scores, strict=True)
    clear = [
        Instance(start, end, label, None if score is None or isnan(score) else score)
        for (start, end), label, score in rows
    ]
    return clear + [Instance(start, end, AMBIGUOUS) for start, end in record.ambiguous.tolist()]


def facts_of(record: VideoRecord) -> dict[str, str | float]:
    """Subset, duration and fps of a record, as far as they are known."""
    facts: dict[str, str | float] = {'subset': record.subset} if record.subset else {}
    for key, value in (('duration', record.duration), ('fps', record.fps)):
        if value is not None:
            facts[key] = float(value)
    return facts


def record_with_facts(name: str, facts: Mapping[str, Any], instances: Iterable[Instance], source: str) -> VideoRecord:
    """A record with what :func:`facts_of` gave, as numbers or text.

    Raises:
        InputError: a fact has another form, or as :func:`build_record`.
    """
    subset = facts.get('subset') or ''
    if not isinstance(subset, str):
        raise InputError(f'"subset" {subset!r:.80} is not a name', file=source, remedy='write it in quotes')
    duration, fps = (
        None if facts.get(key) is None else read_seconds(facts[key], source) for key in ('duration', 'fps')
    )
    instances = list(instances)
    rows = [(found.start, found.end, found.label) for found in instances]
    return build_record(name, subset, duration, rows, source, fps, [found.score for found in instances])


def read_score(value: Any, source: str, place: str = '') -> float | None:
    """A score, from a number or from text; None if there is none.

    Raises:
        InputError: it is not a finite number.
    """
    if value is None or value == '':
        return None
    with suppress(TypeError, ValueError, OverflowError):
        if isfinite(score := float(value)):
            return score
    at = f'{place}: ' if place else ''
    raise InputError(f'{at}score {value!r:.80} is not a finite number', file=source, remedy='correct it')


def read_lines(path: str | PathLike[str]) -> Iterator[tuple[str, float, float]]:
    """Video, start and end of each line ``video start end`` of a text file, as the THUMOS challenge writes them.

    Raises:
        InputError: the file cannot be read, or a line that is not blank has another form.
    """
    text = read_small_text(path, 'lines "video start end"')
    for number, line in enumerate(text.split('\n'), 1):
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
