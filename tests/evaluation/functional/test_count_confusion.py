"""Videos by cluster and class."""

import numpy as np

from mmacl.evaluation import count_confusion, primary_class


def test_equals_plain_loops():
    rng = np.random.default_rng(0)
    members, classes = rng.random((40, 5)) < 0.4, rng.integers(-1, 3, 40)
    expected = np.zeros((5, 3), dtype=int)
    for member, label in zip(members, classes, strict=True):
        for cluster in range(5):
            expected[cluster, label] += label >= 0 and member[cluster]
    np.testing.assert_array_equal(count_confusion(members, classes, 3), expected)


def test_without_videos_or_classes():
    assert count_confusion(np.zeros((0, 4), dtype=bool), np.zeros(0, dtype=int), 2).tolist() == [[0, 0]] * 4
    nobody = primary_class(np.zeros((3, 2), dtype=int))
    assert not count_confusion(np.ones((3, 1), dtype=bool), nobody, 2).any()
