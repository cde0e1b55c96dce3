"""Table 5."""

from __future__ import annotations

import pytest

from mmacl.reports.paper_tables import build_tables
from mmacl.reports.paper_tables.data_sets import CONFIGS


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
