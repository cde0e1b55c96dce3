"""An error of a constructor is reported by its key in the config, another error is not."""

from __future__ import annotations

import re

import pytest

from mmacl.config import load_config
from mmacl.engine.config_faults import report_config_faults
from mmacl.registry import ANNOTATION_READERS, MODELS
from mmacl.utils import InputError

SCHEDULE = 'train_cfg = dict(num_rounds=1, epochs_per_round=1)\n'


@pytest.mark.parametrize(
    ('option', 'named'),
    [
        ('optim_wrapper.optimizer.lr=abc', ["optim_wrapper.optimizer (Adam, lr='abc'", 'TypeError']),
        ('train_cfg.num_rounds=abc', ["train_cfg (RoundBasedTrainLoop, num_rounds='abc'", 'TypeError']),
        ('train_dataloader.num_workers=abc', ["train_dataloader (batch_size=6, num_workers='abc'"]),
        ('model.stream.backbone.branch_channels=abc', ["model.stream.backbone (FAB, branch_channels='abc'"]),
        ('model.stream.losses.triplet.margin=abc', ["model.stream.losses.triplet (ClusterTripletLoss, margin='abc'"]),
        ('train_dataloader.dataset.timing.fps=abc', ["train_dataloader.dataset.timing: fps='abc'"]),
        ('+param_scheduler=[{"type":"StepLR"}]', ['param_scheduler.0 (StepLR', "argument: 'step_size'"]),
        ('randomness.seed=abc', ['abc']),
        ('+train_dataloader.dataset.store={"type":"NpyFolderStore","template":3}', ['train_dataloader.dataset']),
    ],
)
def test_value_that_cannot_be_used_is_one_line_with_its_key(option, named, cli, folder, write_config, tmp_path):
    config = write_config(folder, SCHEDULE)
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'work', '--cfg-options', option)
    assert code == 2, error
    assert error.startswith(f'error: {config}: ')
    assert len(error.strip().splitlines()) == 1
    for words in named:
        assert words in error


def test_error_that_is_no_fault_of_the_config_passes(write_config, folder):
    config = load_config(write_config(folder))
    with pytest.raises(ZeroDivisionError), report_config_faults(config):
        1 / 0  # noqa: B018
    with pytest.raises(FileNotFoundError), report_config_faults(config, whole=True):
        open(folder / 'absent')  # noqa: SIM115
    with pytest.raises(InputError, match=rf'^{re.escape(config.filename)}: ZeroDivisionError: division by zero;'):
        with report_config_faults(config, whole=True):
            1 / 0  # noqa: B018


def test_innermost_component_is_named_and_an_input_error_gets_the_file(write_config, folder):
    config = load_config(write_config(folder))
    config.model.stream.backbone.branch_channels = 'abc'
    with pytest.raises(InputError, match=r"model.stream.backbone \(FAB, .*branch_channels='abc'"):
        with report_config_faults(config):
            MODELS.build(config.model)
    with pytest.raises(InputError, match=rf'^{re.escape(config.filename)}: wrong$'), report_config_faults(config):
        raise InputError('wrong')
    with pytest.raises(InputError, match=r'^a\.npy: wrong$'), report_config_faults(config):
        raise InputError('wrong', file='a.npy')


def test_readers_that_are_built_without_torch_are_named_too(write_config, folder):
    config = load_config(write_config(folder))
    config.train_dataloader.dataset.ann_reader = dict(type='ActivityNetAnnotations', nonsense=3)
    with pytest.raises(InputError, match=r'train_dataloader.dataset.ann_reader \(ActivityNetAnnotations, nonsense=3\)'):
        with report_config_faults(config):
            ANNOTATION_READERS.build(dict(config.train_dataloader.dataset.ann_reader), default_args={'path': 'a.json'})
