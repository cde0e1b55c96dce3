"""One holder at a time, however it ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mmacl.utils import InputError
from mmacl.utils.folder_lock import IN_USE, FolderLock

HOLD = """
import sys, time
from mmacl.utils.folder_lock import FolderLock
with FolderLock(sys.argv[1]):
    print('held', flush=True)
    time.sleep(60)
"""


def test_second_holder_is_refused_until_the_first_releases(tmp_path):
    folder = tmp_path / 'new' / 'work'
    with FolderLock(folder), FolderLock(tmp_path / 'other'), FolderLock(folder, name='second'):
        with pytest.raises(InputError, match=f'in use by process {os.getpid()}; try later') as refused:
            FolderLock(folder, remedy='try later').acquire()
        assert (refused.value.file, refused.value.kind) == (str(folder), IN_USE)
    with FolderLock(folder) as lock:
        lock.acquire()
        assert (folder / 'lock.pid').read_text() == str(os.getpid())
    assert not (folder / 'lock.pid').exists()


def test_killed_holder_frees_the_folder(tmp_path):
    with subprocess.Popen([sys.executable, '-c', HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == 'held\n'
        for _ in range(2):  # a refusal must not lose the process id
            with pytest.raises(InputError, match=f'in use by process {child.pid};'):
                FolderLock(tmp_path).acquire()
        child.kill()
    with FolderLock(tmp_path):
        pass


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / 'work').write_text('')
    with pytest.raises(InputError, match='is a file; name a folder'):
        FolderLock(tmp_path / 'work').acquire()


def test_lock_is_free_where_the_process_id_cannot_be_written(tmp_path):
    (tmp_path / 'lock.pid').mkdir()
    with pytest.raises(IsADirectoryError):
        FolderLock(tmp_path).acquire()
    (tmp_path / 'lock.pid').rmdir()
    with FolderLock(tmp_path):
        pass
