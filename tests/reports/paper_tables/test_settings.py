"""Tables 1 and 2."""

from __future__ import annotations

from mmacl.reports.paper_tables import build_tables


def headers(part):
    return [column['header'] for column in part['columns']]


def test_table_1_has_both_settings_beside_the_published_ones(plan, outcomes):
    found = plan(tables=(1,), seeds=(0, 2))
    (table,) = build_tables(found, outcomes(found))['tables']
    ours, methods = table['parts']
    assert headers(ours)[:7] == [
        f'{name} (simulated)' for name in ('0.3', '0.4', '0.5', '0.6', '0.7', 'average 0.3:0.7', 'seeds')
    ]
    assert headers(ours)[7:] == [f'{name} (published, THUMOS14)' for name in ('0.3', '0.4', '0.5', '0.6', '0.7')]
    weak, unsupervised = ours['rows']
    assert (weak['labels'], unsupervised['labels']) == (['weakly supervised'], ['unsupervised'])
    # The last round of three: 3 % + the seed; of one: 10 + 1 %.
    assert unsupervised['cells'][0]['values'] == {'0': 3.0, '2': 5.0}
    assert unsupervised['cells'][6:] == [2, 39.6, 32.9, 25.0, 16.7, 8.9]
    assert weak['cells'][0]['mean'] == 12.0
    assert weak['cells'][7:] == [46.9, 38.9, 30.1, 19.8, 10.4]
    assert len(methods['rows']) == 22
    assert all(column['source'] == 'published' for column in methods['columns'])


def test_table_2_has_its_own_thresholds(plan):
    (table,) = build_tables(plan('anet12'), {})['tables']
    ours, methods = table['parts']
    names = ['0.5', '0.75', '0.95', 'average 0.5:0.95']
    assert headers(ours) == [
        *(f'{name} (measured)' for name in [*names, 'seeds']),
        *(f'{name} (published)' for name in names),
    ]
    assert ours['rows'][1]['cells'] == [None, None, None, None, 0, 35.2, 21.4, 3.1, 21.1]
    assert len(methods['rows']) == 9


def test_gtea_has_one_setting_and_nothing_published(plan):
    (table,) = build_tables(plan('gtea'), {})['tables']
    (part,) = table['parts']
    assert [row['labels'] for row in part['rows']] == [['weakly supervised']]
    assert not [column for column in part['columns'] if column['source'] == 'published']
