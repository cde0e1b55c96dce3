"""A live progress bar on a terminal."""

from __future__ import annotations

import logging
import sys
from typing import Any

import torch
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from mmacl.registry import HOOKS
from mmacl.utils import on_leaving_terminal, start_bar


class _WithoutSteps(logging.Filter):
    """Drop the lines of single steps, which the bar shows."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(('Epoch(', 'Saving checkpoint'))


class _AboveBar:
    """A stream that prints above the bar; the terminal breaks long lines."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> None:
        """Print the text unchanged."""
        self._console.print(text, end='', soft_wrap=True, markup=False, highlight=False)

    def flush(self) -> None:
        """Do nothing: nothing is buffered."""


# On a GPU the loss is read back once in so many steps, since the host waits for it.
_STEPS_ON_GPU = 10


@HOOKS.register_module()
class ProgressHook(Hook):
    """Show a bar over all steps of all rounds with the time left, if standard output is a terminal.

    Meanwhile the lines of single steps go to the log file only; the loss is beside the bar.
    """

    priority = 'VERY_LOW'

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._filter = _WithoutSteps()

    def before_train(self, runner: Any) -> None:
        """Show the bar, if standard output is a terminal."""
        columns = (
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn('left'),
            TimeRemainingColumn(),
            TextColumn('{task.fields[note]}'),
        )
        self._progress = start_bar(*columns) if is_main_process() else None
        if self._progress is None:
            return
        self._task = self._progress.add_task('', total=runner.max_iters, completed=runner.iter, note='')
        for handler in _console_handlers(runner.logger):
            handler.addFilter(self._filter)
            handler.setStream(_AboveBar(self._progress.console))
        on_leaving_terminal(lambda: self._stop(runner))

    def before_train_round(self, runner: Any, round: int) -> None:
        """Show that the videos are being clustered."""
        self._update(description=f'round {round}/{runner.train_loop.num_rounds}', note='clustering')

    def after_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        """Advance by a step."""
        if self._progress is not None:
            rounds = f'round {runner.train_loop.round}/{runner.train_loop.num_rounds}'
            shown: dict[str, Any] = dict(completed=runner.iter + 1, description=rounds)
            loss = torch.as_tensor((outputs or {}).get('loss', float('nan')))
            if not loss.is_cuda or self.every_n_inner_iters(batch_idx, _STEPS_ON_GPU):
                shown['note'] = f'loss {loss.item():.3f}' if outputs and 'loss' in outputs else ''
            self._update(**shown)

    def before_val(self, runner: Any) -> None:
        """Show that a validation is running."""
        self._update(note='validating')

    def after_train(self, runner: Any) -> None:
        """Remove the bar."""
        self._stop(runner)

    def after_run(self, runner: Any) -> None:
        """Remove the bar."""
        self._stop(runner)

    def _update(self, **fields: Any) -> None:
        if self._progress is not None:
            self._progress.update(self._task, **fields)

    def _stop(self, runner: Any) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
            for handler in _console_handlers(runner.logger):
                handler.removeFilter(self._filter)
                handler.setStream(sys.stdout)


def _console_handlers(logger: logging.Logger) -> list[logging.StreamHandler[Any]]:
    return [
        h for h in logger.handlers if isinstance(h, logging.StreamHandler) and not isinstance(h, logging.FileHandler)
    ]
