import io
import os
import pickle

import numpy as np
import pytest

from mmacl.datasets.untrusted.restricted_pickle import read_object_array
from mmacl.utils import InputError


def write(path, payload: bytes, shape=(1,)):
    with path.open('wb') as file:
        np.lib.format.write_array_header_1_0(file, dict(descr='|O', fortran_order=False, shape=shape))
        file.write(payload)
    return path


class Evil:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.system, (f'touch {self.target}',)


def sample():
    array = np.empty(3, dtype=object)
    array[:] = [np.arange(6000, dtype=np.float32).reshape(3, 2000), [1, 'a', b'x', 2.5, np.float64(3)], None]
    return array


@pytest.mark.parametrize('protocol', [2, 3, 4, 5])
@pytest.mark.parametrize('core', ['numpy.core', 'numpy._core'])
def test_reads_what_numpy_1_and_2_write(tmp_path, protocol, core):
    payload = pickle.dumps(sample(), protocol=protocol)
    if protocol < 4:  # names are lines of text there
        payload = payload.replace(b'numpy._core', b'numpy.core').replace(b'numpy.core', core.encode())
    first, second, third = read_object_array(write(tmp_path / 'a.npy', payload, (3,)))
    np.testing.assert_array_equal(first, sample()[0])
    assert second == [1, 'a', b'x', 2.5, 3.0]
    assert third is None


@pytest.mark.parametrize('place', ['root', 'inside'])
def test_code_is_refused_and_not_run(tmp_path, place):
    target = tmp_path / 'executed'
    value = Evil(target)
    if place == 'inside':
        value = np.array([Evil(target), None], dtype=object)
    path = write(tmp_path / 'evil.npy', pickle.dumps(value), (2,))
    with pytest.raises(InputError, match='refused') as error:
        read_object_array(path)
    assert '\n' not in str(error.value)
    assert not target.exists()


def nested():
    value = []
    value.append(value)
    return np.array([value, None], dtype=object)


@pytest.mark.parametrize(
    'payload',
    [
        pickle.dumps(sample())[:-100],
        b'\x80\x04]r\xff\xff\xff\x7f.',
        b'\x80\x04\x8e\xff\xff\xff\xff\xff\x00\x00\x00.',
        b'cbuiltins\neval\n(S"1"\ntR.',
        b'cnumpy\nndarray\n)R(I1\n(I1000000000000\ntcnumpy\ndtype\n(S"f4"\ntRI00\nS""\ntb.',
        pickle.dumps(nested()),
        pickle.dumps(np.array([{}, None], dtype=object)),
    ],
)
def test_absurd_content_is_refused_in_one_line(tmp_path, payload):
    with pytest.raises(InputError) as error:
        read_object_array(write(tmp_path / 'a.npy', payload, (2,)))
    assert '\n' not in str(error.value)


def test_plain_arrays_need_no_pickle(tmp_path):
    np.save(tmp_path / 'a.npy', np.array([b'x', b'yz']))
    assert read_object_array(tmp_path / 'a.npy').tolist() == [b'x', b'yz']
    stream = io.BytesIO()
    np.save(stream, np.arange(100))
    (tmp_path / 'cut.npy').write_bytes(stream.getvalue()[:-9])
    with pytest.raises(InputError, match=r'cut\.npy'):
        read_object_array(tmp_path / 'cut.npy')
