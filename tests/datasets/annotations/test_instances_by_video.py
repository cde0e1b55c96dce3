import pytest

from mmacl.datasets.annotations.instances_by_video import build_record, read_seconds
from mmacl.utils import InputError


def test_ambiguous_segments_are_kept_apart():
    record = build_record('a', 'test', 9.0, [(1, 2, 'run'), (3, 4, 'Ambiguous')], 'f')
    assert (record.labels, record.segments.tolist(), record.ambiguous.tolist()) == (('run',), [[1, 2]], [[3, 4]])


@pytest.mark.parametrize('value', ['nan', 'x', None, float('inf')])
def test_what_is_no_time_is_refused(value):
    with pytest.raises(InputError, match='not a number of seconds'):
        read_seconds(value, 'f')
