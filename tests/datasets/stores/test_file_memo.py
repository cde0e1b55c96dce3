import os
import pickle

import pytest

from mmacl.datasets.stores.file_memo import FileMemo


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
