from __future__ import annotations

from mmacl.reports.compare_rounds import compare_rounds, stable_rounds_in_short


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


def test_the_short_table_has_the_first_and_the_last_round():
    record = {
        'um_synthetic_us': {'rows': {'3': rows(0.5, 0.2)}},
        'um_plus_synthetic_us': {'rows': {'3': rows(0.7, 0.3)}},
    }
    header, table = stable_rounds_in_short(record)
    assert header[2:4] == ['purity, first round', 'average mAP, first round']
    assert table == [
        ['UM', '1', '0.500', '20.0', '0.500', '20.0'],
        ['UM+', '1', '0.700', '30.0', '0.700', '30.0'],
    ]
