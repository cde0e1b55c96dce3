"""Read the logs that a training writes for programs: a JSON object a line, for steps and for finished rounds."""

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
    """The logs of a work_dir, the oldest first; a resumed run has written several."""
    return sorted(work_dir.glob('*/vis_data/scalars.json'))


def read_scalars(log: Path) -> Iterator[dict[str, Any]]:
    """Lines of a log; the last one, which a kill may have cut short, only if it is whole.

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
    """The last whole lines of a log that is being written, without reading all of it."""
    with log.open('rb') as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        lines = file.read().split(b'\n')
    # The first may be cut off at its start, and the last is empty or still being written.
    whole = lines[1:-1] if size > _TAIL else lines[:-1]
    return [json.loads(line) for line in whole]


def read_round_rows(work_dir: Path) -> list[dict[str, Any]]:
    """Rows of the finished rounds, from the latest log that has any; those of tests have none.

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
    """Steps and values of every logged loss, over all logs.

    Where a resumed run repeated a step, its value counts. A log that begins no later than the first one belongs to a
    new run, and the logs before it no longer count.

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
    """The last logged step of each of some rounds, over all logs; () where one of them logged no step."""
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
