"""Tables 3 and 4."""

from __future__ import annotations

from mmacl.reports.paper_tables import build_tables


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
