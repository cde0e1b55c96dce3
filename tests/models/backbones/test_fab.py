from __future__ import annotations

import math

import pytest
import torch
from torch.nn.functional import conv1d

from mmacl.models import FAB
from mmacl.utils import InputError


def by_hand(fab: FAB, x: torch.Tensor, dilations, fuse_kernel: int) -> torch.Tensor:
    """Fig. 3 for one video without padding, (T, D), from the parameters alone."""
    state = fab.state_dict()
    image = x.T[None]

    def conv(name: str, source: torch.Tensor, dilation: int = 1) -> torch.Tensor:
        weight = state[f'{name}.weight']
        reach = dilation * (weight.shape[-1] // 2)
        return conv1d(source, weight, state[f'{name}.bias'], padding=reach, dilation=dilation)

    branches = [conv('conv', image).relu()]
    branches += [conv(f'pyramid.{i}', image, d).relu() for i, d in enumerate(dilations)]
    reduced = conv('reduce', image).relu()[0].T
    projected = reduced @ state['non_local.theta_phi_g.weight'].T + state['non_local.theta_phi_g.bias']
    theta, phi, g = projected.chunk(3, dim=1)
    context = (theta @ phi.T / math.sqrt(theta.shape[1])).softmax(dim=1) @ g
    branches.append((reduced + context @ state['non_local.out.weight'].T + state['non_local.out.bias']).T[None])
    fused = conv('fuse', torch.cat(branches, dim=1))
    skip = conv('skip', image) if 'skip.weight' in state else image
    assert state['fuse.weight'].shape[-1] == fuse_kernel
    return (skip + fused)[0].T


@pytest.mark.parametrize('out_channels', [None, 7])
@pytest.mark.parametrize('dilations', [(2, 3), (1,), (2, 4, 8)])
@pytest.mark.parametrize('fuse_kernel', [1, 3])
def test_equals_figure_3_composed_by_hand(make_batch, randomise, out_channels, dilations, fuse_kernel):
    fab = randomise(FAB(5, out_channels, 4, 3, dilations, fuse_kernel)).double()
    lengths = [9, 1, 4]
    x, mask = make_batch(lengths, extra=2, padding=-3.0)
    found = fab(x, mask)
    assert found.shape == (3, 11, fab.out_channels)
    for i, length in enumerate(lengths):
        torch.testing.assert_close(found[i, :length], by_hand(fab, x[i, :length], dilations, fuse_kernel))


@pytest.mark.parametrize('fuse_kernel', [1, 3])
def test_padding_changes_nothing(assert_blind_to_padding, randomise, fuse_kernel):
    # Lengths 1, 2 and 4 are shorter than the reach of dilation 6.
    assert_blind_to_padding(randomise(FAB(5, None, 4, dilations=(2, 6), fuse_kernel_size=fuse_kernel)).double())


def test_defaults_are_those_of_the_decisions():
    fab = FAB(16)
    assert fab.out_channels == 16
    assert fab.skip is None
    assert {type(conv.activate) for conv in (fab.conv, *fab.pyramid, fab.reduce)} == {torch.nn.ReLU}
    assert fab.fuse.activate is None
    assert [conv.dilation for conv in fab.pyramid] == [(2,), (3,)]
    assert {conv.out_channels for conv in (fab.conv, *fab.pyramid, fab.reduce)} == {256}
    assert fab.fuse.kernel_size == (1,)
    assert not fab.non_local.out.weight.any()


@pytest.mark.parametrize('kwargs', [{'dilations': ()}, {'kernel_size': 2}, {'branch_channels': 0}])
def test_bad_configs_are_refused(kwargs):
    with pytest.raises(InputError):
        FAB(5, **kwargs)
