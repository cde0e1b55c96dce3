"""A round starts as the first did; tests/tools/test_end_to_end.py shows which weights are renewed."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import MultiStepLR, OptimWrapper
from torch import nn

from mmacl.engine import RoundRestartHook
from mmacl.utils import InputError


def runner_of(model: nn.Module):
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
    scheduler = MultiStepLR(optimizer, milestones=[2], gamma=0.1, by_epoch=False)
    return SimpleNamespace(
        model=model, optim_wrapper=OptimWrapper(optimizer), param_schedulers=[scheduler], _train_loop=object(), seed=0
    )


def take_steps(runner, number: int) -> list[float]:
    rates = []
    for _ in range(number):
        rates.append(runner.optim_wrapper.get_lr()['lr'][0])
        loss = sum((p**2).sum() for p in runner.model.parameters())
        runner.optim_wrapper.update_params(loss)
        runner.param_schedulers[0].step()
    return rates


def test_optimiser_and_schedule_start_again():
    runner, hook = runner_of(nn.Linear(2, 2)), RoundRestartHook(reinit='none')
    hook.before_run(runner)
    initial = copy.deepcopy(runner.model.state_dict())
    first = take_steps(runner, 4)
    after = copy.deepcopy(runner.model.state_dict())
    assert first == pytest.approx([1.0, 1.0, 0.1, 0.1])

    runner.model.load_state_dict(initial)
    hook.before_train_round(runner, round=2)
    assert take_steps(runner, 4) == pytest.approx(first)
    # Adam's moments have been forgotten too: the same steps again.
    assert all(torch.equal(tensor, after[name]) for name, tensor in runner.model.state_dict().items())


def test_the_first_round_is_left_alone():
    runner, hook = runner_of(nn.Linear(2, 2)), RoundRestartHook(reinit='all')
    hook.before_run(runner)
    take_steps(runner, 3)
    hook.before_train_round(runner, round=1)
    assert runner.optim_wrapper.get_lr()['lr'][0] == pytest.approx(0.1)


def test_other_words_are_refused():
    with pytest.raises(InputError, match=r"reinit='some'.*all, heads, none"):
        RoundRestartHook(reinit='some')


class TwoLayers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(2, 2), nn.Linear(2, 2)

    def init_weights(self) -> None:
        pass

    def head_modules(self):
        return [self.head]


class NoHead(TwoLayers):
    def head_modules(self):
        return ()


def test_heads_are_the_modules_that_the_method_names():
    runner, hook = runner_of(TwoLayers()), RoundRestartHook(reinit='heads')
    runner.cfg = SimpleNamespace(model=dict(type=TwoLayers))
    hook.before_run(runner)
    before = copy.deepcopy(runner.model.state_dict())
    hook.before_train_round(runner, round=2)
    changed = {name for name, tensor in runner.model.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {'head.weight', 'head.bias'}


def test_heads_of_a_method_that_names_none_are_refused():
    with pytest.raises(InputError, match="reinit='heads' would reinitialise nothing, since NoHead names no heads; use"):
        RoundRestartHook(reinit='heads').before_run(runner_of(NoHead()))
