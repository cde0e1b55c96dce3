"""Nothing is written outside, and nothing half inside."""

import os
from contextlib import nullcontext

import pytest

from mmacl.dataset_tools.conversion import OutputError, OutputFolder
from mmacl.dataset_tools.conversion.output_folder import STAGING


def write(path, relative, content=b'new'):
    with OutputFolder(path) as out:
        out.begin()
        out.write(relative, content)
        out.clear_staging()


def test_a_file_is_written_whole_and_nothing_else(tmp_path):
    write(tmp_path / 'deep/out', 'features/rgb/a.npy')
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.rglob('*') if p.is_file()] == ['deep/out/features/rgb/a.npy']
    assert not (tmp_path / 'deep/out' / STAGING).exists()


def test_looking_makes_nothing(tmp_path):
    with OutputFolder(tmp_path / 'out') as out:
        assert out.look('features/rgb/a.npy') is None
        assert out.read('conversion.json') is None
        assert not out.is_unfinished
    assert not list(tmp_path.iterdir())


def test_the_folder_itself_may_be_a_link(tmp_path):
    (tmp_path / 'disk').mkdir()
    (tmp_path / 'out').symlink_to(tmp_path / 'disk')
    write(tmp_path / 'out', 'a.json')
    assert (tmp_path / 'disk/a.json').read_bytes() == b'new'


@pytest.mark.parametrize('link', ['features', 'features/rgb', 'features/rgb/a.npy', STAGING])
@pytest.mark.parametrize('dangling', [False, True])
def test_a_planted_link_is_not_followed(tmp_path, link, dangling):
    elsewhere, out = tmp_path / 'elsewhere', tmp_path / 'out'
    if not dangling:
        elsewhere.mkdir()
        (elsewhere / 'a.npy').write_bytes(b'old')
    (out / link).parent.mkdir(parents=True)
    (out / link).symlink_to(elsewhere / 'a.npy' if link.endswith('.npy') else elsewhere)

    def write_after_a_look(look):
        with OutputFolder(out) as folder:
            if look:
                folder.look('features/rgb/a.npy')
            folder.begin()
            folder.write('features/rgb/a.npy', b'new')

    with pytest.raises(OutputError, match='symbolic link'):
        write_after_a_look(look=True)
    # A link in the place of a file is replaced where nobody looked, but never written through.
    with nullcontext() if link.endswith('.npy') else pytest.raises(OutputError, match='symbolic link'):
        write_after_a_look(look=False)
    assert not dangling or not elsewhere.exists()
    assert dangling or (elsewhere / 'a.npy').read_bytes() == b'old'
    assert dangling or len(list(elsewhere.iterdir())) == 1


def test_a_link_planted_while_it_is_open_is_not_followed(tmp_path):
    elsewhere, out = tmp_path / 'elsewhere', tmp_path / 'out'
    elsewhere.mkdir()
    with OutputFolder(out) as folder:
        folder.begin()
        folder.write('features/rgb/a.npy', b'first')
        (out / 'features').rename(tmp_path / 'moved')
        (out / 'features').symlink_to(elsewhere)
        folder.write('features/rgb/a.npy', b'second')
    assert not list(elsewhere.iterdir())


def test_a_failed_part_leaves_nothing(tmp_path):
    with OutputFolder(tmp_path) as out:
        out.begin()
        with pytest.raises(ZeroDivisionError), out.part('x') as file:
            file.write(b'half' * (1 // 0))
        with pytest.raises(OutputError, match='No space'), out.part('x') as file:
            raise OSError(28, 'No space left on device')
        assert not list((tmp_path / STAGING).glob('*.part'))


def test_parts_of_a_killed_conversion_go(tmp_path):
    with OutputFolder(tmp_path) as out:
        out.begin()
        (tmp_path / STAGING / 'x.part').write_bytes(b'half')
        (tmp_path / STAGING / 'notes').write_bytes(b"somebody's")
    with OutputFolder(tmp_path) as out:
        assert out.is_unfinished
        out.begin()
        assert sorted(path.name for path in (tmp_path / STAGING).iterdir()) == ['lock', 'lock.pid', 'notes']
        out.clear_staging()
    assert (tmp_path / STAGING / 'notes').exists()


def test_one_at_a_time(tmp_path):
    with OutputFolder(tmp_path) as first, OutputFolder(tmp_path) as second:
        first.begin()
        with pytest.raises(OutputError, match=f'is in use by process {os.getpid()}, another conversion; wait'):
            second.begin()
    with OutputFolder(tmp_path) as third:
        third.begin()


def test_places_that_cannot_be(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(OutputError), OutputFolder(tmp_path / 'file') as out:
        out.begin()
    (tmp_path / 'out/a.json').mkdir(parents=True)
    with OutputFolder(tmp_path / 'out') as out, pytest.raises(OutputError, match='of the wrong kind'):
        out.look('a.json')
    before = len(os.listdir('/dev/fd')) if os.path.isdir('/dev/fd') else 0
    for _ in range(3):
        write(tmp_path / 'again', 'features/rgb/a.npy')
    assert before == (len(os.listdir('/dev/fd')) if before else 0)


@pytest.mark.parametrize('name', ['lock', 'lock.pid'])
def test_a_lock_that_is_a_link_is_refused(tmp_path, name):
    (tmp_path / 'out' / STAGING).mkdir(parents=True)
    (tmp_path / 'victim').write_text('old')
    (tmp_path / 'out' / STAGING / name).symlink_to(tmp_path / 'victim')
    with OutputFolder(tmp_path / 'out') as out, pytest.raises(OutputError, match='symbolic link'):
        out.begin()
    assert (tmp_path / 'victim').read_text() == 'old'


def test_a_full_disk_names_the_place_and_what_to_do(tmp_path):
    with OutputFolder(tmp_path) as out:
        out.begin()
        with pytest.raises(OutputError) as error, out.part('x'):
            raise OSError(28, 'No space left on device')
    assert (error.value.file, error.value.what[:16]) == (str(tmp_path), 'the disk is full')
    assert error.value.remedy.startswith('free space')


def test_the_time_of_the_source_is_kept(tmp_path):
    with OutputFolder(tmp_path) as out:
        out.begin()
        with out.part('x') as file:
            file.write(b'abc')
        assert out.stamp('x', 10**18).st_mtime_ns == 10**18
        assert out.stamp('x', None).st_size == 3
        out.place('x', 'features/a.npy')
        assert out.look('features/a.npy').st_mtime_ns == 10**18


@pytest.fixture
def without_open_folders(monkeypatch):
    """As on Windows, where nothing is relative to an open folder and no flag refuses links."""
    monkeypatch.setattr('mmacl.dataset_tools.conversion.output_folder._THROUGH_FOLDERS', False)
    monkeypatch.setattr('mmacl.dataset_tools.conversion.output_folder._NO_LINK', 0)


@pytest.mark.usefixtures('without_open_folders')
class TestWithoutOpenFolders:
    """The same on systems that cannot work relative to an open folder."""

    def test_files_are_written_whole_and_nothing_else(self, tmp_path):
        test_a_file_is_written_whole_and_nothing_else(tmp_path)

    def test_looking_makes_nothing(self, tmp_path):
        test_looking_makes_nothing(tmp_path)

    @pytest.mark.parametrize('link', ['features', 'features/rgb', 'features/rgb/a.npy', STAGING])
    def test_planted_links_are_not_followed(self, tmp_path, link):
        test_a_planted_link_is_not_followed(tmp_path, link, dangling=False)

    def test_a_link_planted_while_it_is_open_is_refused(self, tmp_path):
        with OutputFolder(tmp_path / 'out') as folder:
            folder.begin()
            folder.write('features/rgb/a.npy', b'first')
            (tmp_path / 'out/features').rename(tmp_path / 'moved')
            (tmp_path / 'out/features').symlink_to(tmp_path / 'moved')
            with pytest.raises(OutputError, match='symbolic link'):
                folder.write('features/rgb/a.npy', b'second')
        assert (tmp_path / 'moved/rgb/a.npy').read_bytes() == b'first'

    def test_parts_go_and_one_conversion_at_a_time(self, tmp_path):
        test_one_at_a_time(tmp_path / 'one')
        (tmp_path / 'two').mkdir()
        test_parts_of_a_killed_conversion_go(tmp_path / 'two')
        test_the_time_of_the_source_is_kept(tmp_path / 'three')
