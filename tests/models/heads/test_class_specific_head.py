from __future__ import annotations

import pytest

from mmacl.models import ClassSpecificHead
from mmacl.utils import InputError


def test_shapes(make_batch):
    features, attention = ClassSpecificHead(5, num_clusters=3, hidden_channels=4).double()(*make_batch([6, 2]))
    assert features.shape == (2, 6, 4)
    assert attention.shape == (2, 6, 3)


@pytest.mark.parametrize('which', [0, 1])
@pytest.mark.parametrize('hidden', [4, None])
def test_padding_changes_nothing(assert_blind_to_padding, which, hidden):
    head = ClassSpecificHead(5, 3, hidden).double()
    assert_blind_to_padding(lambda x, mask: head(x, mask)[which])


def test_no_clusters_are_refused():
    with pytest.raises(InputError):
        ClassSpecificHead(5, num_clusters=0)
