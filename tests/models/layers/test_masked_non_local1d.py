from __future__ import annotations

import math

import pytest
import torch
from mmcv.cnn import NonLocal1d
from torch.utils._python_dispatch import TorchDispatchMode

from mmacl.models import MaskedNonLocal1d


class LargestTensor(TorchDispatchMode):
    """Remembers the number of elements of the largest tensor that any operation returned."""

    elements = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for value in result if isinstance(result, tuple | list) else (result,):
            if isinstance(value, torch.Tensor):
                self.elements = max(self.elements, value.untyped_storage().nbytes() // value.element_size())
        return result


NORMS = [None, dict(type='BN1d'), dict(type='GN', num_groups=2)]


@pytest.mark.parametrize('norm_cfg', NORMS, ids=str)
@pytest.mark.parametrize('length', [1, 9])
def test_without_padding_it_is_that_of_mmcv(randomise, length, norm_cfg):
    block = randomise(MaskedNonLocal1d(6, norm_cfg)).double()
    reference = NonLocal1d(6, norm_cfg=norm_cfg).double()
    projections = zip(
        (reference.theta, reference.phi, reference.g),
        block.theta_phi_g.weight.chunk(3),
        block.theta_phi_g.bias.chunk(3),
        strict=True,
    )
    for module, weight, bias in projections:
        module.conv.weight.data, module.conv.bias.data = weight[..., None].detach(), bias.detach()
    reference.conv_out.conv.weight.data = block.out.weight[..., None].detach()
    if norm_cfg is None:
        reference.conv_out.conv.bias.data = block.out.bias.detach()
    else:
        reference.conv_out.norm.load_state_dict(block.get_submodule(block.norm_name).state_dict())
    x = torch.randn(2, length, 6).double()
    expected = reference(x.transpose(1, 2)).transpose(1, 2)
    torch.testing.assert_close(block(x, torch.ones(2, length, dtype=torch.bool)), expected)


def test_equals_plain_loops_over_real_snippets(randomise, make_batch):
    block = randomise(MaskedNonLocal1d(4)).double()
    lengths = [3, 1, 5]
    x, mask = make_batch(lengths, 4, extra=2, padding=7.0)
    found = block(x, mask)
    for b, length in enumerate(lengths):
        theta, phi, g = block.theta_phi_g(x[b]).chunk(3, dim=-1)
        for i in range(length):
            affinities = [math.exp(torch.dot(theta[i], phi[j]).item() / math.sqrt(2)) for j in range(length)]
            context = sum(a * g[j] for j, a in enumerate(affinities)) / sum(affinities)
            torch.testing.assert_close(found[b, i], x[b, i] + block.out(context))


@pytest.mark.parametrize('norm_cfg', NORMS, ids=str)
def test_starts_as_the_identity(norm_cfg):
    x = torch.randn(2, 5, 4)
    assert torch.equal(MaskedNonLocal1d(4, norm_cfg)(x, torch.ones(2, 5, dtype=torch.bool)), x)


@pytest.mark.parametrize('norm_cfg', NORMS, ids=str)
def test_padding_changes_nothing(assert_blind_to_padding, randomise, norm_cfg):
    assert_blind_to_padding(randomise(MaskedNonLocal1d(6, norm_cfg)).double().eval(), width=6)


def test_padded_rows_and_empty_videos_stay_finite(randomise):
    block = randomise(MaskedNonLocal1d(4))
    x = torch.randn(2, 6, 4, requires_grad=True)
    mask = torch.tensor([[True, True, False, False, False, False], [False] * 6])
    y = block(x, mask)
    y.sum().backward()
    assert torch.isfinite(y).all()
    assert torch.isfinite(x.grad).all()
    assert all(torch.isfinite(parameter.grad).all() for parameter in block.parameters())


@pytest.mark.parametrize('grad', [False, True])
def test_ten_thousand_snippets_need_no_square_matrix(randomise, grad):
    block = randomise(MaskedNonLocal1d(8))
    x = torch.randn(1, 10_000, 8)
    mask = torch.arange(10_000)[None] < 9_000
    with torch.set_grad_enabled(grad), LargestTensor() as largest:
        y = block(x, mask)
    assert torch.isfinite(y).all()
    assert largest.elements <= 10_000 * 8 * 2
