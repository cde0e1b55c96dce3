"""Every config builds its model and takes a training step that changes it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

from mmacl.apis import load_config
from mmacl.registry import MODELS, OPTIM_WRAPPERS
from mmacl.structures import ActionDataSample

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = [path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs').rglob('*.py')]
CONFIGS = sorted(path for path in CONFIGS if '_base_' not in path)
#: Channels that are read of each stream at most: the rest of the layer would only take time.
WIDTH = 64


def random_batch(in_channels: dict[str, int], num_clusters: int) -> dict:
    """Four videos of two clusters, of different lengths."""
    inputs: dict[str, list] = {name: [] for name in in_channels}
    samples = []
    for index, length in enumerate((7, 12, 1, 9)):
        for name, width in in_channels.items():
            inputs[name].append(torch.rand(length, width))
        sample = ActionDataSample(metainfo=dict(video_name=f'v{index}', num_snippets=length))
        sample.drawn_cluster = index % 2
        sample.pseudo_label = torch.nn.functional.one_hot(torch.tensor(index % 2), num_clusters).float()
        samples.append(sample)
    return {'inputs': inputs, 'data_samples': samples}


_steps: dict[str, tuple[set[str], list[str]]] = {}


def step_once(model: dict, optim_wrapper: dict) -> tuple[set[str], list[str]]:
    """Take a step: the names of what is logged, and of the tensors that changed.

    Configs of one model, such as those of the two settings, share it.
    """
    key = repr((model, optim_wrapper))
    if key not in _steps:
        _steps[key] = step(model, optim_wrapper)
    return _steps[key]


def step(config: dict, wrapper: dict) -> tuple[set[str], list[str]]:
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmacl'):
        built = MODELS.build(config)
        built.init_weights()
    optimizer = torch.optim.Adam(built.parameters(), lr=wrapper['optimizer']['lr'])
    before = {name: tensor.clone() for name, tensor in built.state_dict().items()}
    built.train()
    logged = built.train_step(
        random_batch(config['in_channels'], config['num_clusters']),
        OPTIM_WRAPPERS.build(dict(type=wrapper['type'], optimizer=optimizer)),
    )
    assert torch.isfinite(logged['loss'])
    return set(logged), [name for name, tensor in built.state_dict().items() if not torch.equal(tensor, before[name])]


@pytest.mark.parametrize('path', CONFIGS)
def test_builds_and_takes_a_step(path):
    config = load_config(ROOT / path)
    model = config.model.to_dict()
    model['in_channels'] = {name: min(width, WIDTH) for name, width in model['in_channels'].items()}
    logged, changed = step_once(model, config.optim_wrapper.to_dict())
    assert changed
    if model['type'] == 'TwoStreamLocalizer':
        terms = {name for name, loss in model['stream']['losses'].items() if loss is not None}
        short = {'classification': 'loss_cls', 'triplet': 'loss_trip', 'separation': 'loss_abs'}
        assert logged - {'loss'} == {f'{stream}.{short[term]}' for stream in model['in_channels'] for term in terms}
        for stream in model['in_channels']:
            assert any(f'{stream}.' in name for name in changed)
