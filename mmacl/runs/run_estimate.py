"""What a set of trainings would do, before any is started."""

from __future__ import annotations

from collections.abc import Sequence

from mmacl.runs.run_progress import words_for
from mmacl.runs.seeded_run import SeededRun


def seconds_per_step(runs: Sequence[SeededRun]) -> float | None:
    """Seconds that a step has taken in those that are finished, with clustering and validation; None without any."""
    results = [result for run in runs if (result := run.result()) is not None and result['steps'] > 0]
    steps = sum(result['steps'] for result in results)
    return sum(result['seconds'] for result in results) / steps if steps else None


def estimate_lines(runs: Sequence[SeededRun], jobs: int, otherwise: float | None = None) -> list[str]:
    """A line for each run, and one with the time that all will take.

    Args:
        runs: the runs, each once.
        jobs: how many at a time.
        otherwise: seconds a step where no run is finished that could tell.
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
        time = 'nothing like it has been measured, so there is no estimate of the time'
    else:
        source = 'as in the finished runs' if measured else 'as measured on 2 cores'
        time = f'about {words_for(steps_left * pace / jobs)} with {jobs} at a time ({pace:.2g} s a step, {source})'
    done = sum(run.result() is not None for run in runs)
    return [*lines, f'{done} of {len(runs)} runs are done; {steps_left} steps to run: {time}']
