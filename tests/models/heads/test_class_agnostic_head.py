from __future__ import annotations

import pytest

from mmacl.models import ClassAgnosticHead


def test_shapes(make_batch):
    features, attention = ClassAgnosticHead(5, hidden_channels=4).double()(*make_batch([6, 2]))
    assert features.shape == (2, 6, 4)
    assert attention.shape == (2, 6)


@pytest.mark.parametrize('which', [0, 1])
@pytest.mark.parametrize('hidden', [4, None])
def test_padding_changes_nothing(assert_blind_to_padding, which, hidden):
    head = ClassAgnosticHead(5, hidden).double()
    assert_blind_to_padding(lambda x, mask: head(x, mask)[which])
