"""Layouts by name."""

from pathlib import Path

import pytest

from mmacl.dataset_tools.conversion import LAYOUTS, layout_names, open_store, parse_options, parse_slices, store_config
from mmacl.utils import InputError


def test_every_named_layout_builds(tmp_path):
    for layout in layout_names():
        assert open_store(store_config(layout, tmp_path)).layouts


def test_stores_are_layouts_by_their_name(tmp_path):
    assert {*LAYOUTS, 'hdf5', 'npz'} <= set(layout_names())
    for layout in ('npz', 'NpzStore', 'NPZ'):
        assert store_config(layout, tmp_path) == dict(type='NpzStore', root=str(tmp_path))


def test_one_file_instead_of_a_folder(tmp_path):
    file = tmp_path / 'c3d.h5'
    file.touch()
    assert store_config('hdf5', file) == dict(type='HDF5Store', root=str(tmp_path), file='c3d.h5')
    with pytest.raises(InputError, match='is a file'):
        store_config('npz', file)


def test_options_and_slices_replace_those_of_the_layout(tmp_path):
    config = store_config('actionformer', tmp_path, dict(templates='{video}.npy'), dict(rgb=(0, 4)))
    assert (config['templates'], config['slices']) == (('{video}.npy',), dict(rgb=(0, 4)))
    assert LAYOUTS['actionformer']['slices'] == dict(rgb=(0, 1024), flow=(1024, 2048))


@pytest.mark.parametrize(
    ('layout', 'path', 'options', 'says'),
    [
        ('voc', '.', {}, 'choose one of folder, csv, basnet'),
        ('hdf5', 'nowhere', {}, 'no such file or folder'),
        ('hdf5', '.', dict(template_='{video}'), "did you mean 'template'"),
        ('wtalc', '.', dict(colour=1), 'it takes file, names'),
        ('folder', '.', dict(templates=5), 'cannot be built'),
        ('folder', '.', dict(subset=[1]), r'subset=\[1\] is neither a name'),
        ('folder', '.', dict(type='NpzStore'), "NpyFolderStore takes no 'type'"),
        ('folder', '.', dict(root='elsewhere'), "takes no 'root'"),
        ('cached', '.', {}, 'no such layout'),
    ],
)
def test_mistakes(tmp_path, layout, path, options, says):
    with pytest.raises(InputError, match=says) as caught:
        open_store(store_config(layout, tmp_path / Path(path), options))
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    ('word', 'value'),
    [
        ('file=c3d.h5', 'c3d.h5'),
        ('file=', ''),
        ('template={video}', '{video}'),
        ('template={modality}/{video}', '{modality}/{video}'),
        ("subset='2013'", '2013'),
        ('subset=2013', 2013),
        ('subset=2013_train', '2013_train'),
        ("templates=('a/{video}.npy', 'b')", ('a/{video}.npy', 'b')),
        ("slices={'rgb': (0, 4)}", {'rgb': (0, 4)}),
        ('subset=None', None),
        ('subset=__import__("os")', '__import__("os")'),
        ('x=a=b', 'a=b'),
    ],
)
def test_values(word, value):
    assert list(parse_options([word]).values()) == [value]


@pytest.mark.parametrize('words', [['file'], ['=x'], ['a.b=x'], ['a=1', 'a=2']])
def test_words_that_are_none(words):
    with pytest.raises(InputError, match='--store'):
        parse_options(words)


def test_slices():
    assert parse_slices(['rgb=0:1024', 'flow=1024:2048']) == dict(rgb=(0, 1024), flow=(1024, 2048))


@pytest.mark.parametrize('words', [['rgb'], ['rgb=4'], ['rgb=4:4'], ['rgb=-1:4'], ['rgb=0:4', 'rgb=0:5'], ['=0:4']])
def test_slices_that_are_none(words):
    with pytest.raises(InputError, match='--slices'):
        parse_slices(words)
