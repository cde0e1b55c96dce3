"""Work that several processes share."""

from __future__ import annotations

import filelock

from mmacl.utils.take_turns import take_turns


def test_what_others_hold_comes_last_and_every_lock_is_free_at_the_end(tmp_path):
    def locks(item, kinds=('a', 'b')):
        return [filelock.FileLock(tmp_path / f'{item}-{kind}', is_singleton=False) for kind in kinds]

    def is_free(item):
        try:
            for lock in locks(item):
                with lock.acquire(timeout=0):
                    pass
        except filelock.Timeout:
            return False
        return True

    elsewhere = locks(1, 'b')[0]
    elsewhere.acquire()
    seen = []
    for item in take_turns(range(4), locks):
        seen.append(item)
        assert not is_free(item)
        if item == 3:
            elsewhere.release()
    assert seen == [0, 2, 3, 1]
    assert all(map(is_free, range(4)))


def test_a_failure_frees_the_locks(tmp_path):
    lock = filelock.FileLock(tmp_path / 'lock')
    turns = take_turns([1], lambda _: [lock])
    assert next(turns) == 1
    assert lock.is_locked
    turns.close()
    assert not lock.is_locked
