"""Misspelt keys are found wherever they stand, and right ones are left alone."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mmacl.apis import load_config
from mmacl.config import apply_options, check_config, check_datasets
from mmacl.config.options import RUNNER_KEYS
from mmacl.utils import InputError


def config() -> Config:
    return Config(
        dict(
            model=dict(
                type='TwoStreamLocalizer',
                in_channels=dict(rgb=4),
                num_clusters=2,
                stream=dict(type='CoAttentionStream', backbone=dict(type='FAB', dilations=(2, 3))),
            ),
            optim_wrapper=dict(type='OptimWrapper', optimizer=dict(type='Adam', lr=0.1)),
            custom_hooks=[dict(type='LoadSnippetFeatures'), 1],
            my_own_variable=3,
        ),
        filename=__file__,
    )


def test_a_right_config_passes():
    check_config(config())


def test_layers_of_mmcv_are_known():
    right = config()
    layers = dict(norm_cfg=dict(type='BN1d', requires_grad=False), act_cfg=dict(type='LeakyReLU', negative_slope=0.2))
    apply_options(right, {f'+model.stream.backbone.{key}': value for key, value in layers.items()})
    check_config(right)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'+model.stream.backbone.dilation': 1}, "model.stream.backbone: FAB takes no 'dilation'.*'dilations'"),
        ({'+optim_wrapper.optimizer.lrr': 1}, "optim_wrapper.optimizer: Adam takes no 'lrr'.*'lr'"),
        ({'+model.stream.backbone.act_cfg': dict(type='ReLU', requires_grad=False)}, "ReLU takes no 'requires_grad'"),
        (
            {'custom_hooks.0.type': 'LoadSnippetFeature'},
            "custom_hooks.0.type='LoadSnippetFeature' is not registered.*'LoadSnippetFeatures'",
        ),
        ({'+optim_wraper': 1}, "'optim_wraper' is not known; did you mean 'optim_wrapper'"),
    ],
)
def test_wrong_keys_are_named_with_the_nearest_right_one(options, message):
    wrong = config()
    apply_options(wrong, options)
    with pytest.raises(InputError, match=message):
        check_config(wrong)


def test_options_are_set():
    changed = config()
    apply_options(
        changed,
        {
            'model.num_clusters': 7,
            'custom_hooks.1': 5,
            '+model.attention': 'raw',
            'model.stream.backbone.dilations': [1],
        },
    )
    assert changed.model.num_clusters == 7
    assert changed.custom_hooks[1] == 5
    assert changed.model.attention == 'raw'
    assert changed.model.stream.backbone.dilations == [1]


@pytest.mark.parametrize(
    'path', ['model.num_cluster', 'modle.num_clusters', 'custom_hooks.7', 'model.num_clusters.x', '+modle.x']
)
def test_paths_that_do_not_exist_are_refused(path):
    with pytest.raises(InputError, match='the config has no key'):
        apply_options(config(), {path: 1})


def test_an_item_of_a_tuple_is_refused_with_the_way_to_set_it():
    with pytest.raises(InputError, match=r'dilations is a tuple; give all of it'):
        apply_options(config(), {'model.stream.backbone.dilations.0': 4})


def test_a_variable_of_the_file_is_refused_with_the_keys_it_went_into():
    path = Path(__file__).resolve().parents[2] / 'configs/acl/acl_custom_us.py'
    with pytest.raises(InputError, match=r'data_root is a variable.*train_dataloader.dataset.data_root=\.\.\.'):
        load_config(path, {'data_root': 'elsewhere'})


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('modle = dict(num_clusters=3)', r"'modle' is not known; did you mean 'model'"),
        ('default_hooks = dict(clustring=dict(x=1))', r"default_hooks.clustring has no type.*'clustering'"),
        ('train_dataloader = dict(num_worker=1)', r"train_dataloader takes no 'num_worker'.*'num_workers'"),
        ('randomness = dict(sed=1)', r"randomness takes no 'sed'.*'seed'"),
        (
            "default_hooks = dict(clustering=dict(clusterer=dict(type='KMeansClusterer')))",
            r"KMeansClusterer takes no 'sigma'",
        ),
    ],
)
def test_mistakes_in_a_file_are_named(text, message, tmp_path):
    base = Path(__file__).resolve().parents[2] / 'configs/acl/acl_synthetic_us.py'
    path = tmp_path / 'c.py'
    path.write_text(f"_base_ = '{base}'\n{text}\n")
    with pytest.raises(InputError, match=message):
        load_config(path)


def test_the_keys_of_the_runner_are_those_of_mmengine():
    assert list(inspect.signature(Runner.__init__).parameters) == list(RUNNER_KEYS)


@pytest.mark.parametrize(
    ('dataset', 'says'),
    [
        (dict(type='Thumos14Dataset', data_rot='x'), r"test_dataloader\.dataset: Thumos14Dataset takes no 'data_rot'"),
        (dict(type='SyntheticActions', num_videos='x'), r"test_dataloader\.dataset\.num_videos='x' is not"),
        (
            dict(type='UntrimmedVideoDataset', store=dict(type='NpyFolderStore', template='x')),
            r"test_dataloader\.dataset\.store: NpyFolderStore takes no 'template' \(did you mean 'templates'\?\)",
        ),
    ],
)
def test_datasets_alone_are_checked_as_in_a_whole_config(dataset, says):
    wrong = Config(dict(test_dataloader=dict(dataset=dataset)))
    for check in (check_datasets, check_config):
        with pytest.raises(InputError, match=says):
            check(wrong)


def test_what_only_a_whole_check_knows_is_left_to_it():
    assert check_datasets(Config(dict(train_dataloader=dict(dataset=dict(type='SyntheticActions')))))
    assert check_datasets(Config(dict(model=dict(type='Whatever'))))
    assert not check_datasets(Config(dict(train_dataloader=dict(dataset=dict(type='MyDataset')))))
    nested = dict(type='UntrimmedVideoDataset', store=dict(type='MyStore'))
    assert not check_datasets(Config(dict(train_dataloader=dict(dataset=nested))))
