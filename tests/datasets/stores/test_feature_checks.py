import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize('dtype', ['f2', 'f4', 'f8'])
@given(bits=st.lists(st.integers(0, 2**64 - 1), min_size=6, max_size=6), order=st.sampled_from('CF'))
def test_every_pattern_of_bits(dtype, bits, order):
    features = np.array(bits, dtype=np.uint64).astype(f'u{dtype[1]}').view(dtype).reshape(3, 2)
    features = np.asarray(features, order=order)
    try:
        check_finite(features, 'f')
    except InputError:
        assert not np.isfinite(features).all()
    else:
        assert np.isfinite(features).all()


def test_every_half_number():
    values = np.arange(2**16, dtype=np.uint16).view(np.float16)
    for value in values[::7]:
        fine = True
        try:
            check_finite(np.full((1, 1), value), 'f')
        except InputError:
            fine = False
        assert fine == np.isfinite(value)


def test_squares_that_overflow_are_finite():
    check_finite(np.full((100, 100), 3e38, np.float32), 'f')
    with pytest.raises(InputError, match='NaN in 1 of 100'):
        check_finite(np.where(np.eye(100, k=-99) > 0, np.nan, np.float32(3e38)), 'f')
