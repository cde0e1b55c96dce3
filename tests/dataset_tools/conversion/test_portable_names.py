"""Names that become files: refused where they lead elsewhere, or where some disk would lose one."""

import pytest

from mmacl.dataset_tools.conversion import check_portable_names
from mmacl.utils import InputError

HOSTILE = (
    '',
    '.',
    '..',
    '../evil',
    'a/b',
    '/etc/evil',
    'a\\b',
    '\\\\server\\share',
    'C:evil',
    'C:\\evil',
    'a\0b',
    'a\nb',
    'a\udc80b',
    'a..b',
    '.hidden',
    ' blank',
    'blank ',
    'dot.',
    'nul',
    'COM1.x',
    'what?',
    'star*',
    'x' * 201,
)


@pytest.mark.parametrize('name', HOSTILE)
def test_refused_in_one_line_that_names_it(name):
    with pytest.raises(InputError) as caught:
        check_portable_names(['good', name], 'video', 'list.npy')
    assert '\n' not in str(caught.value)
    assert str(caught.value).startswith(f'list.npy: video name {name!r:.100}')


@pytest.mark.parametrize(('first', 'second'), [('a', 'A'), ('straße', 'STRASSE'), ('e\u0301', '\u00e9')])
def test_one_file_on_some_disk(first, second):
    with pytest.raises(InputError, match='one file'):
        check_portable_names([first, second], 'video', 'list.npy')


def test_published_names_pass():
    names = ['video_test_0000270', 'v_--0edUL8zmA', 'v_-_x', 'S1_Cheese_C1', 'ΑΒΓ', 'a.b', 'train', 'train', 'x' * 200]
    check_portable_names(names, 'video', 'list.npy')
