import pickle

import numpy as np

from mmacl.datasets.stores.last_read import LastRead


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
