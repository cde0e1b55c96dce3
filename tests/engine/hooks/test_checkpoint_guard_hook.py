"""A checkpoint of another model is refused with the difference named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from mmengine.config import Config
from torch import nn

from mmacl.engine import CheckpointGuardHook
from mmacl.engine.hooks.checkpoint_guard_hook import check_belongs
from mmacl.utils import InputError


class Model(nn.Module):
    def __init__(self, width: int = 3, num_clusters: int = 2) -> None:
        super().__init__()
        self.fc = nn.Linear(width, num_clusters)
        self.num_clusters, self.in_channels = num_clusters, {'rgb': width}


def config_of(attention: str = 'softmax', rate: float = 0.1) -> Config:
    return Config({'model': {'attention': attention}, 'optim_wrapper': {'optimizer': {'lr': rate}}})


def checkpoint_of(model: nn.Module, config: Config | None = None):
    checkpoint = {'state_dict': model.state_dict(), 'meta': {'seed': 3}}
    runner = SimpleNamespace(model=model, cfg=config or config_of())
    CheckpointGuardHook().before_save_checkpoint(runner, checkpoint)
    return checkpoint


def test_its_own_checkpoint_passes():
    check_belongs(checkpoint_of(Model()), Model(), config_of())


@pytest.mark.parametrize(
    ('other', 'message'),
    [
        (Model(num_clusters=5), r'trained with num_clusters=5, the config has num_clusters=2'),
        (Model(width=4), r"trained with in_channels=\{'rgb': 4\}, the config has in_channels=\{'rgb': 3\}"),
    ],
)
def test_differences_are_named_in_plain_words(other, message):
    with pytest.raises(InputError, match=message):
        check_belongs(checkpoint_of(other), Model(), config_of())


@pytest.mark.parametrize(
    ('written', 'fits'), [('TwoStreamLocalizer', True), ('CoAttentionStream', False), ('Gone', False)]
)
def test_a_checkpoint_may_name_the_model_as_it_was_called_earlier(written, fits):
    renamed = type('ActionCoLocalizer', (Model,), {})()
    checkpoint = checkpoint_of(renamed)
    checkpoint['model']['type'] = written
    if fits:
        check_belongs(checkpoint, renamed, config_of())
        return
    with pytest.raises(InputError, match=f'trained with type={written}, the config has type=ActionCoLocalizer'):
        check_belongs(checkpoint, renamed, config_of())


def test_weights_alone_are_compared_too():
    lacking, extra, shaped = (checkpoint_of(Model()) for _ in range(3))
    lacking['state_dict'] = {'fc.weight': lacking['state_dict']['fc.weight']}
    extra['state_dict'] = {**extra['state_dict'], 'more': extra['state_dict']['fc.bias']}
    shaped['state_dict'] = {**shaped['state_dict'], 'fc.bias': shaped['state_dict']['fc.bias'][:1]}
    for checkpoint, message in (
        (lacking, r'lacks fc.bias \(1 of 2 weights\)'),
        (extra, r'has more, which the model lacks'),
        (shaped, r'has fc.bias of shape \(1,\), the model \(2,\)'),
    ):
        with pytest.raises(InputError, match=message):
            check_belongs(checkpoint, Model(), config_of())


def test_another_seed_is_refused_only_when_resuming():
    hook, checkpoint = CheckpointGuardHook(), checkpoint_of(Model())
    runner = SimpleNamespace(model=Model(), cfg=config_of(), _resume=False, _load_from=None, seed=4)
    hook.after_load_checkpoint(runner, checkpoint)
    runner._resume = True
    with pytest.raises(InputError, match=r'has seed 3, this one has 4; add --seed 3'):
        hook.after_load_checkpoint(runner, checkpoint)


def test_weights_of_a_network_that_computes_otherwise_are_refused():
    with pytest.raises(InputError, match=r"trained with model.attention='softmax', the config has 'sigmoid'"):
        check_belongs(checkpoint_of(Model()), Model(), config_of(attention='sigmoid'))


def resume(checkpoint, names=('a', 'b'), **changes):
    runner = SimpleNamespace(
        model=Model(),
        cfg=config_of(**changes),
        _resume=True,
        _load_from='epoch_1.pth',
        seed=3,
        train_dataloader=SimpleNamespace(dataset=SimpleNamespace(video_names=names)),
    )
    CheckpointGuardHook().after_load_checkpoint(runner, checkpoint)


@pytest.mark.parametrize(
    ('names', 'message'),
    [
        (('a', 'b', 'c'), r"has 2 training videos, this one has 3: 'c' added; a run goes on as it began"),
        (('a',), r"has 2 training videos, this one has 1: 'b' removed;"),
        (('a', 'B'), r"has 2 training videos, this one has 2: 'b' removed and 'B' added;"),
        (tuple('abcdefg'), r"has 2 training videos, this one has 7: 'c', 'd', 'e' and 2 more added;"),
    ],
)
def test_other_training_videos_are_named(names, message):
    checkpoint = checkpoint_of(Model())
    checkpoint['clustering'] = {'labels': {'num_clusters': 2, 'labels': {'a': [0], 'b': [1]}}}
    resume(checkpoint)
    resume(checkpoint, ('b', 'a'))
    with pytest.raises(InputError, match=f'^epoch_1.pth: the run to resume {message}'):
        resume(checkpoint, names)


def test_checkpoint_that_does_not_say_how_it_was_trained_is_taken():
    checkpoint = checkpoint_of(Model())
    del checkpoint['fingerprint']
    resume(checkpoint, rate=0.5)


def test_a_run_goes_on_as_it_began():
    hook, checkpoint = CheckpointGuardHook(), checkpoint_of(Model())
    runner = SimpleNamespace(model=Model(), cfg=config_of(rate=0.5), _resume=False, _load_from=None, seed=3)
    hook.after_load_checkpoint(runner, checkpoint)
    runner._resume = True
    with pytest.raises(InputError, match=r'has optim_wrapper.optimizer.lr=0.1, this one has 0.5'):
        hook.after_load_checkpoint(runner, checkpoint)
