"""Reinitialise the model in each round."""

from __future__ import annotations

import copy
from typing import Any

import torch
from mmengine.hooks import Hook

from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.registry import HOOKS, MODELS
from mmacl.utils import InputError, derive_seed

_REINIT = ('all', 'heads', 'none')


@HOOKS.register_module()
class RoundRestartHook(Hook):
    """From the second round on, re-initialise the model and start the optimiser and its schedules again.

    The paper does not say whether a round continues from the weights of the last one. The clusters of a round are
    numbered independently of those before, so at least the classifier must be reinitialised; the authors' release
    reinitialises everything.

    Parameters are copied *in place* from a new model, seeded with (seed, round): ``init_weights`` ignores a second
    call, and the optimiser and its schedulers would not see replaced parameters. Those return to their states before
    the first step, so that schedules count the steps of a round.

    Args:
        reinit: ``'all'`` parameters, those of the ``'heads'`` (:meth:`BaseLocalizer.head_modules`), or ``'none'``. The
            optimiser restarts in any case.
    """

    # After the clustering, which needs the model of the last round.
    priority = 'NORMAL'

    def __init__(self, reinit: str = 'all') -> None:
        if reinit not in _REINIT:
            raise InputError(f'reinit={reinit!r} is not one of {", ".join(_REINIT)}')
        self.reinit = reinit

    def before_run(self, runner: Any) -> None:
        """Keep the states of the optimiser and the schedulers before the first step and before a checkpoint is loaded.

        Raises:
            InputError: ``reinit='heads'``, and the model has no heads.
        """
        if runner._train_loop is None or isinstance(runner._train_loop, dict):
            return
        model = bare_model(runner)
        if self.reinit == 'heads' and not list(model.head_modules()):
            raise InputError(
                f"reinit='heads' would reinitialise nothing, since {type(model).__name__} names no heads",
                remedy="use reinit='all' or 'none'",
            )
        self._optimiser = copy.deepcopy(runner.optim_wrapper.state_dict())
        self._schedulers = [copy.deepcopy(s.state_dict()) for s in runner.param_schedulers or []]

    def before_train_round(self, runner: Any, round: int) -> None:
        """Restart in every round but the first."""
        if round == 1:
            return
        self._reset_parameters(runner, round)
        runner.optim_wrapper.load_state_dict(copy.deepcopy(self._optimiser))
        for scheduler, state in zip(runner.param_schedulers or [], self._schedulers, strict=True):
            scheduler.load_state_dict(copy.deepcopy(state))

    def _reset_parameters(self, runner: Any, round_: int) -> None:
        if self.reinit == 'none':
            return
        model = bare_model(runner)
        with torch.random.fork_rng():
            torch.manual_seed(derive_seed(runner.seed, round_))
            fresh = MODELS.build(runner.cfg.model)
            fresh.init_weights()
        pairs = (
            [(model, fresh)] if self.reinit == 'all' else zip(model.head_modules(), fresh.head_modules(), strict=True)
        )
        with torch.no_grad():
            for module, fresh_module in pairs:
                wanted = fresh_module.state_dict()
                for name, tensor in module.state_dict().items():
                    tensor.copy_(wanted[name])
