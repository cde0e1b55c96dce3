"""When what happens: the order of hooks, and what a resumed loop owes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config

from mmacl.engine import RoundBasedTrainLoop
from mmacl.utils import InputError


class Loader(list):
    dataset = SimpleNamespace(metainfo={})
    batch_sampler = sampler = None


class Runner:
    """Writes down what the loop calls; draws a random number in each step."""

    def __init__(self) -> None:
        self.log: list = []
        self.draws: list[float] = []
        self.progress: list[tuple[int, int, int]] = []
        self.visualizer = SimpleNamespace()
        self.seed = 0
        self.cfg = Config()
        self.optim_wrapper = None
        self.val_loop = SimpleNamespace(run=lambda: self.log.append('validate') or {'m': 1.0})
        self.model = SimpleNamespace(train=lambda: None, train_step=self.train_step)

    def train_step(self, batch, optim_wrapper):
        self.progress.append(tuple(self.model.progress))
        self.draws.append(float(torch.rand(())))
        return {}

    def call_hook(self, name: str, **kwargs) -> None:
        if 'round' in name:
            self.log.append((name, kwargs['round'], kwargs.get('metrics')))
        elif name == 'after_train_epoch':
            self.log.append('epoch')


def loop_of(runner: Runner, **kwargs) -> RoundBasedTrainLoop:
    return RoundBasedTrainLoop(runner, Loader([0, 1]), **{'num_rounds': 2, 'epochs_per_round': 2, **kwargs})


def round_log(number: int) -> list:
    start, end = ('before_train_round', number, None), ('after_train_round', number, {'m': 1.0})
    return [start, 'epoch', 'epoch', 'validate', end]


def test_cluster_train_validate_and_again():
    runner = Runner()
    loop_of(runner).run()
    assert runner.log == round_log(1) + round_log(2)


@pytest.mark.parametrize(
    ('epoch', 'finished', 'expected'),
    [
        # Inside a round: no clustering.
        (1, 0, [*round_log(1)[2:], *round_log(2)]),
        # At the end of a round whose validation is missing: it comes first.
        (2, 0, [*round_log(1)[3:], *round_log(2)]),
        (2, 1, round_log(2)),
        # At the very end.
        (4, 1, round_log(2)[3:]),
        (4, 2, []),
    ],
)
def test_a_resumed_run_does_what_is_left(epoch, finished, expected):
    runner = Runner()
    loop = loop_of(runner)
    loop._epoch, loop.last_finished_round = epoch, finished
    loop.run()
    assert runner.log == expected


def test_random_numbers_depend_on_the_step_alone():
    whole, resumed = Runner(), Runner()
    loop_of(whole).run()
    loop = loop_of(resumed)
    loop._epoch = 3
    torch.manual_seed(99)
    loop.run()
    assert resumed.draws == whole.draws[-2:]
    assert len(set(whole.draws)) == len(whole.draws) == 8


def test_the_round_and_its_step_reach_the_model():
    whole, resumed = Runner(), Runner()
    loop_of(whole).run()
    assert whole.progress == [(round_, step, 4) for round_ in (1, 2) for step in range(4)]
    loop = loop_of(resumed)
    loop._epoch = 3
    loop.run()
    assert resumed.progress == whole.progress[-2:]


def test_without_validation_a_round_ends_without_metrics():
    runner = Runner()
    runner.val_loop = None
    loop_of(runner, num_rounds=1).run()
    assert runner.log[-1] == ('after_train_round', 1, {})


@pytest.mark.parametrize('wrong', [{'num_rounds': 0}, {'epochs_per_round': 0}])
def test_no_rounds_are_refused(wrong):
    with pytest.raises(InputError, match='must be at least 1'):
        loop_of(Runner(), **wrong)
