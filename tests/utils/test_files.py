"""Files that are whole or not there."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mmacl.utils import (
    InputError,
    check_can_write,
    is_system_entry,
    write_json_atomically,
    write_text_atomically,
)
from mmacl.utils.files import remove_temporary, temporary_beside, write_bytes_atomically


def test_folders_are_made_and_contents_replaced(tmp_path):
    path = tmp_path / 'new' / 'file.txt'
    write_text_atomically(path, 'Zürich')
    write_text_atomically(path, 'β')
    assert path.read_text(encoding='utf-8') == 'β'
    assert os.listdir(path.parent) == ['file.txt']


def test_a_folder_in_the_way_is_named(tmp_path):
    with pytest.raises(IsADirectoryError) as error:
        write_bytes_atomically(tmp_path, b'new')
    assert error.value.filename == str(tmp_path)


def test_where_nothing_may_be_written_the_file_is_named_and_not_the_temporary_one(tmp_path, monkeypatch):
    def refuse(*_, dir, prefix, suffix):
        raise PermissionError(13, 'Permission denied', f'{dir}/{prefix}abc{suffix}')

    monkeypatch.setattr('tempfile.mkstemp', refuse)
    with pytest.raises(PermissionError) as error:
        write_bytes_atomically(tmp_path / 'report.html', b'new')
    assert error.value.filename == str(tmp_path / 'report.html')


@pytest.mark.parametrize('step', ['fsync', 'replace'])
def test_a_failure_at_any_step_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step):
    path = tmp_path / 'file.bin'
    write_bytes_atomically(path, b'old')

    def fail(*args):
        raise OSError(28, 'disk full')

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match='disk full') as error:
        write_bytes_atomically(path, b'new')
    assert error.value.filename == str(path)
    assert path.read_bytes() == b'old'
    assert os.listdir(tmp_path) == ['file.bin']


def test_the_content_is_on_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    steps, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, 'fsync', lambda handle: steps.append('fsync') or fsync(handle))
    monkeypatch.setattr(os, 'replace', lambda *paths: steps.append('replace') or replace(*paths))
    write_bytes_atomically(tmp_path / 'file.bin', b'new')
    assert steps == ['fsync', 'replace']


def test_permissions_are_those_of_a_new_file(tmp_path):
    mask = os.umask(0o027)
    try:
        write_text_atomically(tmp_path / 'a', 'text')
    finally:
        assert os.umask(mask) == 0o027
    assert stat.S_IMODE((tmp_path / 'a').stat().st_mode) == 0o640


def test_json_comes_back(tmp_path):
    value = {'names': ['ä', 'b'], 'score': 0.25}
    write_json_atomically(tmp_path / 'a.json', value)
    assert json.loads((tmp_path / 'a.json').read_text()) == value


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_what_is_not_json_is_refused_and_nothing_written(tmp_path, value):
    with pytest.raises(ValueError, match='not JSON compliant'):
        write_json_atomically(tmp_path / 'a.json', {'score': value})
    assert os.listdir(tmp_path) == []


def test_whether_a_file_can_be_written_is_known_before_the_work(tmp_path):
    check_can_write(tmp_path / 'new' / 'report.json')
    assert os.listdir(tmp_path / 'new') == []
    (tmp_path / 'there').write_text('old')
    check_can_write(tmp_path / 'there')
    assert (tmp_path / 'there').read_text() == 'old'
    check_can_write(tmp_path / 'a' / 'b', folder=True)
    assert os.listdir(tmp_path / 'a' / 'b') == []


@pytest.mark.parametrize('path', [Path('/proc/x.json'), Path('/proc/x/y.json')])
def test_a_place_where_nothing_can_be_written_is_refused(path):
    with pytest.raises(InputError) as error:
        check_can_write(path, '--out')
    assert error.value.what == 'cannot be written (No such file or directory)'
    assert (error.value.file, error.value.remedy) == (
        str(path), 'give another file with --out, or check the permissions'
    )  # fmt: skip


@pytest.mark.parametrize(
    ('path', 'folder', 'what'),
    [
        ('.', False, 'it is a folder'),
        ('file', True, 'it is a file, not a folder'),
        ('file/x.json', False, '{root}/file is a file, not a folder'),
        ('file/x/y', True, '{root}/file is a file, not a folder'),
    ],
)
def test_a_file_in_place_of_a_folder_and_the_reverse_are_refused(path, folder, what, tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(InputError) as error:
        check_can_write(tmp_path / path, folder=folder)
    assert error.value.what == f'cannot be written: {what.format(root=tmp_path)}'


def test_a_disk_that_is_full_before_the_work_is_named(tmp_path, monkeypatch):
    def refuse(**_):
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr('tempfile.TemporaryFile', refuse)
    with pytest.raises(InputError, match='the disk is full') as error:
        check_can_write(tmp_path / 'a.json')
    assert error.value.file == str(tmp_path / 'a.json')


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    check_can_write(pipe)
    reader = subprocess.Popen(['cat', pipe], stdout=subprocess.PIPE)
    write_text_atomically(pipe, 'text')
    assert reader.communicate()[0] == b'text'
    assert pipe.is_fifo()


def test_standard_output_is_written_to_in_turn():
    lines = [
        'from mmacl.utils import write_text_atomically as write',
        'print(1)',
        "write('/dev/stdout', '2\\n')",
        'print(3)',
    ]
    done = subprocess.run([sys.executable, '-c', '\n'.join(lines)], capture_output=True, text=True)
    assert done.stdout.split() == ['1', '2', '3']


@pytest.mark.parametrize(
    ('name', 'system'),
    [
        ('._v0.npy', True),
        ('.DS_Store', True),
        ('.ipynb_checkpoints', True),
        ('Thumbs.db', True),
        ('__MACOSX', True),
        ('@eaDir', True),
        ('v0.npy', False),
        ('v_.npy', False),
        ('__init__.npy', False),
    ],
)
def test_entries_of_systems(name, system):
    assert is_system_entry(name) is system


def test_what_killed_processes_left_is_removed_and_nothing_else(tmp_path):
    target = tmp_path / 'a.npy'
    kept = ['.a.npy.b.npy.x1.tmp', '.b.npy.x1.tmp', '.a.npy.x1', 'a.npy.x1.tmp', 'a.npy']
    left = ['.a.npy.x1_k2.tmp', temporary_beside(target).name]
    for name in kept + left:
        (tmp_path / name).touch()
    remove_temporary(target, tmp_path / 'none' / 'file')
    assert sorted(os.listdir(tmp_path)) == sorted(kept)
