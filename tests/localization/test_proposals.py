import numpy as np

from mmacl.localization import Proposals


def proposals(rows):
    table = np.asarray(rows, dtype=np.int64).reshape(-1, 3)
    return Proposals(table[:, 1:], table[:, 0])


def rows_of(found):
    return [(int(c), int(b), int(e)) for c, (b, e) in zip(found.columns, found.segments, strict=True)]


def test_unique_keeps_first_occurrences_in_their_order():
    rows = [(1, 4, 9), (0, 2, 3), (1, 4, 9), (0, 2, 4), (0, 2, 3), (2, 2, 3), (0, 1, 3)]
    assert rows_of(proposals(rows).unique()) == list(dict.fromkeys(rows))


def test_unique_equals_a_set_on_random_rows():
    rng = np.random.default_rng(0)
    start = rng.integers(0, 6, 500)
    rows = np.stack([rng.integers(0, 4, 500), start, start + rng.integers(1, 6, 500)], axis=1).tolist()
    assert rows_of(proposals(rows).unique()) == list(dict.fromkeys(map(tuple, rows)))


def test_unique_does_not_mix_up_far_units():
    rows = [(0, 0, 160_000), (0, 1, 160_000), (99, 159_999, 160_000), (98, 159_999, 160_000)]
    assert rows_of(proposals(rows).unique()) == rows


def test_unique_of_nothing():
    assert len(proposals([]).unique()) == 0
