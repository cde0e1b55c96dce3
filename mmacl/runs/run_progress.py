"""Progress of trainings, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from mmacl.runs.run_queue import Outcome
from mmacl.runs.scalar_log import read_last_scalars, scalar_logs
from mmacl.runs.seeded_run import SeededRun
from mmacl.runs.training_process import TrainingProcess


class Position(NamedTuple):
    """Position of a training.

    Attributes:
        step: steps done of the whole training.
        round: the round of the latest line of the log, from 1.
        is_between: whether that round is finished, and the next one clusters or the training ends.
    """

    step: int
    round: int
    is_between: bool


def position_of(process: TrainingProcess) -> Position:
    """Read the position of a running training from its log, where steps are written at an interval."""
    run = process.run
    logs = [path for path in scalar_logs(process.work_dir) if path.parts[-3] not in process.earlier_logs]
    for line in reversed(read_last_scalars(logs[-1])) if logs else ():
        if 'round' in line:
            finished = int(line['round'])
            return Position(max(finished * run.steps_per_round, process.first_step), finished, True)
        if 'step' in line:
            step = int(line['step'])
            return Position(max(step, process.first_step), (step - 1) // run.steps_per_round + 1, False)
    return Position(
        process.first_step, min(process.first_step // run.steps_per_round + 1, run.num_rounds), is_between=False
    )


class Progress:
    """Count the steps of all runs: done before, done by this program, and left.

    Args:
        runs: all runs, each once.
    """

    def __init__(self, runs: Sequence[SeededRun]) -> None:
        self.num_runs, self.ended = len(runs), 0
        self.num_steps = sum(run.num_steps for run in runs)
        self._before = 0
        self._by_us = 0
        self._began = time.monotonic()
        self._first_step: dict[str, int] = {}

    def started(self, process: TrainingProcess) -> None:
        """Count a training that has started or was resumed."""
        self._first_step[process.run.key] = process.first_step

    def finished(self, outcome: Outcome) -> None:
        """Count a run that has ended; a failed one leaves no steps to wait for."""
        self.ended += 1
        # A run that another process has finished is not work of this program.
        first = self._first_step.get(outcome.run.key, outcome.run.num_steps)
        if outcome.rows is None:
            first = outcome.run.num_steps
        self._before += first
        self._by_us += outcome.run.num_steps - first

    def steps_done(self, processes: Sequence[TrainingProcess] = ()) -> int:
        """Steps done of all runs, including the running ones."""
        return self._before + self._by_us + sum(position_of(process).step for process in processes)

    @property
    def elapsed(self) -> float:
        """Seconds since this object was created."""
        return time.monotonic() - self._began

    def seconds_left(self, processes: Sequence[TrainingProcess] = ()) -> float | None:
        """Seconds left at the pace so far; None before the first step."""
        running = sum(position_of(process).step - process.first_step for process in processes)
        by_us = self._by_us + running
        return (self.num_steps - self.steps_done(processes)) * self.elapsed / by_us if by_us else None


def words_for(seconds: float | None) -> str:
    """Format a time: ``'1 h 05 min'``, ``'12 min'``, ``'40 s'``; ``'unknown'`` for None."""
    if seconds is None:
        return 'unknown'
    if seconds < 90:
        return f'{seconds:.0f} s'
    minutes = round(seconds / 60)
    return f'{minutes} min' if minutes < 60 else f'{minutes // 60} h {minutes % 60:02d} min'


def seconds_per_step(runs: Sequence[SeededRun]) -> float | None:
    """Seconds a step in the finished runs, including clustering and validation; None if none is finished."""
    results = [result for run in runs if (result := run.result()) is not None and result['steps'] > 0]
    steps = sum(result['steps'] for result in results)
    return sum(result['seconds'] for result in results) / steps if steps else None


def estimate_lines(runs: Sequence[SeededRun], jobs: int, otherwise: float | None = None) -> list[str]:
    """Format a line for each run, and one with the time that all will take.

    Args:
        runs: the runs, each once.
        jobs: how many at a time.
        otherwise: seconds a step to use if no run is finished.
    """
    lines, steps_left = [], 0
    for run in runs:
        if run.result() is not None:
            lines.append(f'done     {run}, in {run.work_dir}')
            continue
        saved = run.saved_step()
        steps_left += run.num_steps - saved
        state = (
            f'goes on  {run} from step {saved} of {run.num_steps}'
            if saved
            else f'to run   {run}: {run.num_steps} steps'
        )
        lines.append(f'{state}, in {run.work_dir}')
    measured = seconds_per_step(runs)
    pace = measured or otherwise
    if not steps_left:
        time = 'nothing to run'
    elif pace is None:
        time = 'no estimate of the time, since no such run has been measured'
    else:
        source = 'as in the finished runs' if measured else 'as measured on 2 cores'
        time = f'about {words_for(steps_left * pace / jobs)} with {jobs} at a time ({pace:.2g} s a step, {source})'
    done = sum(run.result() is not None for run in runs)
    return [*lines, f'{done} of {len(runs)} runs are done; {steps_left} steps to run: {time}']
