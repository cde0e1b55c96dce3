"""Cells hold our figures over seeds; headers say whose figures they are, and of which data."""

from __future__ import annotations

import pytest

from mmacl.reports.paper_tables import build_tables
from mmacl.reports.paper_tables.layout import (
    Layout,
    cell_of,
    clustering_figures,
    difference_of,
    localization_figures,
    spoken,
    values_by_run,
)
from mmacl.runs.run_queue import Outcome


@pytest.mark.parametrize('name', ['synthetic', 'thumos14', 'anet12', 'gtea'])
@pytest.mark.parametrize('finished', [True, False])
def test_every_header_says_whose_figures_they_are(plan, outcomes, name, finished):
    found = plan(name)
    tables = build_tables(found, outcomes(found, simulated=name == 'synthetic') if finished else {})
    assert tables['simulated'] is (name == 'synthetic')
    published = {'synthetic': '(published, THUMOS14)'}.get(name, '(published)')
    for part in (part for table in tables['tables'] for part in table['parts']):
        for column in part['columns']:
            mark = {'simulated': '(simulated)', 'measured': '(measured)', 'published': published}[column['source']]
            assert column['header'].endswith(mark)
            assert (column['source'] == 'measured') <= (name != 'synthetic')
        ours = any(column['source'] != 'published' for column in part['columns'])
        assert ('(simulated)' in part['title']) is (ours and name == 'synthetic')
        compares = name == 'synthetic' and any(column['source'] == 'published' for column in part['columns'])
        assert any('not comparable' in note for note in part['notes']) is compares


def test_simulated_rows_mark_tables_of_whatever_data(plan):
    found = plan('thumos14', (3,))
    outcomes = {found.runs[0].key: Outcome(found.runs[0], [{'round': 1, 'simulated': True}])}
    assert Layout(found, outcomes).own_mark == ' (simulated)'
    assert Layout(found, {}).own_mark == ' (measured)'


def test_failures_stand_below_the_table_that_they_are_missing_in(plan):
    found = plan(tables=(1, 3))
    (run,) = (run for run in found.runs if run.config.stem.endswith('_ws') and run.seed == 1)
    first, second = build_tables(found, {run.key: Outcome(run, None, 'no memory')})['tables']
    assert 'acl_synthetic_ws seed 1 failed: no memory' in first['parts'][0]['notes']
    assert not any('failed' in note for note in second['parts'][0]['notes'])


def test_spoken():
    assert spoken('0.5') == '0.5'
    assert spoken('avg(0.3:0.7)') == 'average 0.3:0.7'


def test_fused_map_in_per_cent_and_no_stream():
    row = {'round': 1, 'tal/mAP@0.5': 0.25, 'tal/mAP@avg(0.3:0.7)': 0.5, 'tal/rgb/mAP@0.5': 0.9, 'cluster/nmi': 0.7}
    assert localization_figures(row) == {'0.5': 25.0, 'avg(0.3:0.7)': 50.0}
    assert clustering_figures(row) == {'nmi': 0.7}


def test_cells():
    assert cell_of({}) is None
    assert cell_of({'3': 2.0}) == {'mean': 2.0, 'std': None, 'seeds': 1, 'values': {'3': 2.0}}
    assert cell_of({'0': 1.0, '1': 3.0})['std'] == pytest.approx(2**0.5)


def test_differences_are_paired_over_the_seeds_that_both_have():
    ours, theirs = {'0': 10.0, '1': 21.0, '2': 30.0}, {'0': 9.0, '1': 19.0, '3': 99.0}
    cell = difference_of(ours, theirs)
    assert cell['values'] == {'0': 1.0, '1': 2.0}
    assert (cell['mean'], cell['seeds']) == (1.5, 2)
    # Far below the deviation of either.
    assert cell['std'] == pytest.approx(0.5**0.5)


def test_values_of_a_round_or_of_the_last(plan):
    found = plan(tables=(3,))
    model = found.rounds
    first, second = model.runs
    rows = [{'round': round_, 'tal/mAP@0.5': round_ / 10} for round_ in (1, 2)]
    outcomes = {first.key: Outcome(first, rows), second.key: Outcome(second, None, 'why')}
    assert values_by_run(model, outcomes, localization_figures, '0.5') == {'0': 20.0}
    assert values_by_run(model, outcomes, localization_figures, '0.5', round_=1) == {'0': 10.0}
    assert values_by_run(model, outcomes, localization_figures, '0.5', round_=3) == {}
    assert values_by_run(model, outcomes, localization_figures, '0.9') == {}
