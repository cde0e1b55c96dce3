"""What videos are ordered and coloured by."""

import numpy as np

from mmacl.clustering import video_groups

MEMBERS = np.array([[0, 1, 0], [0, 0, 0], [1, 0, 1]], dtype=bool)


def test_the_primary_class_where_there_are_annotations():
    counts = np.array([[1, 3], [0, 0], [2, 2]])
    groups = video_groups(MEMBERS, counts, ['a', 'b'], 2)
    assert groups.numbers.tolist() == [1, -1, 0]
    assert (groups.names, groups.what) == (('a', 'b'), 'class')


def test_the_first_cluster_where_there_are_none():
    for counts, names in ((None, None), (None, ['a']), (np.ones((3, 1), dtype=int), None)):
        groups = video_groups(MEMBERS, counts, names, 2)
        assert groups.numbers.tolist() == [1, -1, 0]
        assert (groups.names, groups.what) == (None, 'cluster of round 2')
