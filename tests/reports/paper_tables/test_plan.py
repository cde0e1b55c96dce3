"""What tables need: each training once, mistakes before the first."""

from __future__ import annotations

import pytest

from mmacl.reports.paper_tables.data_sets import ABLATIONS, CONFIGS
from mmacl.reports.paper_tables.plan import check_features
from mmacl.utils import InputError


def test_shared_rows_are_trained_once_and_the_first_seed_comes_first(plan):
    found = plan(seeds=(0, 1, 2, 1))
    assert found.seeds == (0, 1, 2)
    assert len(found.runs) == 3 * (1 + 1 + 4)
    assert [run.seed for run in found.runs] == [0] * 6 + [1] * 6 + [2] * 6
    us = [run for run in found.runs if run.config.stem == 'acl_synthetic_us']
    assert [run.key for run in us] == [run.key for run in found.variants[-1].runs]


def test_each_seed_is_another_simulated_data_set(plan):
    composed = plan(tables=(3,)).runs[1].composed
    assert [composed[f'{part}_dataloader'].dataset.seed for part in ('train', 'val', 'test')] == [1, 1, 1]


@pytest.mark.parametrize(
    ('name', 'tables', 'configs'),
    [
        ('synthetic', (3, 4), {'acl_synthetic_us'}),
        ('synthetic', (1,), {'acl_synthetic_us', 'acl_synthetic_ws'}),
        ('anet12', (), {'acl_anet12_us', 'acl_anet12_ws'}),
        ('gtea', (), {'acl_gtea_ws'}),
        ('thumos14', (5,), {f'acl_thumos14_us{end}' for end in ('', '_cls', '_cls_abs', '_cls_trip', '_conv1d_cls')}),
    ],
)
def test_configs_by_table(plan, name, tables, configs):
    assert {run.config.stem for run in plan(name, tables).runs} == configs


def test_rows_of_table_5_are_in_the_papers_order_and_mine_come_last(plan, tmp_path):
    mine = tmp_path / 'mine'
    mine.mkdir()
    (mine / 'a.py').write_text(f'"""No dropout."""\n_base_ = \'{CONFIGS}/acl_synthetic_us.py\'\n')
    (mine / 'acl_synthetic_us_cls.py').write_text(f"_base_ = '{ABLATIONS}/acl_synthetic_us_cls.py'\n")
    (mine / 'other.py').write_text(f"_base_ = '{CONFIGS}/acl_thumos14_us.py'\n")
    found = plan(tables=(5,), variants=[mine, mine])
    assert [model.label for model in found.variants] == [
        'Conv1D + L_cls',
        'FAB + L_cls',
        'FAB + L_cls + L_abs',
        'FAB + L_cls + L_trip',
        'FAB + L_cls + L_abs + L_trip',
        'No dropout',
        'acl_synthetic_us_cls',
    ]
    assert [model.variant for model in found.variants[-3:]] == ['us', None, None]
    assert set(found.passed_over) == {mine / 'other.py'}
    # Both of mine equal one that comes with mmacl.
    assert len(found.runs) == 5 * 2


def test_rows_of_one_name_are_told_apart(plan, tmp_path):
    for name in ('a', 'b'):
        (tmp_path / f'{name}.py').write_text(f"# Mine\n_base_ = '{CONFIGS}/acl_synthetic_us.py'\n")
    assert [model.label for model in plan(tables=(5,), variants=[tmp_path]).variants[-2:]] == [
        f'Mine ({tmp_path / "a.py"})',
        f'Mine ({tmp_path / "b.py"})',
    ]


def test_mistakes(plan, tmp_path):
    with pytest.raises(InputError, match=r'--tables 2: cannot be made on synthetic; choose from methods 1 3 4 5'):
        plan(tables=(1, 2))
    with pytest.raises(InputError, match=r'--tables 3: cannot be made on gtea'):
        plan('gtea', (3,))
    with pytest.raises(InputError, match=r'add 5 to --tables'):
        plan(tables=(1,), variants=[tmp_path])


@pytest.mark.parametrize(
    ('name', 'variable'),
    [('thumos14', 'MMACL_THUMOS14_ROOT'), ('anet12', 'MMACL_ANET12_ROOT'), ('gtea', 'MMACL_GTEA_ROOT')],
)
def test_missing_files_are_said_in_one_line_with_the_variable(plan, name, variable, monkeypatch, tmp_path):
    monkeypatch.setenv(variable, str(tmp_path / 'nothing'))
    found = plan(name)
    with pytest.raises(InputError, match=f'nothing/.*: no such file; set {variable} to the folder') as error:
        check_features(found, found.runs)
    assert '\n' not in str(error.value)
    check_features(found, [])


def test_nothing_is_looked_for_on_disk_where_nothing_is_read(plan):
    found = plan()
    check_features(found, found.runs)
