import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmacl.datasets.stores import npy_header
from mmacl.datasets.stores.npy_header import USUAL_BYTES, parse_npy_header
from mmacl.utils import InputError


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
    monkeypatch.setattr(npy_header, '_USUAL', npy_header.re.compile(b'never'))
    assert parse(content) == found


def test_the_usual_header_is_read_without_numpy(monkeypatch):
    monkeypatch.setattr(npy_header, '_READERS', {})
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


@settings(max_examples=300, deadline=None)
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
