"""Show many trainings: bars on a terminal, lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from rich import progress as bars
from rich.console import Console

from mmacl.runs.run_progress import Position, Progress, position_of, words_for
from mmacl.runs.run_queue import Outcome
from mmacl.runs.seeded_run import SeededRun
from mmacl.runs.training_process import TrainingProcess
from mmacl.utils import on_leaving_terminal

# Seconds between two reads of the logs.
_LOOK = 1.0


class RunDisplay:
    """Print a line for each run that starts or ends; in between show bars on a terminal, else print a line a round.

    Args:
        runs: all runs, each once.
        on_finished: called with each outcome, after its line.
        console: the output (default: standard output).
    """

    def __init__(
        self,
        runs: Sequence[SeededRun],
        on_finished: Callable[[Outcome], None] = lambda outcome: None,
        console: Console | None = None,
    ) -> None:
        self.progress = Progress(runs)
        self._on_finished = on_finished
        self._console = console or Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._looked = 0.0
        self._rounds: dict[str, int] = {}
        self._bars: _Bars | None = None
        if self._console.is_terminal:
            self._bars = _Bars(self._console)
            on_leaving_terminal(self.close)

    def started(self, process: TrainingProcess) -> None:
        """Print that a training starts or is resumed."""
        run = process.run
        self.progress.started(process)
        where = f'goes on from step {process.first_step} of' if process.first_step else 'starts,'
        self._say(f'{run} {where} {run.num_steps} steps, in {process.work_dir}')
        self._rounds[run.key] = position_of(process).round

    def waiting(self, run: SeededRun) -> None:
        """Print that another process trains a run."""
        self._say(f'{run}: another process is training it in {run.work_dir}; waiting for that')

    def finished(self, outcome: Outcome) -> None:
        """Print how a run ended, and call ``on_finished``."""
        self.progress.finished(outcome)
        how = f'FAILED: {outcome.error}' if outcome.rows is None else 'was done before' if outcome.reused else 'done'
        self._say(f'[{self.progress.ended}/{self.progress.num_runs}] {outcome.run}: {how}')
        if self._bars is not None:
            self._bars.remove(outcome.run)
        self._on_finished(outcome)

    def tick(self, processes: Sequence[TrainingProcess]) -> None:
        """Read the logs at an interval and show the progress."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        if self._bars is not None:
            self._bars.show(self.progress, processes)
            return
        for process in processes:
            position, key = position_of(process), process.run.key
            round_ = position.round + int(position.is_between)
            if self._rounds.get(key, 1) < round_ <= process.run.num_rounds:
                self._rounds[key] = round_
                left = words_for(self.progress.seconds_left(processes))
                self._say(f'{process.run}: round {round_} of {process.run.num_rounds}; {left} left for all runs')

    def close(self) -> None:
        """Remove the bars."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False)


class _Bars:
    """A bar for all runs, and one for each running run."""

    def __init__(self, console: Console) -> None:
        self._live = bars.Progress(
            bars.TextColumn('{task.description}', markup=False),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TextColumn('{task.fields[note]}', markup=False),
            console=console,
        )
        self._all = self._live.add_task('all runs', total=None, note='')
        self._of: dict[str, bars.TaskID] = {}
        self._live.start()

    def show(self, progress: Progress, processes: Sequence[TrainingProcess]) -> None:
        """Update all bars."""
        for process in processes:
            run, position = process.run, position_of(process)
            if run.key not in self._of:
                self._of[run.key] = self._live.add_task(str(run), total=run.num_steps, note='')
            self._live.update(self._of[run.key], completed=position.step, note=_note(run, position))
        left = words_for(progress.seconds_left(processes))
        note = f'{progress.ended}/{progress.num_runs} runs, {words_for(progress.elapsed)} gone, {left} left'
        self._live.update(self._all, total=progress.num_steps, completed=progress.steps_done(processes), note=note)

    def remove(self, run: SeededRun) -> None:
        """Remove the bar of a run that has ended."""
        task = self._of.pop(run.key, None)
        if task is not None:
            self._live.remove_task(task)

    def stop(self) -> None:
        """Remove the bars and show the cursor."""
        self._live.stop()


def _note(run: SeededRun, position: Position) -> str:
    return f'round {position.round}/{run.num_rounds}' + (' done' if position.is_between else '')
