import os
import pickle

import numpy as np
import pytest

from mmacl.datasets.stores.file_arrays import ArrayPlace, FileMemo, FileStamp
from mmacl.utils import InputError


@pytest.mark.parametrize('dtype', ['<f4', '>f4', '<f2', '<f8'])
@pytest.mark.parametrize('fortran_order', [False, True])
def test_reads_what_lies_there(tmp_path, dtype, fortran_order):
    array = np.arange(15.0).reshape(5, 3).astype(dtype)
    path = str(tmp_path / 'a')
    with open(path, 'wb') as file:
        file.write(b'1234567' + array.tobytes('F' if fortran_order else 'C') + b'89')
    stamp = FileStamp.of(os.stat(path))
    place = ArrayPlace(7, (5, 3), np.dtype(dtype), fortran_order)
    assert place.stop == 7 + array.nbytes
    found, finite = place.read_from(path, stamp, 'f')
    assert finite == (dtype in ('<f4', '<f2'))
    np.testing.assert_array_equal(found, array)
    assert found.flags.writeable
    assert (found.dtype, found.shape) == (array.dtype, (5, 3))


def test_a_file_that_changed_or_ends_too_early_is_refused(tmp_path):
    path = str(tmp_path / 'a')
    place = ArrayPlace(0, (2, 3), np.dtype('f4'))
    for content, says in ((b'x' * 24, None), (b'x' * 23, 'truncated'), (b'', 'truncated')):
        with open(path, 'wb') as file:
            file.write(content)
        stamp = FileStamp.of(os.stat(path))
        if says is None:
            place.read_from(path, stamp, 'f')
            with pytest.raises(InputError, match='changed while it was read'):
                place.read_from(path, stamp._replace(modified=0), 'f')
        else:
            with pytest.raises(InputError, match=says):
                place.read_from(path, stamp, 'f')
    with pytest.raises(InputError, match='cannot be read'):
        place.read_from(str(tmp_path / 'none'), stamp, 'f')


@pytest.mark.parametrize('row', [0, 1299, 2599])
def test_every_piece_is_looked_at(tmp_path, row):
    array = np.ones((2600, 300), np.float32)
    place = ArrayPlace(0, array.shape, array.dtype)
    for value, expected in ((3.0, True), (np.nan, False), (-np.inf, False)):
        array[row, 7] = value
        array.tofile(tmp_path / 'a')
        with open(tmp_path / 'a', 'rb', buffering=0) as file:
            found, finite = place.read(file, 'f')
        assert finite is expected
        np.testing.assert_array_equal(found, array)


class Looking:
    def __init__(self):
        self.calls = 0

    def __call__(self, path):
        self.calls += 1
        return self.calls


@pytest.mark.parametrize('in_one_process', [False, True])
def test_looks_again_only_when_the_file_changed(tmp_path, in_one_process):
    path, look = tmp_path / 'a', Looking()
    path.write_text('one')
    memo = FileMemo(in_one_process)
    assert [memo.get(str(path), look)[0] for _ in range(3)] == [1, 1, 1]
    path.write_text('three')
    found, stamp = memo.get(str(path), look)
    assert (found, stamp.size) == (2, 5)
    other = tmp_path / 'b'
    other.write_text('third')
    os.utime(other, ns=(stamp.modified, stamp.modified))
    other.replace(path)
    assert memo.get(str(path), look)[0] == 3
    with pytest.raises(FileNotFoundError):
        memo.get(str(tmp_path / 'none'), look)


def test_travels_empty_and_knows_its_process(tmp_path, monkeypatch):
    path = tmp_path / 'a'
    path.write_text('x')
    for in_one_process, expected in ((False, 1), (True, 2)):
        look = Looking()
        memo = pickle.loads(pickle.dumps(FileMemo(in_one_process)))
        memo.get(str(path), look)
        monkeypatch.setattr(os, 'getpid', lambda: -1)
        assert memo.get(str(path), look)[0] == expected
        monkeypatch.undo()
        assert pickle.loads(pickle.dumps(memo)).get(str(path), look)[0] == expected + 1
