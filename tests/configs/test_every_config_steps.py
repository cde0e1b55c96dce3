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
CONFIGS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs' / 'acl').rglob('*.py'))


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


@pytest.mark.parametrize('path', CONFIGS)
def test_builds_and_takes_a_step(path):
    config = load_config(ROOT / path)
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmacl'):
        model = MODELS.build(config.model)
        model.init_weights()
    wrapper = OPTIM_WRAPPERS.build(
        dict(
            type=config.optim_wrapper.type,
            optimizer=torch.optim.Adam(model.parameters(), lr=config.optim_wrapper.optimizer.lr),
        )
    )
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model.train()
    logged = model.train_step(random_batch(config.model.in_channels, config.model.num_clusters), wrapper)
    assert torch.isfinite(logged['loss'])
    terms = {name for name, loss in config.model.stream.losses.items() if loss is not None}
    short = {'classification': 'loss_cls', 'triplet': 'loss_trip', 'separation': 'loss_abs'}
    expected = {f'{stream}.{short[term]}' for stream in config.model.in_channels for term in terms}
    assert set(logged) - {'loss'} == expected
    changed = [name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])]
    for stream in config.model.in_channels:
        assert any(f'{stream}.' in name for name in changed)
