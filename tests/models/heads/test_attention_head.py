from __future__ import annotations

import pytest
import torch

from mmacl.models import AttentionHead
from mmacl.utils import InputError


def test_convolution_then_fully_connected(make_batch):
    head = AttentionHead(5, 3, hidden_channels=4).double()
    x, mask = make_batch([6])
    features, logits = head.embed_and_score(x, mask)
    expected = torch.nn.functional.conv1d(x.transpose(1, 2), head.conv.weight, head.conv.bias, padding=1)
    torch.testing.assert_close(features, expected.relu().transpose(1, 2))
    torch.testing.assert_close(logits, features @ head.fc.weight.T + head.fc.bias)


def test_without_hidden_channels_the_embedding_is_scored_and_pooled(make_batch):
    head = AttentionHead(5, 3, hidden_channels=None).double()
    x, mask = make_batch([6, 2])
    features, logits = head.embed_and_score(x, mask)
    assert features is x
    torch.testing.assert_close(logits, head.fc(x))
    assert not any('conv' in name for name in head.state_dict())


@pytest.mark.parametrize('kwargs', [{'hidden_channels': 0}, {'kernel_size': 2}])
def test_bad_configs_are_refused(kwargs):
    with pytest.raises(InputError):
        AttentionHead(5, 3, **kwargs)
