import numpy as np
import pytest

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.utils import InputError


def test_cuts_columns():
    slices = ChannelSlices(dict(rgb=(0, 2), flow=(2, 5)))
    array = np.arange(10.0).reshape(2, 5)
    np.testing.assert_array_equal(slices.cut(array, 'flow', 'f'), array[:, 2:5])
    assert slices.shape((2, 5), 'rgb', 'f') == (2, 2)
    for width, modality in ((4, 'flow'), (5, 'audio')):
        with pytest.raises(InputError, match='slice'):
            slices.shape((2, width), modality, 'f')


@pytest.mark.parametrize('pair', [(3, 3), (-1, 2), (1,), (0, 1.5)])
def test_wrong_pairs(pair):
    with pytest.raises(InputError, match='slices'):
        ChannelSlices(dict(rgb=pair))
