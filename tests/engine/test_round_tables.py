"""Tables say what the rows say."""

from __future__ import annotations

from mmacl.engine.round_tables import clustering_table, localization_table

ROWS = [
    {'round': 1, 'cluster/purity': 0.645, 'cluster/ari': 0.445, 'cluster/nmi': 0.726, 'tal/mAP@0.5': 0.13},
    {'round': 2, 'cluster/purity': 0.74, 'cluster/ari': 0.569, 'cluster/nmi': 0.788, 'tal/mAP@0.5': 0.208},
]


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip('|').split('|')] for line in table.splitlines() if '|' in line]


def test_clustering_as_fractions():
    table = cells(clustering_table(ROWS, 'By round', simulated=False))
    assert table[0] == ['Round', 'Purity', 'ARI', 'NMI']
    assert table[2] == ['2', '0.740', '0.569', '0.788']


def test_chance_is_the_last_line_where_the_last_round_has_it():
    rows = [ROWS[0], {**ROWS[1], 'chance/purity': 0.4, 'chance/ari': -0.0012, 'chance/nmi': 0.312}]
    assert cells(clustering_table(rows, 'x', False))[-1] == ['chance', '0.400', '-0.001', '0.312']
    assert cells(clustering_table(ROWS, 'x', False))[-1][0] == '2'


def test_one_to_one_accuracy_has_a_column_where_every_round_has_it():
    rows = [{**row, 'cluster/accuracy': 0.5} for row in ROWS]
    assert cells(clustering_table(rows, 'x', False))[1] == ['1', '0.645', '0.445', '0.726', '0.500']
    assert cells(clustering_table([rows[0], ROWS[1]], 'x', False))[0] == ['Round', 'Purity', 'ARI', 'NMI']


def test_localization_in_per_cent():
    table = cells(localization_table(ROWS, 'By round', simulated=False))
    assert table == [['Round', '0.5'], ['1', '13.00'], ['2', '20.80']]


def test_simulated_data_are_called_so_whatever_the_width():
    for table in (clustering_table, localization_table):
        assert 'simulated' in table(ROWS, 'A title that is longer than its table could ever be', simulated=True)
        assert 'simulated' not in table(ROWS, 'By round', simulated=False)


def test_nothing_measured_is_no_table():
    assert clustering_table([{'round': 1}], 'x', False) == localization_table([{'round': 1}], 'x', False) == ''


def test_streams_are_not_mixed_into_the_fused_columns():
    rows = [{'round': 1, 'tal/mAP@0.5': 0.1, 'tal/rgb/mAP@0.5': 0.2}]
    assert cells(localization_table(rows, 'x', False)) == [['Round', '0.5'], ['1', '10.00']]
