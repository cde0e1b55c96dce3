"""Pickles made to do harm: bytes changed at random, instructions at random, and bombs."""

import os
import pickle
import struct
import time
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from mmacl.datasets.untrusted.restricted_pickle import read_object_array
from mmacl.utils import InputError
from tests.examples import examples

FUZZ = examples(400, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(folder, payload, shape=(2,)):
    path = folder / 'a.npy'
    with path.open('wb') as file:
        np.lib.format.write_array_header_1_0(file, dict(descr='|O', fortran_order=False, shape=shape))
        file.write(payload)
    return path


def read(folder, payload, shape=(2,)):
    """The array, or None where it is refused as it should be."""
    path, message = write(folder, payload, shape), None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            found = read_object_array(path)
    except InputError as error:
        message = str(error)
    assert [item.name for item in folder.iterdir()] == ['a.npy']
    if message is not None:
        assert message.startswith(f'{path}: ')
        assert message.isprintable()
        assert len(message) < len(str(path)) + 400
        return None
    assert isinstance(found, np.ndarray)
    repr(found.tolist())
    return found


def sample():
    array = np.empty(2, dtype=object)
    array[:] = [np.arange(2000.0), ['x', b'y', 1, (2.5, None), np.float32(3), np.array(['a', 'bc'])]]
    return array


def text(value):
    return b'\x8c' + bytes([len(value)]) + value.encode()


def number(value):
    """LONG4."""
    raw = value.to_bytes(value.bit_length() // 8 + 1, 'little')
    return b'\x8b' + struct.pack('<I', len(raw)) + raw


def name(module, attribute):
    return f'c{module}\n{attribute}\n'.encode()


NDARRAY, DTYPE = name('numpy', 'ndarray'), name('numpy', 'dtype')
RECONSTRUCT = name('numpy.core.multiarray', '_reconstruct')
ENCODE, FROM_BUFFER = name('_codecs', 'encode'), name('numpy._core.numeric', '_frombuffer')
F4, OBJECT = (DTYPE + text(code) + b'\x85R' for code in ('f4', 'O8'))
EMPTY = RECONSTRUCT + NDARRAY + b'K\x00\x85C\x01b\x87R'
SEEDS = [pickle.dumps(sample(), protocol) for protocol in range(6)]

ATOMS = [
    b'N', b'\x88', b'K\x00', b'K\x02', b'K\xff',
    b'J\xff\xff\xff\xff', b'I-5\n', b'I01\n', b'G@\x00\x00\x00\x00\x00\x00\x00',
    text('f4'), text('O8'), text('U1'), text('<'), text('>'), text('C'), text('latin1'), text('a/../b'), b'C\x04abcd',
    b'U\x04\xff\xff\xff\xff', b'\x96\x04\x00\x00\x00\x00\x00\x00\x00abcd', b']', b')', b"S'ab'\n",
    b'V\\u1234\n', b'F1e999\n',
    number(10**30),
]  # fmt: skip
STEPS = [
    b'(',
    b'a',
    b'e',
    b'l',
    b't',
    b'\x85',
    b'\x86',
    b'\x87',
    b'R',
    b'b',
    b'\x94',
    b'h\x00',
    b'h\x01',
    b'q\x00',
    b'\x93',
]
PIECES = [
    F4, OBJECT, EMPTY, DTYPE + text('U1') + b'\x85R', EMPTY + b'(K\x01K\x01\x85' + F4 + b'\x89C\x04abcdtb',
    EMPTY + b'(K\x01K\x02\x85' + OBJECT + b'\x89](NK\x01etb', F4 + b'(K\x03' + text('>') + b'NNNK\x00K\x00K\x00tb',
    FROM_BUFFER + b'(C\x08abcdefgh' + F4 + b'K\x02\x85' + text('C') + b'tR',
    ENCODE + text('ab') + text('latin1') + b'\x86R',
]  # fmt: skip
EVIL = [
    name('posix', 'mkdir') + text('made') + b'\x85R', name('builtins', 'exec') + text('raise SystemExit') + b'\x85R',
    b'(ios\nmkdir\n', b'(cos\nabort\no', b'}', b's', b'\x8f', b'\x81', b'\x82\x01', b'Pabc\n', b'Q', b'\x97', b'\x98',
    b'0', text('os') + text('abort') + b'\x93)R', b'P0:4\n',
]  # fmt: skip


@FUZZ
@given(data=st.data())
def test_changed_bytes(tmp_path, data):
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, min(len(content), 400)))
        cut = data.draw(st.integers(0, 3))
        content[place : place + cut] = data.draw(st.binary(max_size=4) | st.sampled_from([*ATOMS, *STEPS, *EVIL]))
    read(tmp_path, bytes(content))


@FUZZ
@given(
    instructions=st.lists(st.sampled_from([*PIECES * 3, *ATOMS, *STEPS * 2, *EVIL]), max_size=30),
    protocol=st.sampled_from([b'', b'\x80\x02', b'\x80\x04', b'\x80\x05']),
    shape=st.sampled_from([(), (1,), (2,), (1, 1)]),
)
def test_instructions_at_random(tmp_path, instructions, protocol, shape):
    read(tmp_path, protocol + b''.join(instructions) + b'.', shape)


@pytest.mark.parametrize('stop', [*range(0, 60, 3), 0.3, 0.7, -1])
@pytest.mark.parametrize('seed', SEEDS)
def test_truncated(tmp_path, seed, stop):
    assert read(tmp_path, seed[: int(stop * len(seed)) if isinstance(stop, float) else stop]) is None


def laughs(leaf=b'K\x01', width=40, levels=12):
    """A list of lists of lists ..., each of which stands in the next one many times."""
    stream = b'](' + leaf * width + b'e'
    for level in range(levels):
        stream = b'](' + stream + b'\x94' + (b'h' + bytes([level])) * (width - 1) + b'e'
    return stream


def array(raw, dtype, shape, order=b'\x8c\x01C'):
    """A call that makes an array."""
    return FROM_BUFFER + b'(' + raw + dtype + shape + order + b'tR'


def objects(values, count=2):
    """An array of objects."""
    return EMPTY + b'(K\x01J' + struct.pack('<i', count) + b'\x85' + OBJECT + b'\x89' + values + b'tb'


A_MILLION = b'J' + struct.pack('<i', 10**6) + b'\x85'
LONG_STRING = b'X' + struct.pack('<I', 10**6) + b'a' * 10**6 + b'\x94'
HUGE_NUMBER = number(1 << (8 * 10**6)) + b'\x94'
HUNDRED_MB = number(10**8) + b'\x85'
BYTES = name('builtins', 'bytes')
S1, U1, U8 = (DTYPE + text(code) + b'\x85R' for code in ('S1', 'U1', 'u1'))
BOMBS = {
    'shape of huge numbers': HUGE_NUMBER + array(b'C\x00', F4, b'(' + b'h\x00' * 16 + b't') + b'.',
    'list of lists': objects(b'](' + laughs() + b'Ne') + b'.',
    'dtype called like a list of lists': DTYPE + laughs() + b'\x85R.',
    'shape with a list of lists': array(b'C\x00', F4, laughs() + b'\x85') + b'.',
    'order that is a list of lists': array(b'C\x00', F4, b'K\x00\x85', laughs()) + b'.',
    'state that is a list of lists': EMPTY + laughs() + b'b.',
    'one list in many arrays': b'](' + b'N' * 20_000 + b'e\x94](' + objects(b'h\x00', 20_000) * 2000 + b'e.',
    'one string in many arrays': LONG_STRING + b'(' + (ENCODE + b'h\x00' + text('latin1') + b'\x86R') * 2000 + b't.',
    'one string of Python 2 in many arrays': LONG_STRING + b'(' + array(b'h\x00', S1, A_MILLION) * 500 + b't.',
    'an empty array of absurd shape': array(b'C\x00', F4, b'(K\x00' + number(2**62) + b't') + b'.',
    'a long line': b'S' + b"'" + b'a' * 10**7,
    'a long number': b'I' + b'9' * 10**6 + b'\n.',
    'a far place in the memo': b'Nr\xff\xff\xff\x7f.',
    'a long string that is not there': b'\x8d\xff\xff\xff\xff\xff\xff\x00\x00.',
    'bytes that change under an array': (
        b'\x96\x08\x00\x00\x00\x00\x00\x00\x00abcdefgh\x94' + array(b'h\x00', F4, b'K\x02\x85') + b'h\x00K\x01a.'
    ),
    'bytes out of a number': objects(b'](' + array(BYTES + HUNDRED_MB + b'R', U8, HUNDRED_MB) * 2 + b'e') + b'.',
    'values within themselves': b']\x94h\x00a.',
    'nested deep': b')' + b'\x85' * 10**5 + b'.',
    'names of two lines': text('os\nerror: all is well') + text('\x1b[2J') + b'\x93.',
    'characters that do not exist': array(b'C\x08' + b'\xff' * 8, U1, b'K\x02\x85') + b'.',
    'its own outside references': b'P0:100\n.',
    'extensions': b'\x82\x01.',
}


@pytest.mark.parametrize('bomb', BOMBS)
def test_bombs(tmp_path, bomb):
    write(tmp_path, BOMBS[bomb])
    tracemalloc.start()
    start = time.process_time()
    try:
        assert read(tmp_path, BOMBS[bomb]) is None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 5
    assert peak < 12 * len(BOMBS[bomb]) + 30e6


def test_too_many_instructions(tmp_path, monkeypatch):
    payload = pickle.dumps(np.array([[1] * 3000, None], dtype=object))
    assert read(tmp_path, payload) is not None
    monkeypatch.setattr('mmacl.datasets.untrusted.restricted_pickle._MAX_INSTRUCTIONS', 1000)
    assert read(tmp_path, payload) is None


def test_a_line_of_200_mb_is_not_read(tmp_path):
    path = write(tmp_path, b'\x80\x02c')
    with path.open('r+b') as file:
        file.truncate(200 * 10**6)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match='a line of more than'):
            read_object_array(path)
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    'header', [b'{', b"{'descr': '|O', 'shape': (" + b'(' * 5000, b"{'descr': '|O'\n(", b'\xff' * 100]
)
def test_damaged_headers(tmp_path, header):
    path = tmp_path / 'a.npy'
    path.write_bytes(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header)
    with pytest.raises(InputError) as error:
        read_object_array(path)
    assert str(error.value).isprintable()
    os.unlink(path)


@pytest.mark.parametrize('array', [np.frombuffer(b'\xff' * 8, 'U1'), np.frombuffer(b'\xff' * 8, '>U2')])
def test_plain_arrays_of_characters_that_do_not_exist(tmp_path, array):
    np.save(tmp_path / 'a.npy', array)
    with pytest.raises(InputError, match='does not exist'):
        read_object_array(tmp_path / 'a.npy')
