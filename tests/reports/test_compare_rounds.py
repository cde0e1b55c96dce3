from __future__ import annotations

from mmacl.reports.compare_rounds import FIGURES, compare_rounds, compare_with


def rows(purity: float, score: float) -> list[dict[str, float]]:
    figures = {'cluster/purity': purity, 'cluster/nmi': 0.5, 'cluster/ari': 0.25, 'tal/mAP@0.5': score}
    return [{'round': number, 'tal/mAP@avg(0.3:0.7)': score, **figures} for number in (1, 2)]


def test_differences_are_of_the_seeds_that_both_have():
    record = {
        'a': {'rows': {'3': rows(0.5, 0.2), '4': rows(0.7, 0.25), '5': rows(0.9, 0.9)}},
        'b': {'rows': {'4': rows(0.8, 0.3), '3': rows(0.7, 0.3)}},
        'c': {'rows': {'9': rows(0.5, 0.2)}},
    }
    header, table = compare_rounds(record, [('a', 'b'), ('a', 'c'), ('a', 'd')], dict(a='A', b='B', c='C'))
    assert header == ['', 'round', 'seeds', 'purity', 'NMI', 'ARI', 'mAP@0.5', 'average 0.3:0.7']
    assert [row[:4] for row in table[::2]] == [
        ['A', '1', '2', '0.600 ± 0.141'],
        ['B', '1', '2', '0.750 ± 0.071'],
        ['B less A', '1', '2', '+0.150 ± 0.071 (2 of 2)'],
    ]
    assert table[-1][-1] == '+7.5 ± 3.5 (2 of 2)'
    assert table[-1][4] == '+0.000 ± 0.000 (0 of 2)'


def test_differences_from_one_are_of_the_last_round_and_open_where_a_figure_is_missing():
    base = {'10': rows(0.5, 0.2), '9': rows(0.6, 0.3)}
    supervised = {seed: [{**row, 'cluster/purity': None} for row in of] for seed, of in base.items()}
    others = {'b': {'9': rows(0.7, 0.25), '10': rows(0.4, 0.3)}, 'ws': supervised, 'apart': {'1': rows(0.1, 0.1)}}
    header, table = compare_with(base, others, [FIGURES[0], FIGURES[-1]])
    assert header == ['', 'seeds', 'purity', 'average 0.3:0.7']
    assert table == [
        ['b', '2', '+0.000 ± 0.141 (1 of 2)', '+2.5 ± 10.6 (1 of 2)'],
        ['ws', '2', '-', '+0.0 ± 0.0 (0 of 2)'],
    ]
