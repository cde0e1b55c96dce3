import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.datasets.stores import npy_file
from mmacl.datasets.stores.npy_file import USUAL_BYTES, parse_npy_header, read_npy_features, read_npy_shape
from mmacl.utils import InputError
from tests.examples import examples

RNG = np.random.default_rng(0)


def save(tmp_path, array, **kwargs):
    np.save(tmp_path / 'v.npy', array, **kwargs)
    return str(tmp_path / 'v.npy')


@pytest.mark.parametrize('dtype', ['<f2', '<f4', '<f8', '>f4', '>f8', '>f2'])
@pytest.mark.parametrize('shape', [(1, 3), (10_000, 2), (7, 5)])
@pytest.mark.parametrize('fortran', [False, True])
def test_reads_floats_of_any_order(tmp_path, dtype, shape, fortran):
    array = RNG.standard_normal(shape).astype(dtype)
    path = save(tmp_path, np.asfortranarray(array) if fortran else array)
    features = read_npy_features(path)
    expected = array.astype(np.float16 if dtype.endswith('2') else np.float32)
    assert features.dtype == expected.dtype
    assert features.dtype.isnative
    assert features.flags.c_contiguous
    np.testing.assert_array_equal(features, expected)
    assert read_npy_shape(path) == shape


def test_reads_the_second_version_of_the_format(tmp_path):
    with open(tmp_path / 'v.npy', 'wb') as file:
        np.lib.format.write_array(file, np.ones((2, 3), np.float32), version=(2, 0))
    assert read_npy_shape(str(tmp_path / 'v.npy')) == (2, 3)
    np.testing.assert_array_equal(read_npy_features(str(tmp_path / 'v.npy')), np.ones((2, 3)))


@pytest.mark.parametrize(
    ('array', 'says'),
    [
        (np.ones(5, np.float32), r'shape \(5,\) is not \(T, D\)'),
        (np.ones((2, 3, 4), np.float32), r'shape \(2, 3, 4\) is not'),
        (np.float32(3), r'shape \(\) is not'),
        (np.ones((0, 4), np.float32), r'shape \(0, 4\) holds no snippet'),
        (np.ones((4, 0), np.float32), r'shape \(4, 0\) holds no snippet'),
        (np.ones((2, 3), np.int64), 'dtype int64 is not float16'),
        (np.ones((2, 3), bool), 'dtype bool is not'),
        (np.ones((2, 3), np.complex64), 'dtype complex64 is not'),
        (np.full((2, 3), 'x'), 'dtype <U1 is not'),
        (np.ones((2, 3), [('a', 'f4')]), 'dtype .* is not float16'),
        (np.array([[1.0, None]], dtype=object), 'dtype object, which is a pickle'),
    ],
)
@pytest.mark.parametrize('read', [read_npy_shape, read_npy_features])
def test_refuses_other_arrays_from_the_header(tmp_path, array, says, read):
    with pytest.raises(InputError, match=says) as error:
        read(save(tmp_path, array))
    assert 'v.npy' in str(error.value)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    ('damage', 'says'),
    [
        (lambda content: b'', r'empty file \(0 bytes\)'),
        (lambda content: content[:4], 'not a .npy file, or truncated'),
        (lambda content: content[:40], 'not a .npy file, or truncated'),
        (lambda content: content[:-1], 'truncated, 223 bytes of the 224 that'),
        (lambda content: content[:128], 'truncated, 128 bytes'),
        (lambda content: b'PK\x03\x04' + content, 'not a .npy file'),
        (lambda content: content.replace(b"'descr'", b"'d\nscr'"), 'not a .npy file'),
        (lambda content: content.replace(b'(6, 4)', b'(-6,-4)').replace(b'}  ', b'} ', 1), 'holds no snippet'),
        (lambda content: content.replace(b'\x01\x00', b'\x09\x00', 1), 'not a .npy file'),
    ],
)
@pytest.mark.parametrize('read', [read_npy_shape, read_npy_features])
def test_refuses_damaged_files(tmp_path, damage, says, read):
    buffer = io.BytesIO()
    np.save(buffer, np.ones((6, 4), np.float32))
    (tmp_path / 'v.npy').write_bytes(damage(buffer.getvalue()))
    with pytest.raises(InputError, match=says) as error:
        read(str(tmp_path / 'v.npy'))
    assert '\n' not in str(error.value)


def test_refuses_what_cannot_be_opened(tmp_path):
    for read in (read_npy_shape, read_npy_features):
        with pytest.raises(InputError, match='cannot be read'):
            read(str(tmp_path))


@pytest.mark.parametrize(('value', 'kind'), [(np.nan, 'NaN'), (np.inf, 'infinite'), (-np.inf, 'infinite')])
def test_tells_where_values_are_not_finite(tmp_path, value, kind):
    array = np.ones((9, 4), np.float32)
    array[[3, 5, 5], [0, 1, 2]] = value
    path = save(tmp_path, array)
    assert read_npy_shape(path) == (9, 4)
    with pytest.raises(InputError, match=rf'v\.npy: {kind}.* in 2 of 9 snippets, first in snippet 3 \(3, 5\); '):
        read_npy_features(path)


def test_float64_beyond_float32_is_infinite(tmp_path):
    with pytest.raises(InputError, match='infinite values in 1 of 2 snippets'):
        read_npy_features(save(tmp_path, np.array([[1.0], [1e60]])))


def parse(content):
    file = io.BytesIO(content)
    return parse_npy_header(file.read(USUAL_BYTES), file, 'f')


def header(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


@pytest.mark.parametrize('dtype', ['<f2', '<f4', '<f8', '>f4'])
@pytest.mark.parametrize('shape', [(1, 1), (327, 1024), (99_999, 1)])
@pytest.mark.parametrize('order', ['C', 'F'])
def test_both_ways_of_reading_agree(dtype, shape, order, monkeypatch):
    content = header(np.zeros(shape, dtype, order=order))
    found = parse(content)
    assert found.shape == shape
    assert found.dtype == np.dtype(dtype)
    assert found.size + found.num_bytes == len(content)
    assert np.zeros(shape, order='F' if found.fortran_order else 'C').flags.f_contiguous or order == 'C'
    monkeypatch.setattr(npy_file, '_USUAL', npy_file.re.compile(b'never'))
    assert parse(content) == found


def test_the_usual_header_is_read_without_numpy(monkeypatch):
    monkeypatch.setattr(npy_file, '_READERS', {})
    assert parse(header(np.zeros((5, 4), np.float32))).shape == (5, 4)
    with pytest.raises(InputError):
        parse(header(np.zeros((5, 4), np.float32), (2, 0)))


def test_other_versions_and_long_headers(tmp_path):
    found = parse(header(np.zeros((5, 4), np.float32), (2, 0)))
    assert (found.shape, found.size) == ((5, 4), 128)
    content = header(np.zeros((5, 4), np.float32))
    longer = content[:8] + (118 + 64).to_bytes(2, 'little') + content[10:127] + b' ' * 64 + content[127:]
    found = parse(longer)
    assert (found.shape, found.size, found.size + found.num_bytes) == ((5, 4), 192, len(longer))


@examples(300)
@given(st.data())
def test_damaged_headers_are_refused_or_mean_what_numpy_says(data):
    content = bytearray(header(np.zeros((12, 3), np.float32)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, 100))
        content[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    try:
        found = parse(bytes(content))
    except InputError:
        return
    stream = io.BytesIO(bytes(content))
    version = np.lib.format.read_magic(stream)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    assert read(stream) == found[:3]
    assert stream.tell() == found.size
