import numpy as np
import pytest

from mmacl.datasets.stores import check_finite, check_shape
from mmacl.utils import InputError


def test_shape():
    assert check_shape((1, 1), 'f') == (1, 1)
    for shape in ((), (3,), (3, 4, 5), (0, 3), (3, 0), (-1, 3)):
        with pytest.raises(InputError, match='f: shape'):
            check_shape(shape, 'f')


@pytest.mark.parametrize('dtype', [np.float16, np.float32])
def test_finite(dtype):
    features = np.full((5, 3), 6e4, dtype)  # whose sum is beyond float16
    check_finite(features, 'f')
    features[4, 2] = np.inf
    with pytest.raises(InputError, match='f: infinite values in 1 of 5 snippets, first in snippet 4'):
        check_finite(features, 'f')
