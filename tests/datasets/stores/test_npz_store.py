import numpy as np
import pytest

from mmacl.datasets.stores import MissingFeaturesError, NpzStore
from mmacl.utils import InputError


def test_faults(tmp_path):
    folder = tmp_path / 'features'
    folder.mkdir()
    np.savez(folder / 'a.npz', rgb=np.ones((2, 3)))
    (folder / 'b.npz').write_bytes((folder / 'a.npz').read_bytes()[:-30])
    np.savez(folder / 'c.npz', rgb=np.array([{}], dtype=object))
    store = NpzStore(tmp_path)
    assert store.shape('a', 'rgb') == (2, 3)
    with pytest.raises(MissingFeaturesError):
        store.load('a', 'flow')
    for video in 'bc':
        with pytest.raises(InputError, match=f'{video}.npz') as error:
            store.load(video, 'rgb')
        assert '\n' not in str(error.value)
