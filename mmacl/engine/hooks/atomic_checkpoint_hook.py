"""Write checkpoints that a kill cannot damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmengine.dist import is_main_process, master_only
from mmengine.hooks import CheckpointHook
from mmengine.logging import MessageHub

from mmacl.engine.run_facts import selection_of, tell_metrics
from mmacl.engine.work_dir import config_name, list_checkpoints, not_before, set_aside
from mmacl.evaluation.metrics.map_table import BEST_ON_TEST, STRICT
from mmacl.registry import HOOKS
from mmacl.utils import InputError, write_text_atomically

# Not named epoch_N.pth, so that no run is resumed from it.
BEST_FILE = 'best_on_test.pth'


@HOOKS.register_module()
class AtomicCheckpointHook(CheckpointHook):
    """Write ``epoch_N.pth`` whole or not at all, and keep at least two.

    mmengine writes a checkpoint in place and deletes the oldest before it writes the new one; with a single checkpoint,
    a kill in between loses the run. This hook writes to a temporary file and renames it when it is on the disk.

    A new run moves the files of an earlier one in its work_dir aside, once it has its first clusters. A resumed run
    moves the checkpoints that do not lead to it. The config in force is written beside the checkpoints as soon as the
    run does something under it.

    The message hub is left out of the file: it alone is not plain values and tensors, and no result depends on it. So a
    checkpoint loads with ``weights_only=True``.

    By the strict protocol the last checkpoint counts. ``save_best`` also keeps the checkpoint of the round with the
    best score, as ``best_on_test.pth``. That choice uses labels, so every table and row of such a training, and every
    test of that file, says ``best on test: chosen by labels``; the ``epoch_N.pth`` beside it stay strict.

    Args:
        interval: epochs from one checkpoint to the next.
        max_keep_ckpts: how many to keep, at least 2, or -1 for all.
        save_last: write one after the last epoch in any case.
        save_best: a score of the validation, such as ``'tal/mAP@avg(0.3:0.7)'``, or None, which is strict.
    """

    # After every hook whose state goes into the file.
    priority = 'VERY_LOW'

    def __init__(
        self, interval: int = 1, max_keep_ckpts: int = 2, save_last: bool = True, save_best: str | None = None
    ) -> None:
        if interval < 1:
            raise InputError(f'checkpoint.interval={interval}: must be at least 1 epoch')
        if max_keep_ckpts != -1 and max_keep_ckpts < 2:
            raise InputError(
                f'checkpoint.max_keep_ckpts={max_keep_ckpts}: must be at least 2, so that a kill while one is '
                'written leaves another; -1 keeps all'
            )
        super().__init__(
            interval=interval,
            by_epoch=True,
            max_keep_ckpts=max_keep_ckpts,
            save_last=save_last,
            backend_args={'backend': 'AtomicLocalBackend'},
        )
        self.best_key = save_best
        self.best: float | None = None
        # Of this run in training; of the loaded checkpoint in a test.
        self.chosen_by_labels = save_best is not None
        self._writing_best = False
        self._config_is_written = False

    def before_val(self, runner: Any) -> None:
        """Tell the metrics of the validation how the model is selected."""
        tell_metrics(runner.val_loop.evaluator, selection_of(runner))

    def before_test(self, runner: Any) -> None:
        """Tell the metrics of the test how the model was selected, and warn if labels chose it."""
        tell_metrics(runner.test_loop.evaluator, selection_of(runner))
        if self.chosen_by_labels:
            runner.logger.warning(f'{BEST_ON_TEST}; this is not a score of an unsupervised method')

    def before_train_epoch(self, runner: Any) -> None:
        """Write the config; that of a resumed run may differ in keys that are no part of training."""
        self._write_config(runner)

    def after_train_round(self, runner: Any, round: int, metrics: dict[str, float]) -> None:
        """Keep the checkpoint of the best round, if asked to."""
        self._write_config(runner)
        if self.best_key is None:
            return
        if self.best_key not in metrics:
            known = ', '.join(metrics) or 'none'
            raise InputError(
                f'checkpoint.save_best={self.best_key!r} is no score of the validation', remedy=f'use one of: {known}'
            )
        if self.best is None or metrics[self.best_key] > self.best:
            self.best = float(metrics[self.best_key])
            runner.logger.warning(f'{BEST_ON_TEST}: round {round}, {self.best_key} {self.best:.4f}, in {BEST_FILE}')
            self._writing_best = True
            runner.save_checkpoint(
                runner.work_dir,
                BEST_FILE,
                save_optimizer=False,
                save_param_scheduler=False,
                meta={'epoch': runner.epoch, 'iter': runner.iter},
                backend_args=self.backend_args,
            )
            self._writing_best = False

    def after_load_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Remember how the loaded checkpoint was selected, and the best score of a resumed run."""
        self.best = checkpoint.get('best_on_test', {}).get(self.best_key)
        if not runner._resume:
            self.chosen_by_labels = checkpoint.get('selection', STRICT) != STRICT

    def before_train(self, runner: Any) -> None:
        """Count the checkpoints in the work_dir, since the file does not hold mmengine's list of them."""
        if runner.epoch > 0:
            _set_aside(runner, not_before(runner.work_dir, runner._load_from))
        if self.max_keep_ckpts > 0:
            epochs = [_epoch_of(path) for path in list_checkpoints(runner.work_dir)]
            runner.message_hub.update_info('keep_ckpt_ids', [e for e in epochs if e <= runner.epoch])
        self.save_param_scheduler = runner.param_schedulers is not None
        super().before_train(runner)

    def after_clustering(self, runner: Any, round: int) -> None:
        """Move the files of an earlier run aside when a new run has its first clusters."""
        if round == 1:
            work_dir = Path(runner.work_dir)
            left = ('clusters', 'records', BEST_FILE, config_name(runner.cfg))
            _set_aside(runner, [*list_checkpoints(work_dir), *(work_dir / found for found in left)])

    def before_save_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Empty the part of the message hub and store how the model is selected."""
        checkpoint['message_hub'] = MessageHub('empty').state_dict()
        checkpoint['selection'] = BEST_ON_TEST if self._writing_best else STRICT
        if self.best is not None:
            checkpoint['best_on_test'] = {self.best_key: self.best}

    def _write_config(self, runner: Any) -> None:
        if is_main_process() and not self._config_is_written:
            write_text_atomically(Path(runner.work_dir) / config_name(runner.cfg), runner.cfg.pretty_text)
            self._config_is_written = True


@master_only
def _set_aside(runner: Any, paths: list[Path]) -> None:
    folder = set_aside(runner.work_dir, paths)
    if folder is not None:
        runner.logger.info(f'The output of an earlier run in {runner.work_dir} was moved to {folder}')


def _epoch_of(path: Path) -> int:
    return int(path.stem.removeprefix('epoch_'))
