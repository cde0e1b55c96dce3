import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.datasets.stores import check_finite, check_shape
from mmacl.datasets.stores.feature_checks import as_features, check_claim
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


def test_rounds_and_refuses():
    assert as_features(np.ones((2, 3)), 'f').dtype == np.float32
    assert as_features(np.ones((2, 3), np.float16), 'f').dtype == np.float16
    for array in (np.ones(3), np.ones((2, 3), int), np.full((2, 3), np.nan), np.full((2, 3), np.inf, np.float16)):
        with pytest.raises(InputError, match='f: '):
            as_features(array, 'f')
    with pytest.raises(InputError, match='4 GB'):
        check_claim((10**9, 10**3), np.dtype('f4'), 'f')


@pytest.mark.parametrize(
    ('shape', 'advice'),
    [
        ((8, 10, 6), 'features.mean(axis=1)'),
        ((8, 5, 6), 'features.mean(axis=1)'),
        ((10, 8, 6), 'features.mean(axis=0)'),
        ((4, 12, 9, 1, 1), 'features.squeeze((3, 4)).transpose(0, 2, 1).reshape(-1, D)'),
        ((4, 12, 9, 7, 7), 'features.mean((3, 4)).transpose(0, 2, 1).reshape(-1, D)'),
        ((1, 8, 6), 'features.squeeze(0)'),
        ((8, 6, 1, 1), 'features.squeeze((2, 3))'),
        ((8, 6, 7, 7), 'features.mean(axis=(2, 3))'),
        ((6,), 'features[None]'),
    ],
)
def test_the_shapes_of_public_extractors_come_with_advice_that_works(shape, advice):
    with pytest.raises(InputError) as error:
        check_shape(shape, 'f')
    assert error.value.kind == 'shape'
    assert advice in error.value.remedy
    features = np.zeros(shape)
    result = eval(advice, {'features': features, 'D': (*shape, 0)[1]})
    assert result.ndim == 2
    assert result.shape[1] in shape


@pytest.mark.parametrize('shape', [(0, 4), (0,), (4, 0)])
def test_a_video_shorter_than_a_snippet(shape):
    with pytest.raises(InputError, match='holds no snippet; the video may be shorter than a snippet') as error:
        check_shape(shape, 'f')
    assert error.value.kind == 'no snippet'
