import pickle

import numpy as np
import pytest

from mmacl.datasets.stores.channel_slices import ChannelSlices, LastRead
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


def test_parts_are_read_once_and_never_shared():
    reads = []

    def read():
        reads.append(np.arange(10.0).reshape(2, 5))
        return reads[-1]

    slices = ChannelSlices(dict(rgb=(0, 2), flow=(2, 5)))
    rgb, flow = (slices.take('a', modality, 'f', read) for modality in ('rgb', 'flow'))
    assert len(reads) == 1
    rgb[:] = -1
    assert flow.min() == 2
    first = slices.take('a', 'rgb', 'f', read)
    first[:] = -1
    assert slices.take('a', 'rgb', 'f', read).min() == 0
    overlapping = ChannelSlices(dict(both=(0, 5), flow=(2, 5)))
    overlapping.take('a', 'both', 'f', read)[:] = -1
    assert overlapping.take('a', 'flow', 'f', read).min() == 2
    with pytest.raises(InputError, match='no slice for modality'):
        slices.take('a', 'audio', 'f', read)
    assert ChannelSlices(None).take('a', 'rgb', 'f', read).shape == (2, 5)


def test_each_part_is_handed_out_once():
    calls = []

    def read():
        calls.append(1)
        return np.zeros((1, 1))

    last = pickle.loads(pickle.dumps(LastRead(2)))
    assert last.get('a', 'rgb', read) is last.get('a', 'flow', read)
    assert len(calls) == 1
    first = last.get('a', 'rgb', read)
    assert last.get('a', 'rgb', read) is not first
    assert len(calls) == 3
    last.get('b', 'flow', read)
    last.get('a', 'flow', read)
    assert len(calls) == 5


def test_nothing_is_kept_when_all_parts_were_handed_out():
    last = LastRead(1)
    assert last.get('a', 'rgb', lambda: np.zeros((1, 1))) is not last.get('a', 'rgb', lambda: np.zeros((1, 1)))
    assert last._local.features is None
