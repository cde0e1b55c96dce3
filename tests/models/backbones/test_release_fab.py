from __future__ import annotations

import pytest
import torch

from mmacl.models import ReleaseFAB
from mmacl.utils import InputError


def test_pair_of_base_and_concatenation(make_batch, randomise):
    backbone = randomise(ReleaseFAB(5, base_channels=6, branch_channels=2)).double()
    assert backbone.out_channels == (6, 4 * 2 + 6)
    x, mask = make_batch([7])
    base, both = backbone(x, mask)
    state = backbone.state_dict()
    expected = (x @ state['base.weight'][..., 0].T + state['base.bias']).relu()
    torch.testing.assert_close(base, expected)
    image = expected.transpose(1, 2)
    local = [
        torch.nn.functional.conv1d(
            image, state[f'{name}.weight'], state[f'{name}.bias'], padding=reach, dilation=max(reach, 1)
        )
        for name, reach in (('pyramid.0', 1), ('pyramid.1', 2), ('pyramid.2', 3), ('pointwise', 0))
    ]
    torch.testing.assert_close(both[..., :8], torch.cat(local, dim=1).relu().transpose(1, 2))
    torch.testing.assert_close(both[..., 8:], backbone.non_local(expected, mask))


@pytest.mark.parametrize('which', [0, 1])
def test_padding_changes_nothing(assert_blind_to_padding, randomise, which):
    backbone = randomise(ReleaseFAB(5, 4, 3)).double()
    assert_blind_to_padding(lambda x, mask: backbone(x, mask)[which])


def test_no_dilations_are_refused():
    with pytest.raises(InputError, match='dilations'):
        ReleaseFAB(5, dilations=())
