"""conv_cfg, norm_cfg and act_cfg mean in every backbone what they mean in OpenMMLab."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mmacl.models.layers import MaskedNonLocal1d, SnippetConv1d
from mmacl.registry import MODELS

BACKBONES = {
    'Conv1D': dict(type='Conv1D', in_channels=4, out_channels=8),
    'FAB': dict(type='FAB', in_channels=4, out_channels=8, branch_channels=4),
    'ReleaseFAB': dict(type='ReleaseFAB', in_channels=4, base_channels=8, branch_channels=4),
}


@pytest.fixture(params=BACKBONES)
def build(request):
    return lambda **layers: MODELS.build(dict(BACKBONES[request.param], **layers))


def convolutions(backbone: nn.Module) -> dict[str, SnippetConv1d]:
    return {name: module for name, module in backbone.named_modules() if isinstance(module, SnippetConv1d)}


def test_none_and_conv1d_are_the_same(build):
    torch.manual_seed(1)
    expected = build().state_dict()
    torch.manual_seed(1)
    found = build(conv_cfg=dict(type='Conv1d'), norm_cfg=None, act_cfg=dict(type='ReLU')).state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in found)


def test_conv_cfg_reaches_every_convolution(build):
    assert {conv.groups for conv in convolutions(build(conv_cfg=dict(type='Conv1d', groups=2))).values()} == {2}


def test_norm_cfg_reaches_every_convolution_and_the_non_local_block(build):
    backbone = build(norm_cfg=dict(type='LN'))
    normed = [*convolutions(backbone).values(), *(m for m in backbone.modules() if isinstance(m, MaskedNonLocal1d))]
    assert all(isinstance(module.ln, nn.LayerNorm) for module in normed)
    assert all(conv.bias is None for conv in convolutions(backbone).values())


def test_act_cfg_replaces_each_relu(build):
    relus = {name for name, conv in convolutions(build()).items() if isinstance(conv.activate, nn.ReLU)}
    others = convolutions(build(act_cfg=dict(type='Tanh')))
    assert relus == {name for name, conv in others.items() if isinstance(conv.activate, nn.Tanh)}
    assert relus == set(others) - {'fuse', 'skip'}
    assert not any(conv.activate for conv in convolutions(build(act_cfg=None)).values())


@pytest.mark.parametrize(
    'layers',
    [
        dict(conv_cfg=dict(type='Conv1d', groups=2)),
        dict(norm_cfg=dict(type='BN1d')),
        dict(norm_cfg=dict(type='GN', num_groups=2), act_cfg=dict(type='LeakyReLU')),
        dict(act_cfg=None),
    ],
    ids=str,
)
def test_each_changes_the_embedding_and_none_sees_padding(
    build, layers, randomise, make_batch, assert_blind_to_padding
):
    changed = randomise(build(**layers)).double().eval()

    def specific(backbone, x, mask):
        embedding = backbone(x, mask)
        return embedding if isinstance(embedding, torch.Tensor) else embedding[1]

    x, mask = make_batch([5, 3], 4)
    plain = build().double()
    plain.load_state_dict(changed.state_dict(), strict=False) if 'conv_cfg' not in layers else randomise(plain)
    assert not torch.allclose(specific(changed, x, mask)[mask], specific(plain, x, mask)[mask])
    assert_blind_to_padding(lambda x, mask: specific(changed, x, mask), width=4)
