import numpy as np
import pytest

from mmacl.datasets.annotations.entries import build_record, read_lines, read_seconds
from mmacl.utils import InputError


def test_ambiguous_segments_are_kept_apart():
    record = build_record('a', 'test', 9.0, [(1, 2, 'run'), (3, 4, 'Ambiguous')], 'f')
    assert (record.labels, record.segments.tolist(), record.ambiguous.tolist()) == (('run',), [[1, 2]], [[3, 4]])


@pytest.mark.parametrize(
    ('value', 'seconds'),
    [
        (3, 3.0),
        (' 63.14 ', 63.14),
        ('01:03.14', 63.14),
        ('1:03,14', 63.14),
        ('00:11:10.94', 670.94),
        ('1:00:00', 3600.0),
        ('75:00', 4500.0),
        ('0:0.1', 0.1),
        ('-1', -1.0),
        (np.float32(0.5), 0.5),
    ],
)
def test_times_are_numbers_or_clock_times(value, seconds):
    assert read_seconds(value, 'f') == seconds


@pytest.mark.parametrize(
    ('value', 'says'),
    [
        *((value, 'not finite') for value in ('nan', float('inf'), '-inf')),
        *(
            (value, 'not a number of seconds')
            for value in ('x', '', None, True, [1], '1:60', '1:60:00', '1:2:3:4', '00:00:01:12', ':5', '1:-5', '1:2e1')
        ),
    ],
)
def test_what_is_no_time_is_refused(value, says):
    with pytest.raises(InputError, match=f'f: line 4: time .* is {says}'):
        read_seconds(value, 'f', 'line 4')


def test_times_that_are_not_finite_pass_where_they_are_judged_later():
    assert read_seconds('inf', 'f', finite=False) == float('inf')
    with pytest.raises(InputError, match='not a number'):
        read_seconds('x', 'f', finite=False)


def test_lines(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('v1  0.5 1\n\nv2 2 3\n')
    assert list(read_lines(path)) == [('v1', 0.5, 1.0), ('v2', 2.0, 3.0)]
    path.write_text('v1 0.5\n')
    with pytest.raises(InputError, match='line 1'):
        list(read_lines(path))
