"""A loss that is no number stops the run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from mmacl.engine import FiniteLossHook
from mmacl.utils import InputError

RUNNER = SimpleNamespace(iter=6, train_dataloader=range(8))


@pytest.mark.parametrize('loss', [float('nan'), float('inf'), torch.tensor(float('nan'))])
def test_stops_with_the_step_and_the_terms(loss):
    outputs = {'loss': loss, 'rgb.loss_cls': 2.0}
    with pytest.raises(
        InputError, match=r'at step 7 \(rgb.loss_cls 2\); start again with a lower optim_wrapper.optimizer.lr'
    ):
        FiniteLossHook(interval=1).after_train_iter(RUNNER, 6, outputs=outputs)


def test_looks_every_so_often_and_always_before_a_checkpoint():
    hook, bad = FiniteLossHook(interval=5), {'loss': float('nan')}
    hook.after_train_iter(RUNNER, 2, outputs=bad)
    for batch in (4, 7):
        with pytest.raises(InputError):
            hook.after_train_iter(RUNNER, batch, outputs=bad)


def test_lets_numbers_pass():
    FiniteLossHook(interval=1).after_train_iter(RUNNER, 0, outputs={'loss': 1e30})
