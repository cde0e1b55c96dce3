"""The loop over rounds of clustering and localization (Sec. 3.7)."""

from __future__ import annotations

from typing import Any

import torch
from mmengine.dist import get_rank
from mmengine.runner import EpochBasedTrainLoop
from torch import nn
from torch.utils.data import DataLoader

from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.models.localizers import TrainingProgress
from mmacl.registry import LOOPS
from mmacl.utils import InputError, derive_seed


@LOOPS.register_module()
class RoundBasedTrainLoop(EpochBasedTrainLoop):
    """Cluster, train and validate in rounds.

    The loop says *when*: hooks with ``before_train_round(runner, round)`` cluster the videos and reinitialise the
    model, and hooks with ``after_train_round(runner, round, metrics)`` summarise the round. Videos are clustered at the
    start of a round, so that checkpoints and validations always see a trained model.

    An epoch is ``num_batches`` steps of the batch sampler, or one pass of a sampler without such a number; checkpoints
    are written between epochs. Before each step torch's generators are seeded from (seed, epoch, step, rank), so that a
    resumed run repeats what would have been.

    Args:
        runner: the runner.
        dataloader: a dataloader or its config, with a :class:`ClusterBatchSampler` or any other sampler.
        num_rounds: rounds of the whole training; the paper runs three, weak supervision one.
        epochs_per_round: epochs of ``num_batches`` steps in a round.

    Raises:
        InputError: a number is less than 1, or the config has a ``sampling``, which :func:`load_config` folds.
    """

    def __init__(
        self,
        runner: Any,
        dataloader: DataLoader[Any] | dict[str, Any],
        num_rounds: int = 3,
        epochs_per_round: int = 1,
    ) -> None:
        if num_rounds < 1 or epochs_per_round < 1:
            raise InputError(
                f'train_cfg: num_rounds={num_rounds}, epochs_per_round={epochs_per_round}',
                remedy='both must be at least 1',
            )
        if runner.cfg.get('sampling') is not None:
            raise InputError(
                'sampling was not folded into train_dataloader, so its batches and crops would be ignored',
                file=str(runner.cfg.filename or ''),
                remedy='read the config with mmacl.apis.load_config instead of Config.fromfile',
            )
        super().__init__(runner, dataloader, max_epochs=num_rounds * epochs_per_round, val_interval=epochs_per_round)
        self.num_rounds = num_rounds
        self.epochs_per_round = epochs_per_round
        self.last_finished_round = 0

    @property
    def round(self) -> int:
        """The round of the next epoch, from 1."""
        return min(self._epoch // self.epochs_per_round + 1, self.num_rounds)

    def run(self) -> nn.Module:
        """Run the remaining rounds; first validate a round whose checkpoint was written before its validation."""
        self.runner.call_hook('before_train')
        if self._at_round_boundary() and self._epoch > 0:
            round_ = self._epoch // self.epochs_per_round
            if self.last_finished_round < round_:
                self._finish_round(round_)
        while self._epoch < self._max_epochs and not self.stop_training:
            if self._at_round_boundary():
                self.runner.call_hook('before_train_round', round=self.round)
            self.run_epoch()
            if self._at_round_boundary():
                self._finish_round(self._epoch // self.epochs_per_round)
        self.runner.call_hook('after_train')
        self._stop_workers()
        return self.runner.model

    def run_epoch(self) -> None:
        """Run an epoch over the batches that the sampler draws for it."""
        for sampler in (self.dataloader.batch_sampler, self.dataloader.sampler):
            if hasattr(sampler, 'set_epoch'):
                sampler.set_epoch(self._epoch)
        super().run_epoch()

    def run_iter(self, idx: int, data_batch: Any) -> None:
        """Tell the model its progress and take one step, whose dropout depends on (seed, epoch, step, rank) alone."""
        # For each step, not for each epoch: a dataloader draws a number when it starts its workers. An uninterrupted
        # run with persistent workers does so once, a resumed run once more.
        torch.manual_seed(derive_seed(self.runner.seed, self._epoch, idx, get_rank()))
        steps, epoch = len(self.dataloader), self._epoch % self.epochs_per_round
        bare_model(self.runner).progress = TrainingProgress(
            self.round, epoch * steps + idx, self.epochs_per_round * steps
        )
        super().run_iter(idx, data_batch)

    def _stop_workers(self) -> None:
        """Stop persistent workers now; the garbage collector would wait up to 10 s for them at a moment of its own."""
        for loop in (self, self.runner.val_loop):
            if isinstance(loader := getattr(loop, 'dataloader', None), DataLoader):
                loader._iterator = None

    def _at_round_boundary(self) -> bool:
        return self._epoch % self.epochs_per_round == 0

    def _finish_round(self, round_: int) -> None:
        """Validate, then call the hooks."""
        metrics = self.runner.val_loop.run() if self.runner.val_loop is not None else {}
        self.last_finished_round = round_
        self.runner.call_hook('after_train_round', round=round_, metrics=metrics)
