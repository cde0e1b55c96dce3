import numpy as np
import pytest

from mmacl.datasets.stores.plain_features import as_features, check_claim
from mmacl.utils import InputError


def test_rounds_and_refuses():
    assert as_features(np.ones((2, 3)), 'f').dtype == np.float32
    assert as_features(np.ones((2, 3), np.float16), 'f').dtype == np.float16
    for array in (np.ones(3), np.ones((2, 3), int), np.full((2, 3), np.nan), np.full((2, 3), np.inf, np.float16)):
        with pytest.raises(InputError, match='f: '):
            as_features(array, 'f')
    with pytest.raises(InputError, match='4 GB'):
        check_claim((10**9, 10**3), np.dtype('f4'), 'f')
