import pickle

import numpy as np
import pytest

from mmacl.datasets.untrusted.pickled_values import MAX_DEPTH, MAX_SIZE, Makers, RefusedError, check_text, finished


def makers(num_bytes=100, num_values=100):
    return Makers(num_bytes, num_values)


def dtype(name):
    return makers().find('numpy', 'dtype')(name)


@pytest.mark.parametrize(
    'name', [('os', 'system'), ('builtins', 'eval'), ('numpy', 'load'), ('numpy', 'ndarray.tofile'), ('numpy\nx', 'y')]
)
def test_finds_a_short_list_of_names(name):
    with pytest.raises(RefusedError, match='it would load') as error:
        makers().find(*name)
    assert '\n' not in str(error.value)
    assert makers().find('numpy.core.multiarray', '_reconstruct') is not None
    assert not hasattr(makers().find('numpy', 'ndarray'), '__dict__')


def test_bytes_are_made_of_nothing_else():
    for module in ('builtins', '__builtin__'):
        make = makers().find(module, 'bytes')
        assert make() == b''
        for argument in (10**9, [1, 2], b'ab'):
            with pytest.raises(RefusedError, match='bytes made of'):
                make(argument)


@pytest.mark.parametrize('name', ['V8', 'M8', 'f4,f4', 'object', 'f4\n', 'S0', 'S99999999', b'f4', 3, ['f4']])
def test_other_dtypes_are_refused(name):
    with pytest.raises(RefusedError, match='dtype'):
        dtype(name)


def array(raw, name, shape, owner=None, order='C'):
    return (owner or makers()).find('numpy._core.numeric', '_frombuffer')(raw, dtype(name), shape, order)


def test_values_must_be_as_many_as_the_shape_says():
    assert finished(array(b'12345678', 'i2', (2, 2))).shape == (2, 2)
    for raw, name, shape in (
        (b'1234567', 'i2', (2, 2)),
        (b'', 'i2', (-1, 0)),
        (b'', 'i2', (0, 2**60)),
        (b'12', 'i1', (2.0,)),
        (b'1', 'i1', (True,)),
        ([1], 'O', (2,)),
        (b'12', 'O', (2,)),
        ([1, 2], 'i1', (2,)),
        (b'12', 'i1', [2]),
        (b'1', 'i1', (1,) * 17),
    ):
        with pytest.raises(RefusedError):
            array(raw, name, shape)


def test_what_is_repeated_is_counted():
    owner = makers(num_bytes=10, num_values=10)
    array('12345', 'S5', (1,), owner)
    array(bytearray(b'12345'), 'S5', (1,), owner)
    with pytest.raises(RefusedError, match='strings too often'):
        array('1', 'S1', (1,), owner)
    array([0] * 10, 'O', (10,), owner)
    with pytest.raises(RefusedError, match='values too often'):
        array([0], 'O', (1,), owner)


def test_bytes_that_could_still_change_are_copied():
    raw = bytearray(b'1234')
    found = array(raw, 'S4', (1,))
    raw[:] = b'xxxxxxxxx'  # would fail if the array looked at them
    assert finished(found).tolist() == [b'1234']


def test_size_is_that_of_the_value_written_out():
    value = ['x']
    for _ in range(5):
        value = [value] * 3
    assert finished(value) == value
    for _ in range(MAX_DEPTH - 6):
        value = [value] * 1000
    with pytest.raises(RefusedError, match='repeats its values'):
        finished(value)
    with pytest.raises(RefusedError, match='repeats its values'):
        finished(['x' * (MAX_SIZE // 1000)] * 1001)


def test_depth_and_kinds():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RefusedError, match='nested deeper'):
        finished(deep)
    for value in ({}, {1}, 1j, bytearray(b'x'), memoryview(b'x'), object(), makers().find('numpy', 'ndarray')()):
        with pytest.raises(RefusedError, match='it holds a'):
            finished([value])
    assert finished([None, 1, 2.5, 'a', b'b', True, (np.float32(3),)]) == [None, 1, 2.5, 'a', b'b', True, (3.0,)]


@pytest.mark.parametrize('byteorder', '<>')
def test_characters_that_do_not_exist_are_refused(byteorder):
    good = np.array(['ab', 'ü\U0010ffff'], f'{byteorder}U2')
    check_text(good)
    check_text(np.array('x'))
    check_text(np.zeros((0,), 'U3'))
    wrong = np.frombuffer(b'\xff' * 8, f'{byteorder}U2')
    with pytest.raises(RefusedError, match='does not exist'):
        check_text(wrong)


def test_a_refusal_is_an_error_of_unpickling():
    assert issubclass(RefusedError, pickle.UnpicklingError)
