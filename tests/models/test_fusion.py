from __future__ import annotations

import pytest
import torch

from mmacl.models.fusion import StreamPrediction, check_fusion_weights, fuse_predictions, fuse_streams
from mmacl.utils import InputError


def test_weighted_mean():
    rgb, flow = torch.randn(2, 3), torch.randn(2, 3)
    fused = fuse_streams({'rgb': rgb, 'flow': flow}, {'rgb': 2.0, 'flow': 1.0})
    torch.testing.assert_close(fused, (2 * rgb + flow) / 3)


def test_one_stream_is_itself():
    x = torch.randn(2, 3)
    assert torch.equal(fuse_streams({'rgb': x}, {'rgb': 0.3}), x)


def test_predictions_are_averaged_and_kept_for_each_stream():
    streams = {name: StreamPrediction(torch.rand(2, 4, 3), torch.rand(2, 3), torch.rand(2, 4)) for name in ('a', 'b')}
    fused = fuse_predictions(streams, {'a': 3.0, 'b': 1.0})
    for field in StreamPrediction._fields:
        a, b = (getattr(streams[name], field) for name in ('a', 'b'))
        torch.testing.assert_close(getattr(fused, field), (3 * a + b) / 4)
    assert list(fused.streams) == ['a', 'b']
    assert torch.equal(fused.streams['b'][0], streams['b'].class_map)
    assert torch.equal(fused.streams['b'][1], streams['b'].video_scores)


def test_predictions_are_fused_in_float32_without_actionness():
    stream = StreamPrediction(torch.rand(2, 4, 3).bfloat16(), torch.rand(2, 3).bfloat16())
    fused = fuse_predictions({'a': stream}, {'a': 1.0})
    assert fused.class_map.dtype == fused.video_scores.dtype == torch.float32
    assert fused.actionness is None


def test_none_weighs_all_alike_and_order_is_that_of_the_modalities():
    assert check_fusion_weights(('rgb', 'flow'), None) == {'rgb': 1.0, 'flow': 1.0}
    assert list(check_fusion_weights(('rgb', 'flow'), {'flow': 1, 'rgb': 0})) == ['rgb', 'flow']


@pytest.mark.parametrize(
    ('weights', 'word'),
    [
        ({'rgb': 1.0}, 'flow'),
        ({'rgb': 1.0, 'flow': 1.0, 'audio': 1.0}, 'audio'),
        ({'rgb': 1.0, 'flow': -1.0}, 'flow=-1'),
        ({'rgb': float('nan'), 'flow': 1.0}, 'nan'),
        ({'rgb': 0.0, 'flow': 0.0}, 'all 0'),
    ],
)
def test_bad_weights_are_refused_in_one_line(weights, word):
    with pytest.raises(InputError, match=word) as caught:
        check_fusion_weights(('rgb', 'flow'), weights)
    assert '\n' not in str(caught.value)
