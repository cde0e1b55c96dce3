"""Read the scalar logs of a training: a JSON object a line, for steps and for finished rounds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError

# A line is a few hundred bytes long.
_TAIL = 8192


def scalar_logs(work_dir: Path) -> list[Path]:
    """List the logs of a work_dir, the oldest first; a resumed run has written several."""
    return sorted(work_dir.glob('*/vis_data/scalars.json'))


def read_scalars(log: Path) -> Iterator[dict[str, Any]]:
    """Read the lines of a log; skip the last one if a kill has cut it short.

    Raises:
        InputError: another line is damaged.
    """
    lines = log.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            if number < len(lines):
                raise InputError(f'line {number} is not JSON ({error})', file=log, remedy='remove the line') from error


def read_last_scalars(log: Path) -> list[dict[str, Any]]:
    """Read the last whole lines of a log that is being written."""
    with log.open('rb') as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        lines = file.read().split(b'\n')
    # The first may be cut off at its start, and the last is empty or still being written.
    whole = lines[1:-1] if size > _TAIL else lines[:-1]
    return [json.loads(line) for line in whole]


def read_round_rows(work_dir: Path) -> list[dict[str, Any]]:
    """Read the rows of the finished rounds from the latest log that has any; logs of tests have none.

    Raises:
        InputError: there is no log, or none with a finished round.
    """
    logs = scalar_logs(work_dir)
    if not logs:
        raise InputError('holds no vis_data/scalars.json', file=work_dir, remedy='name the work_dir of a training')
    for log in reversed(logs):
        if rows := [line for line in read_scalars(log) if 'round' in line]:
            return rows
    raise InputError('no round is finished', file=logs[-1], remedy='let the training run on')


def read_losses(work_dir: Path) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Read steps and values of every logged loss from all logs.

    If a resumed run repeated a step, its value counts. A log that begins no later than the first one belongs to a new
    run, and the logs before it are ignored.

    Returns:
        Name -> (steps, values), such as ``rgb.loss_cls``; values are means over the last steps before each.
    """
    points: dict[str, dict[int, float]] = {}
    first = 0
    for log in scalar_logs(work_dir):
        rows = [row for row in read_scalars(log) if 'loss' in row]
        if rows and rows[0]['step'] <= first:
            points = {}
        if rows and not points:
            first = rows[0]['step']
        for row in rows:
            for name in (key for key in row if 'loss' in key):
                points.setdefault(name, {})[row['step']] = row[name]
    return {
        name: (np.array(sorted(of), dtype=np.int64), np.array([of[step] for step in sorted(of)], dtype=np.float64))
        for name, of in points.items()
    }


def read_round_ends(work_dir: Path, rounds: Sequence[int]) -> tuple[int, ...]:
    """Read the last logged step of each of some rounds from all logs; return () if one of them logged no step."""
    ends: dict[int, int] = {}
    before = None
    for log in scalar_logs(work_dir):
        step = None
        for row in read_scalars(log):
            if 'loss' in row:
                step = row['step']
            elif 'round' in row and step is not None:
                ends[row['round']] = step
            elif 'round' in row and before is not None:
                # A resumed run writes earlier rounds again, and one that was left without its validation anew.
                ends.setdefault(row['round'], before)
        before = step or before
    known = [ends[round_] for round_ in rounds if round_ in ends]
    return tuple(known) if len(known) == len(rounds) and known == sorted(set(known)) else ()
