import pickle

import numpy as np

from mmacl.datasets.stores.last_read import LastRead


def test_the_second_request_reads_nothing():
    calls = []

    def read(key):
        calls.append(key)
        return np.zeros((1, 1))

    last = pickle.loads(pickle.dumps(LastRead(2)))
    assert last.get('a', read) is last.get('a', read)
    last.get('b', read)
    last.get('a', read)
    assert calls == ['a', 'b', 'a']
