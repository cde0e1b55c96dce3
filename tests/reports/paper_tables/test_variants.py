"""Configs in a folder become rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmacl.apis import load_config
from mmacl.reports.paper_tables.data_sets import ABLATIONS, CONFIGS
from mmacl.reports.paper_tables.variants import find_variants, label_of
from mmacl.utils import InputError

BASE = CONFIGS / 'acl_synthetic_us.py'


@pytest.mark.parametrize(
    ('text', 'label'),
    [
        ('"""Wide heads.\n\nMore words."""\nx = 1\n', 'Wide heads'),
        ('# Wide heads: 128 channels.\n# More words.\nx = 1\n', 'Wide heads: 128 channels'),
        ('\n\n# Later\nx = 1\n', 'Later'),
        ('x = 1  # not this\n', 'mine'),
        ('"""' + 'word ' * 40 + '"""', ('word ' * 15 + '...')),
        ('', 'mine'),
    ],
)
def test_labels(tmp_path, text, label):
    path = tmp_path / 'mine.py'
    path.write_text(text)
    assert label_of(path) == label


def test_those_of_the_data_set_are_found():
    ours, others = find_variants(ABLATIONS, load_config(BASE), {})
    assert [path.stem for path in ours] == [
        f'acl_synthetic_us_{name}' for name in ('cls', 'cls_abs', 'cls_trip', 'conv1d_cls')
    ]
    assert all('thumos14' in path.stem for path in others)
    assert len(others) == 4


def test_drafts_are_left_out(tmp_path):
    for name in ('_draft.py', '.hidden.py', 'notes.txt', 'real.py'):
        (tmp_path / name).write_text(f"_base_ = '{BASE}'\n")
    assert find_variants(tmp_path, load_config(BASE), {}) == ([tmp_path / 'real.py'], [])


def test_overrides_must_fit_ours_but_not_those_of_another_data_set(tmp_path):
    (tmp_path / 'other.py').write_text(f"_base_ = '{CONFIGS / 'acl_thumos14_us.py'}'\n")
    options = {'train_dataloader.dataset.seed': 1}
    assert find_variants(tmp_path, load_config(BASE), options) == ([], [tmp_path / 'other.py'])
    (tmp_path / 'mine.py').write_text(f"_base_ = '{BASE}'\n")
    with pytest.raises(InputError, match='no_such'):
        find_variants(tmp_path, load_config(BASE), {'model.no_such': 1})


def test_mistakes_are_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r'nowhere: no such folder; .*--variants'):
        find_variants(Path('nowhere'), load_config(BASE), {})
    (tmp_path / 'broken.py').write_text('model = dict(\n')
    with pytest.raises(InputError, match=r'broken.py: ') as error:
        find_variants(tmp_path, load_config(BASE), {})
    assert '\n' not in str(error.value)
    with pytest.raises(InputError, match=r'broken.py: '):
        label_of(tmp_path / 'broken.py')
