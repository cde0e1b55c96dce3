from __future__ import annotations

import pytest
import torch

from mmacl.models import AttentionHead, ClassAgnosticHead, ClassSpecificHead
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


def build(kind, **kwargs):
    head = ClassSpecificHead(5, 3, **kwargs) if kind == 'specific' else ClassAgnosticHead(5, **kwargs)
    return head.double()


@pytest.mark.parametrize(('kind', 'shape'), [('specific', (2, 6, 3)), ('agnostic', (2, 6))])
def test_shapes(make_batch, kind, shape):
    features, attention = build(kind, hidden_channels=4)(*make_batch([6, 2]))
    assert features.shape == (2, 6, 4)
    assert attention.shape == shape


@pytest.mark.parametrize('kind', ['specific', 'agnostic'])
@pytest.mark.parametrize('which', [0, 1])
@pytest.mark.parametrize('hidden', [4, None])
def test_padding_changes_nothing(assert_blind_to_padding, kind, which, hidden):
    head = build(kind, hidden_channels=hidden)
    assert_blind_to_padding(lambda x, mask: head(x, mask)[which])


@pytest.mark.parametrize('kind', ['specific', 'agnostic'])
def test_layers_are_those_of_mmcv(kind):
    layers = dict(
        conv_cfg=dict(type='Conv1d', bias=True), norm_cfg=dict(type='GN', num_groups=2), act_cfg=dict(type='Tanh')
    )
    head = build(kind, hidden_channels=4, **layers)
    assert head.conv.bias is not None
    assert isinstance(head.conv.gn, torch.nn.GroupNorm)
    assert isinstance(head.conv.activate, torch.nn.Tanh)


@pytest.mark.parametrize('kwargs', [{'hidden_channels': 0}, {'kernel_size': 2}, {'num_clusters': 0}])
def test_bad_configs_are_refused(kwargs):
    with pytest.raises(InputError, match=next(iter(kwargs))):
        ClassSpecificHead(**{'in_channels': 5, 'num_clusters': 3, **kwargs})
