"""Words of a command line."""

import pytest

from mmacl.dataset_tools.conversion import parse_options, parse_slices
from mmacl.utils import InputError


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
