"""Headers say whose figures they are, and of which data."""

from __future__ import annotations

import pytest

from mmacl.reports.paper_tables import build_tables
from mmacl.reports.paper_tables.layout import Layout, spoken
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
