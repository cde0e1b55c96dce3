"""Every config composes, fits its data set, survives being written, and trains and tests a small model.

The data of a config are replaced by a few small videos that pass its own samplers and pipelines, and its streams are
cut to a few channels, so that a config costs a tenth of a second. A localizer must bear that: so does the contract
test.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mmacl.config import load_config
from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.stores import ArrayStore
from mmacl.datasets.synthetic_videos import SyntheticVideos
from mmacl.registry import DATASETS, MODELS
from mmacl.structures import PseudoLabels

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs').rglob('*.py') if '_base_' not in path.parts
)
WIDTH, LENGTHS = 8, (12, 1, 7, 30)


@functools.cache
def load(path: str) -> Config:
    """Read a config once for all its tests, which must not change it."""
    return load_config(ROOT / path)


def narrow(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config of a model with streams of few channels."""
    return {**model, 'in_channels': dict.fromkeys(model['in_channels'], WIDTH)}


def made_dataset(config: Config, loader: str) -> UntrimmedVideoDataset:
    """Return a few videos with the streams and the pipeline of a config, two for each cluster."""
    rng = np.random.default_rng(0)
    videos = {
        f'v{index:03d}': {
            name: rng.random((LENGTHS[index % len(LENGTHS)], WIDTH), dtype=np.float32)
            for name in config.model.in_channels
        }
        for index in range(2 * min(config.model.num_clusters, 12))
    }
    return UntrimmedVideoDataset(
        ann_file=None,
        store=ArrayStore(videos),
        modalities=tuple(config.model.in_channels),
        timing=dict(fps=1.0, snippet_stride=1),
        pipeline=config[loader].dataset.pipeline,
        test_mode=loader != 'train_dataloader',
    )


def first_batch(config: Config, loader: str) -> dict[str, Any]:
    """Draw the first batch of the made videos as the config says, with labels if it trains."""
    dataset = made_dataset(config, loader)
    settings = {**config[loader].to_dict(), 'num_workers': 0, 'persistent_workers': False, 'dataset': dataset}
    batches = Runner.build_dataloader(settings, seed=0)
    names = dataset.video_names
    labels = PseudoLabels.from_assignments(names, np.arange(len(names)) // 2, config.model.num_clusters)
    if hasattr(batches.batch_sampler, 'set_labels'):
        batches.batch_sampler.set_labels(labels)
    batch = next(iter(batches))
    for sample in batch['data_samples']:
        sample.pseudo_label = torch.from_numpy(labels.aligned_to((sample.video_name,))[0]).float()
        if 'counts' in config.default_hooks:
            sample.instance_counts = 2 * sample.pseudo_label.long()
    return batch


@functools.cache
def losses_of_a_step(path: str) -> tuple[str, ...]:
    """Take a training step and predict; return the names of the losses."""
    config = load(path)
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmacl'):
        model = MODELS.build(narrow(config.model))
        optimizer = build_optim_wrapper(model, config.optim_wrapper)
        batch, test_batch = first_batch(config, 'train_dataloader'), first_batch(config, 'test_dataloader')
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    logged = model.train().train_step(batch, optimizer)
    assert all(torch.isfinite(value).all() for value in logged.values())
    changed = [name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])]
    assert changed
    if 'stream' in config.model:
        assert all(any(f'{stream}.' in name for name in changed) for stream in config.model.in_channels)
    sample = model.eval().test_step(test_batch)[0]
    assert sample.video_scores.shape == (config.model.num_clusters,)
    assert 'pred_instances' in sample
    return tuple(logged)


@pytest.mark.parametrize('path', CONFIGS)
def test_trains_and_tests_a_small_model(path):
    losses_of_a_step(path)


@pytest.mark.parametrize('path', [path for path in CONFIGS if path.startswith('configs/acl/')])
def test_terms_of_the_loss_are_those_of_the_config(path):
    model = load(path).model
    short = {'classification': 'loss_cls', 'triplet': 'loss_trip', 'separation': 'loss_abs'}
    terms = {name for name, loss in model.stream.losses.items() if loss is not None}
    expected = {f'{stream}.{short[term]}' for stream in model.in_channels for term in terms}
    assert set(losses_of_a_step(path)) - {'loss'} == expected


@pytest.mark.parametrize('path', CONFIGS)
def test_fits_its_data_set(path):
    """The streams, their widths and the number of clusters are those of the data."""
    config = load(path)
    assert {'train_cfg', 'test_evaluator', 'optim_wrapper', 'default_hooks'} <= set(config)
    for loader in ('train_dataloader', 'test_dataloader'):
        dataset = config[loader].dataset
        if dataset.type == 'SyntheticActions':
            defaults = inspect.signature(SyntheticVideos).parameters
            width = dataset.get('feature_dim', defaults['feature_dim'].default)
            widths = dict.fromkeys(dataset.get('modalities', defaults['modalities'].default), width)
            num_classes = dataset.get('num_classes', defaults['num_classes'].default)
        else:
            modalities = tuple(dataset.get('modalities', ('rgb', 'flow')))
            widths = dataset.get('feature_dims') or dict.fromkeys(modalities)
            assert set(widths) == set(modalities)
            num_classes = len(dataset.get('classes') or DATASETS.get(dataset.type).METAINFO.get('classes', ())) or None
        for name, channels in config.model.in_channels.items():
            assert widths[name] in (None, channels), f'{loader}: {name} is {widths[name]} wide'
        assert num_classes in (None, config.model.num_clusters)


@pytest.mark.parametrize('path', CONFIGS)
def test_survives_being_written(path):
    """mmengine stores the composed config as text beside each run, and reads it from checkpoints; order counts."""
    config = load(path)
    assert repr(Config.fromstring(config.pretty_text, '.py').to_dict()) == repr(config.to_dict())


@pytest.mark.parametrize('name', ['thumos14_us', 'anet12_us'])
def test_old_bases_compose_to_the_same(name, tmp_path):
    """Configs outside the repository list a model, a schedule and a runtime."""
    path = f'configs/acl/acl_{name}.py'
    config = load(path)
    bases = ROOT / 'configs' / '_base_'
    data_set = {'thumos14': 'thumos14', 'anet12': 'activitynet12'}[name.partition('_')[0]]
    files = ['models/acl', f'datasets/{data_set}', 'schedules/three_rounds', 'default_runtime']
    old = tmp_path / 'old.py'
    old.write_text(
        f'_base_ = {[str(bases / f"{file}.py") for file in files]}\n'
        f'model = dict(num_clusters={config.model.num_clusters})\n'
        f'train_cfg = dict(epochs_per_round={config.train_cfg.epochs_per_round})\n'
        f'optim_wrapper = dict(optimizer=dict(lr={config.optim_wrapper.optimizer.lr}))\n'
    )
    assert load_config(old).to_dict() == config.to_dict()
