"""One holder at a time, however it ends."""

from __future__ import annotations

import subprocess
import sys

from mmacl.runs.work_dir_lock import WorkDirLock


def test_a_second_one_is_refused_until_the_first_lets_go(tmp_path):
    lock = WorkDirLock.take(tmp_path / 'new' / 'work')
    assert lock is not None
    assert WorkDirLock.take(tmp_path / 'new' / 'work') is None
    assert WorkDirLock.take(tmp_path / 'other') is not None
    lock.release()
    assert WorkDirLock.take(tmp_path / 'new' / 'work') is not None


def test_a_child_that_inherits_it_holds_it_until_it_is_killed(tmp_path):
    lock = WorkDirLock.take(tmp_path)
    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], pass_fds=[lock.fileno()])
    lock.release()
    assert WorkDirLock.take(tmp_path) is None
    child.kill()
    child.wait()
    assert WorkDirLock.take(tmp_path) is not None
