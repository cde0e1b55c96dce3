"""Where features are missing, the message says what is there and how to use it."""

import gzip
import os

import numpy as np
import pytest

from mmacl.datasets.stores import HDF5Store, MissingFeaturesError, NpyFolderStore, NpzStore, near_name
from mmacl.registry import FEATURE_STORES

ARRAY = np.ones((3, 2), np.float32)


def put(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with open(root / path, 'wb') as file:
            np.save(file, ARRAY)


def around(root, modality='rgb', **keys):
    """All that is said of a folder, as one text."""
    store = FEATURE_STORES.build(dict(type='NpyFolderStore', root=root) | keys)
    assert store.list_videos(modality) == ()
    return '\n'.join(f'{found.what}: {found.remedy}' for found in store.look_around(modality))


@pytest.mark.parametrize(
    ('ending', 'says'),
    [
        ('csv', 'CsvFolderStore'),
        ('npz', 'NpzStore'),
        ('h5', 'HDF5Store'),
        ('pt', 'numpy.save'),
        ('pkl', 'can run code and is never read'),
        ('mat', 'scipy.io.loadmat'),
        ('npy.gz', 'gzip: unpack it with gunzip'),
        ('mp4', 'extract features'),
    ],
)
def test_other_endings_are_named_with_what_to_do(tmp_path, ending, says):
    put(tmp_path, f'features/rgb/a.{ending}', f'features/rgb/b.{ending}', 'features/rgb/.DS_Store')
    text = around(tmp_path)
    assert f'2 .{ending.rpartition(".")[2]} files in {tmp_path / "features/rgb"}, such as a.{ending}' in text
    assert says in text
    with pytest.raises(MissingFeaturesError) as error:
        NpyFolderStore(tmp_path).load('a', 'rgb')
    assert f'found instead\n  {tmp_path}/features/rgb/a.{ending}: ' in str(error.value)


@pytest.mark.parametrize(
    ('path', 'template'),
    [
        ('rgb/a.npy', '{modality}/{video}.npy'),
        ('a_rgb.npy', '{video}_{modality}.npy'),
        ('deep/er/rgb/a.npy', 'deep/er/{modality}/{video}.npy'),
        ('features/rgb/old/a.npy', 'features/{modality}/old/{video}.npy'),
        ('i3d/a.npy', 'i3d/{video}.npy'),
        ('i3d/rgb-a.npy', 'i3d/{modality}-{video}.npy'),
    ],
)
def test_a_template_that_reads_what_is_there_is_proposed(tmp_path, path, template):
    put(tmp_path, path)
    assert f"templates=('{template}',)" in around(tmp_path, templates=['features/{modality}/{video}.npy'])
    np.testing.assert_array_equal(NpyFolderStore(tmp_path, [template]).load('a', 'rgb'), ARRAY)


def test_other_streams_are_named(tmp_path):
    put(tmp_path, 'features/rgb/a.npy')
    assert "features of the stream 'rgb'; correct modalities" in around(tmp_path, 'flow')
    (tmp_path / 'features/rgb').rename(tmp_path / 'features/RGB')
    assert "call the stream 'RGB'" in around(tmp_path)


def test_a_dead_link_is_named(tmp_path):
    put(tmp_path, 'features/rgb/a.npy')
    target = str(tmp_path / 'nowhere.npy')
    (tmp_path / 'features/rgb/dead.npy').symlink_to(target)
    store = NpyFolderStore(tmp_path)
    with pytest.raises(MissingFeaturesError) as error:
        store.shape('dead', 'rgb')
    assert f'a link to {target}, which does not exist: mend or remove the link' in str(error.value)
    assert error.value.looked_for == (str(tmp_path / 'features/rgb/dead.npy'),)
    (tmp_path / 'features/rgb/a.npy').unlink()
    assert 'which does not exist' in '\n'.join(found.what for found in store.look_around('rgb'))


def test_linked_folders_and_files_are_read(tmp_path):
    put(tmp_path, 'real/rgb/a.npy')
    (tmp_path / 'one/features').mkdir(parents=True)
    (tmp_path / 'one/features/rgb').symlink_to(tmp_path / 'real/rgb')
    (tmp_path / 'two/features/rgb').mkdir(parents=True)
    (tmp_path / 'two/features/rgb/a.npy').symlink_to(tmp_path / 'real/rgb/a.npy')
    for name in ('one', 'two'):
        assert NpyFolderStore(tmp_path / name).list_videos('rgb') == ('a',)
        np.testing.assert_array_equal(NpyFolderStore(tmp_path / name).load('a', 'rgb'), ARRAY)


def test_endings_in_capitals_are_read(tmp_path):
    put(tmp_path, 'features/rgb/a.NPY', 'features/test/rgb/b.NPY')
    store = NpyFolderStore(tmp_path)
    assert store.list_videos('rgb') == ('a', 'b')
    for video in 'ab':
        np.testing.assert_array_equal(store.load(video, 'rgb'), ARRAY)
    np.savez(tmp_path / 'features/c.npz', rgb=ARRAY)
    (tmp_path / 'features/c.npz').rename(tmp_path / 'features/c.NPZ')
    np.testing.assert_array_equal(NpzStore(tmp_path).load('c', 'rgb'), ARRAY)


def test_entries_of_systems_and_companions_are_no_videos(tmp_path):
    put(tmp_path, 'features/rgb/a.npy', 'features/rgb/._a.npy', 'features/rgb/.ipynb_checkpoints/b.npy')
    put(tmp_path, 'features/__MACOSX/rgb/c.npy', 'features/rgb/a_fps.npy', 'features/rgb/a_timestamps_ms.npy')
    put(tmp_path, 'features/rgb/slow_fps.npy')
    store = NpyFolderStore(tmp_path)
    assert store.list_videos('rgb') == ('a', 'slow_fps')
    assert store.companion('a', 'rgb', 'fps') == str(tmp_path / 'features/rgb/a_fps.npy')
    assert store.companion('slow_fps', 'rgb', 'fps') is None
    put(tmp_path, 'v_rgb.npy', 'v_fps.npy')
    flat = NpyFolderStore(tmp_path, ['{video}_{modality}.npy'])
    assert flat.companion('v', 'rgb', 'fps') == str(tmp_path / 'v_fps.npy')


def test_keys_and_arrays_are_named_where_the_file_is_there(tmp_path):
    h5py = pytest.importorskip('h5py')
    with h5py.File(tmp_path / 'features.h5', 'w') as file:
        file['v1/c3d'] = ARRAY
    assert "'v1/c3d'" in around(tmp_path, type='HDF5Store')
    (found,) = HDF5Store(tmp_path, 'other.h5').look_around('rgb')
    assert found.what == str(tmp_path / 'features.h5')
    (tmp_path / 'features').mkdir()
    np.savez(tmp_path / 'features/a.npz', i3d=ARRAY)
    assert 'with the arrays i3d' in around(tmp_path, type='NpzStore')
    assert str(tmp_path / 'features.h5') in around(tmp_path, type='JointNpyStore')


def test_a_file_that_is_something_else_is_named(tmp_path):
    path = tmp_path / 'features/rgb/a.npy'
    put(tmp_path, 'features/rgb/a.npy')
    content = path.read_bytes()
    for other, says in (
        (gzip.compress(content), 'a gzip file; unpack it'),
        (b'version https://git-lfs.github.com/spec/v1\noid', 'Git LFS'),
        (b'\x80\x04\x95\x00', 'a pickle'),
        (b'<!DOCTYPE html>', 'a page of a web server'),
        (b'PK\x03\x04...', 'a zip file'),
    ):
        path.write_bytes(other)
        with pytest.raises(ValueError, match=says):
            NpyFolderStore(tmp_path).shape('a', 'rgb')


def test_huge_and_looping_folders_end(tmp_path, monkeypatch):
    monkeypatch.setattr('mmacl.datasets.stores.folder_contents._MOST_ENTRIES', 5)
    put(tmp_path, *(f'x{i}/{j}.npy' for i in range(9) for j in range(3)))
    (tmp_path / 'x0/up').symlink_to(tmp_path)
    assert around(tmp_path)
    (tmp_path / 'empty').mkdir()
    assert NpyFolderStore(tmp_path / 'empty').look_around('rgb') == ()
    assert NpyFolderStore(os.path.join(tmp_path, 'none')).look_around('rgb') == ()


@pytest.mark.parametrize(
    ('name', 'candidates', 'near'),
    [
        ('alpha', ['v_alpha', 'beta'], 'v_alpha'),
        ('alpha', ['alpha_rgb'], 'alpha_rgb'),
        ('video_01', ['video_0l'], 'video_0l'),
        ('alpha', ['gamma'], None),
        ('a', ['ba'], None),
    ],
)
def test_near_names(name, candidates, near):
    assert near_name(name, candidates) == near
