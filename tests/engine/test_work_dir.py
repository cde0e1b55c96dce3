"""Checkpoints are found, and what an earlier run left is moved, never overwritten."""

from __future__ import annotations

from mmacl.engine.work_dir import find_latest_checkpoint, not_before, set_aside


def test_the_latest_is_that_of_the_highest_epoch_not_of_the_latest_name(tmp_path):
    for name in ('epoch_9.pth', 'epoch_10.pth', 'epoch_best.pth', '.epoch_11.pth.x.tmp', 'last_checkpoint'):
        (tmp_path / name).touch()
    assert find_latest_checkpoint(tmp_path).name == 'epoch_10.pth'


def test_there_may_be_none(tmp_path):
    assert find_latest_checkpoint(tmp_path / 'absent') is None


def test_files_and_folders_are_moved_together(tmp_path):
    for name in ('epoch_3.pth', 'epoch_12.pth', 'notes.txt'):
        (tmp_path / name).write_text(name)
    (tmp_path / 'clusters').mkdir()
    paths = [tmp_path / name for name in ('epoch_3.pth', 'epoch_12.pth', 'clusters', 'absent.py')]
    folder = set_aside(tmp_path, paths)
    assert folder is not None
    assert sorted(path.name for path in folder.iterdir()) == ['clusters', 'epoch_12.pth', 'epoch_3.pth']
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([folder.name, 'notes.txt'])


def test_nothing_to_move_makes_no_folder(tmp_path):
    assert set_aside(tmp_path, [tmp_path / 'absent']) is None
    assert not list(tmp_path.iterdir())


def test_a_resumed_run_keeps_what_it_descends_from(tmp_path):
    for name in ('a/epoch_2.pth', 'b/epoch_1.pth', 'b/epoch_2.pth', 'b/epoch_10.pth'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    here = tmp_path / 'b'
    assert [path.name for path in not_before(here, here / 'epoch_2.pth')] == ['epoch_10.pth']
    assert not_before(here, here / 'epoch_10.pth') == []
    # Resumed from another folder: none of these is its own.
    assert len(not_before(here, tmp_path / 'a' / 'epoch_2.pth')) == 3
