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
        ('optim_wrapper.optimizer.lr=abc', "optim_wrapper.optimizer (Adam, lr='abc', weight_decay=0.001): TypeError: "),
        ('train_dataloader.num_workers=abc', "train_dataloader (batch_size=6, num_workers='abc'"),
        ('train_dataloader.dataset.subset=3', 'train_dataloader.dataset.subset=3 is not text or a list or None;'),
        ('model.stream.losses.triplet.margin=abc', "model.stream.losses.triplet.margin='abc' is not a number;"),
        ('model.stream.backbone.branch_channels=-1', 'model.stream.backbone: branch_channels=-1 is not a whole number'),
        ('default_hooks.checkpoint.interval=0', 'checkpoint.interval=0: must be at least 1 epoch'),
        ("param_scheduler={'type': 'StepLR'}", 'param_scheduler (StepLR, '),
        ('randomness.seed=abc', "randomness.seed='abc' is not a whole number;"),
        ('val_dataloader.dataset=3', 'val_dataloader.dataset=3 is not a mapping;'),
    ],
)
def test_value_that_cannot_be_used_is_one_line_with_its_key(option, named, cli, folder, write_config, tmp_path):
    config = write_config(folder, SCHEDULE)
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'work', '--cfg-options', option)
    assert code == 2, error
    assert len(error.strip().splitlines()) == 1
    assert error.startswith(f'error: {config}: {named}')


def test_error_that_is_no_fault_of_the_config_passes(write_config, folder):
    config = load_config(write_config(folder))
    with pytest.raises(ZeroDivisionError), report_config_faults(config):
        raise ZeroDivisionError
    with pytest.raises(FileNotFoundError), report_config_faults(config, whole=True):
        (folder / 'absent').read_text()
    line = rf'^{re.escape(config.filename)}: ZeroDivisionError: by 0; correct the value in the config$'
    with pytest.raises(InputError, match=line), report_config_faults(config, whole=True):
        raise ZeroDivisionError('by 0')


def test_innermost_component_is_named(write_config, folder):
    config = load_config(write_config(folder))
    config.model.stream.backbone.dilations = 'abc'
    line = r"^[^:]*: model\.stream\.backbone: dilations='a' is not a whole number"
    with pytest.raises(InputError, match=line), report_config_faults(config):
        MODELS.build(config.model)


def test_message_about_a_file_is_left_alone(write_config, folder):
    config = load_config(write_config(folder))
    with pytest.raises(InputError, match=r'^a\.npy: wrong$'), report_config_faults(config):
        raise InputError('wrong', file='a.npy')
    with pytest.raises(InputError, match=rf'^{re.escape(config.filename)}: wrong$'), report_config_faults(config):
        raise InputError('wrong')


def test_readers_that_are_built_without_torch_are_named_too(write_config, folder):
    config = load_config(write_config(folder))
    reader = config.train_dataloader.dataset.ann_reader = dict(type='ActivityNetAnnotations', nonsense=3)
    line = r'train_dataloader\.dataset\.ann_reader \(ActivityNetAnnotations, nonsense=3\): TypeError'
    with pytest.raises(InputError, match=line), report_config_faults(config):
        ANNOTATION_READERS.build(reader, default_args={'path': 'a.json'})
