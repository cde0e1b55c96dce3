import glob

import pytest

from mmacl.datasets.stores.path_template import PathTemplate, subset_names
from mmacl.utils import InputError


def test_fills_matches_and_reads_back():
    template = PathTemplate('i3d_{subset}/{modality}/v_{video}-x.npy')
    path = template.fill(subset='train', modality='rgb', video='a.b')
    assert path == 'i3d_train/rgb/v_a.b-x.npy'
    assert template.video_of(path) == 'a.b'
    assert template.video_of('i3d_train/rgb/a.b-x.npy') is None
    assert template.video_of('i3d_train/deep/rgb/v_a-x.npy') is None
    assert template.has_subset
    assert not PathTemplate('{video}.npy').has_subset


def test_names_of_subsets():
    assert subset_names(None) is None
    assert subset_names('train') == ('train',)
    assert subset_names(['train', 'val']) == ('train', 'val')
    for other in (2017, [1], {'train': 1}):
        with pytest.raises(InputError, match='is neither a name nor a list of names'):
            subset_names(other)


def test_a_name_may_stand_twice():
    template = PathTemplate('{video}/{video}.npy')
    assert template.fill(video='a') == 'a/a.npy'
    assert template.video_of('a/a.npy') == 'a'
    assert template.video_of('a/b.npy') is None


def test_pattern_takes_names_literally(tmp_path):
    template = PathTemplate('[x]/{modality}/{video}.npy')
    for path in ('[x]/rgb/a.npy', '[x]/rgb/[b].npy', 'x/rgb/c.npy', '[x]/flow/d.npy'):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert sorted(glob.glob(template.pattern(modality='rgb'), root_dir=tmp_path)) == [
        '[x]/rgb/[b].npy',
        '[x]/rgb/a.npy',
    ]
    assert glob.glob(template.pattern(modality='rgb', video='[b]'), root_dir=tmp_path) == ['[x]/rgb/[b].npy']


@pytest.mark.parametrize(
    'text', ['{modality}.npy', '{video}/{stream}.npy', '{video', '{}/{video}.npy', 'features/x.npy']
)
def test_refuses_other_fields(text):
    with pytest.raises(InputError, match='template'):
        PathTemplate(text)
