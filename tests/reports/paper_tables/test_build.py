"""Tables 1 to 5 from made-up outcomes."""

from __future__ import annotations

import json

import pytest

from mmacl.reports.paper_tables import build_tables
from mmacl.reports.paper_tables.data_sets import CONFIGS
from mmacl.runs.run_queue import Outcome


def test_it_is_json_and_says_what_it_is(plan, outcomes):
    found = plan(options=('train_cfg.epochs_per_round=1',))
    tables = build_tables(found, outcomes(found))
    assert json.loads(json.dumps(tables, allow_nan=False)) == tables
    assert [table['number'] for table in tables['tables']] == [1, 3, 4, 5]
    assert tables['title'] == 'Tables of the paper on SyntheticActions-v1 (simulated)'
    assert (tables['complete'], tables['protocol'], tables['best_on_test']) == (True, 'activitynet', False)
    assert tables['options'] == ['train_cfg.epochs_per_round=1']
    assert len(tables['runs']) == 12
    assert tables['runs'][0] | {'rounds': []} == {
        'config': 'configs/acl/acl_synthetic_us.py',
        'seed': 0,
        'state': 'done',
        'work_dir': 'acl_synthetic_us/seed_0',
        'rounds': [],
    }
    assert len(tables['runs'][0]['rounds']) == 3


def test_partial_and_failed(plan):
    found = plan(tables=(3,))
    second = found.runs[1]
    nothing = build_tables(found, {})
    assert (nothing['complete'], [run['state'] for run in nothing['runs']]) == (False, ['missing', 'missing'])
    failed = build_tables(found, {second.key: Outcome(second, None, 'why')})
    assert [(run['state'], run.get('error')) for run in failed['runs']] == [('missing', None), ('failed', 'why')]


def test_checkpoints_chosen_by_labels_are_said(plan):
    found = plan(tables=(3,))
    outcomes = {found.runs[0].key: Outcome(found.runs[0], [{'round': 1, 'best_on_test': True}])}
    assert build_tables(found, outcomes)['best_on_test'] is True


def test_a_config_elsewhere_keeps_the_path_that_was_given(plan, tmp_path):
    (tmp_path / 'mine.py').write_text(f"_base_ = '{CONFIGS}/acl_synthetic_us.py'\ntrain_cfg = dict(num_rounds=1)\n")
    tables = build_tables(plan(tables=(5,), variants=[tmp_path]), {})
    assert str(tmp_path / 'mine.py') in [run['config'] for run in tables['runs']]


def headers(part):
    return [column['header'] for column in part['columns']]


def test_table_1_is_the_papers_with_ours_in_the_row_of_the_method(plan, outcomes):
    found = plan(tables=(1,), seeds=(0, 2))
    (table,) = build_tables(found, outcomes(found))['tables']
    (part,) = table['parts']
    assert part['labels'] == ['method', 'setting']
    assert headers(part)[:7] == [
        f'{name} (simulated)' for name in ('0.3', '0.4', '0.5', '0.6', '0.7', 'average 0.3:0.7', 'seeds')
    ]
    assert headers(part)[7:] == [f'{name} (published, THUMOS14)' for name in ('0.3', '0.4', '0.5', '0.6', '0.7')]
    assert len(part['rows']) == 22
    weak, unsupervised = part['rows'][-2:]
    assert (weak['labels'], unsupervised['labels']) == (['ACL', 'weakly supervised'], ['ACL', 'unsupervised'])
    # The last round of three: 3 % + the seed; of one: 10 + 1 %.
    assert unsupervised['cells'][0]['values'] == {'0': 3.0, '2': 5.0}
    assert unsupervised['cells'][6:] == [2, 39.6, 32.9, 25.0, 16.7, 8.9]
    assert weak['cells'][0]['mean'] == 12.0
    assert weak['cells'][7:] == [46.9, 38.9, 30.1, 19.8, 10.4]
    assert part['rows'][0]['cells'] == [None] * 7 + [30.0, 23.2, 15.2, None, None]


def test_table_2_has_its_own_thresholds(plan):
    (table,) = build_tables(plan('anet12'), {})['tables']
    (part,) = table['parts']
    names = ['0.5', '0.75', '0.95', 'average 0.5:0.95']
    assert headers(part) == [
        *(f'{name} (measured)' for name in [*names, 'seeds']),
        *(f'{name} (published)' for name in names),
    ]
    assert len(part['rows']) == 9
    assert part['rows'][-1]['cells'] == [None, None, None, None, 0, 35.2, 21.4, 3.1, 21.1]


def test_gtea_has_one_setting_and_nothing_published(plan):
    (table,) = build_tables(plan('gtea'), {})['tables']
    (part,) = table['parts']
    assert [row['labels'] for row in part['rows']] == [['ACL', 'weakly supervised']]
    assert not [column for column in part['columns'] if column['source'] == 'published']


def test_both_come_from_the_rounds_of_one_run(plan, outcomes):
    found = plan(tables=(3, 4))
    assert len(found.runs) == 2
    clusters, localization = (table['parts'][0] for table in build_tables(found, outcomes(found))['tables'])
    assert [row['labels'] for row in clusters['rows']] == [['1'], ['2'], ['3']]
    second = clusters['rows'][1]['cells']
    assert second[0]['values'] == {'0': 0.01, '1': 0.015}
    assert [cell['mean'] for cell in second[1:3]] == [0.25, 0.5]
    assert second[3:] == [2, 0.74, 0.569, 0.788]
    first = localization['rows'][0]['cells']
    assert first[0]['values'] == {'0': 1.0, '1': 2.0}
    assert first[6:] == [2, 21.4, 17.1, 13.0, 8.1, 4.0]


def test_a_fourth_round_has_nothing_published(plan):
    options = {'options': ('train_cfg.num_rounds=4',)}
    (table,) = build_tables(plan(tables=(3,), **options), {})['tables']
    assert table['parts'][0]['rows'][3] == {'labels': ['4'], 'cells': [None, None, None, 0, None, None, None]}


def test_nothing_is_published_on_another_data_set(plan):
    (table,) = build_tables(plan('anet12', (4,)), {})['tables']
    assert [column['source'] for column in table['parts'][0]['columns']] == ['measured'] * 5


@pytest.fixture
def parts(plan, outcomes, tmp_path):
    mine = tmp_path / 'mine'
    mine.mkdir()
    (mine / 'wide.py').write_text(
        f'"""Margin 1."""\n_base_ = \'{CONFIGS}/acl_synthetic_us.py\'\n'
        'model = dict(stream=dict(losses=dict(triplet=dict(margin=1.0))))\n'
    )
    found = plan(tables=(5,), seeds=(0, 1), variants=[mine])
    (table,) = build_tables(found, outcomes(found))['tables']
    return table['parts']


def test_rows_and_columns(parts):
    main = parts[0]
    assert [column['header'] for column in main['columns']] == [
        'mAP (%), average 0.3:0.7 (simulated)',
        'purity (simulated)',
        'seeds (simulated)',
        'mAP (%), average 0.3:0.7 (published, THUMOS14)',
    ]
    assert [row['labels'][0] for row in main['rows']][-2:] == ['FAB + L_cls + L_abs + L_trip', 'Margin 1']
    assert [row['cells'][3] for row in main['rows']] == [21.39, 22.16, 23.48, 23.05, 24.68, None]
    # Place 10 x row, last round 3, plus the seed.
    assert [row['cells'][0]['values']['1'] for row in main['rows']] == pytest.approx([4, 14, 24, 34, 44, 54])
    assert main['rows'][1]['cells'][1]['values']['1'] == pytest.approx(0.07)


def test_differences_are_paired_with_four_other_rows(parts):
    localization, purity = parts[1:]
    assert [column['header'] for column in localization['columns']] == [
        f'less {other} (simulated)'
        for other in ('the row above', 'the first row', 'the row it builds on', 'the full model')
    ]
    means = [[cell and round(cell['mean'], 6) for cell in row['cells']] for row in localization['rows']]
    assert means == [
        [None, None, None, -40],
        [10, 10, 10, -30],
        [10, 20, 10, -20],
        [10, 30, 20, -10],
        [10, 40, 30, None],
        [10, 50, None, 10],
    ]
    # The seeds differ by one in every row, so the paired difference does not vary.
    assert localization['rows'][1]['cells'][0]['std'] == pytest.approx(0, abs=1e-9)
    assert purity['rows'][1]['cells'][0]['mean'] == pytest.approx(0.05)


def test_weak_supervision_has_no_purity_and_one_row_no_differences(plan):
    (table,) = build_tables(plan('gtea', (5,)), {})['tables']
    (part,) = table['parts']
    assert [column['header'] for column in part['columns']] == [
        'mAP (%), average 0.3:0.7 (measured)',
        'seeds (measured)',
    ]
