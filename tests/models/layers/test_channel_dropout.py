from __future__ import annotations

import pytest
import torch

from mmacl.models import ChannelDropout
from mmacl.utils import InputError


def test_one_mask_a_video_over_time():
    x = torch.ones(4, 9, 200)
    y = ChannelDropout(0.25)(x)
    assert torch.equal(y, y[:, :1].expand_as(y))
    assert sorted(y.unique().tolist()) == pytest.approx([0, 1 / 0.75])
    assert 0.6 < (y > 0).float().mean() < 0.9
    assert not torch.equal(y[0], y[1])


def test_identity_in_eval_mode_and_at_zero():
    x = torch.randn(2, 3, 4)
    assert ChannelDropout(0.5).eval()(x) is x
    assert ChannelDropout(0.0)(x) is x


@pytest.mark.parametrize('probability', [-0.1, 1.0, 2.0])
def test_refuses_what_is_no_probability(probability):
    with pytest.raises(InputError, match='input_dropout'):
        ChannelDropout(probability)
