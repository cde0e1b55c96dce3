import numpy as np
import pytest

from mmacl.datasets import RecordRules, VideoRecord
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors


def record(*segments, duration=10.0, label='run'):
    return VideoRecord('v', 'train', duration, np.array(segments, dtype=float).reshape(-1, 2), (label,) * len(segments))


@pytest.mark.parametrize(
    ('bad', 'says'),
    [
        (record([1, 2], [3, 3]), r'segment \[3, 3\] of .run. does not end after its start'),
        (record([4, 2]), r'segment \[4, 2\] of .run. does not end'),
        (record([-0.5, 2]), r'segment \[-0.5, 2\] of .run. starts before the video'),
        (record([np.nan, 2]), 'not finite'),
        (record([1, np.inf]), 'not finite'),
        (record([1, 2], label='fly'), "unknown class 'fly', not among the 2 classes"),
        (record([1, 11.5]), r'segment \[1, 11.5\] of .run. lies past the end of the video \(10 s\)'),
        (record([10, 10.5]), 'lies past the end'),
        (record([1, 2], duration=0.0), 'duration 0.0 s'),
        (record([1, 2], duration=-3.0), 'duration -3.0 s'),
        (record([1, 2], duration=float('nan')), 'duration nan s'),
    ],
)
def test_refuses_what_makes_no_sense(bad, says):
    with pytest.raises(InputError, match=says) as error:
        RecordRules().check(bad, ('jump', 'run'), 'gt.json')
    assert str(error.value).startswith("gt.json: video 'v'")
    assert '\n' not in str(error.value)


def test_accepts_good_segments_and_leaves_them_as_annotated():
    for rules, good in (
        (RecordRules(), record([0, 1], [9, 10])),
        (RecordRules(), record()),
        (RecordRules(), record([0, 99], duration=None)),
        (RecordRules(past_end='clip'), record([1, 2], [9, 25], [12, 14])),
        (RecordRules(past_end_tolerance=1.0), record([1, 2], [9, 10.9])),
        (RecordRules(empty_segments='keep'), record([0, 0], [3, 3])),
    ):
        before = good.segments.copy()
        rules.check(good, ('run',), 'f')
        np.testing.assert_array_equal(good.segments, before)


def test_a_segment_may_reach_past_the_end_by_tolerance_and_slack():
    with pytest.raises(InputError, match='past the end'):
        RecordRules(past_end_tolerance=0.5).check(record([9, 10.9]), None, 'f')
    rules = RecordRules(past_end_tolerance=1.0)
    rules.check_end(record([9, 11.5]), 10.0, 0.6, 'f')
    with pytest.raises(InputError, match='past the end'):
        rules.check_end(record([9, 11.5]), 10.0, 0.4, 'f')


def test_reversed_segments_are_never_accepted():
    with pytest.raises(InputError, match='does not end'):
        RecordRules(empty_segments='keep').check(record([3, 2]), None, 'f')


@pytest.mark.parametrize(
    'keys',
    [
        dict(past_end='drop'),
        dict(empty_segments='drop'),
        dict(past_end_tolerance=-1),
        dict(past_end_tolerance=float('nan')),
    ],
)
def test_refuses_unknown_settings(keys):
    with pytest.raises(InputError, match=next(iter(keys))):
        RecordRules(**keys)


def test_all_faults_can_be_collected():
    rows = np.array([[3.0, 2.0], [-1.0, 2.0], [5.0, 90.0]])
    with collect_errors() as errors:
        RecordRules().check(VideoRecord('v', '', 10.0, rows, ('a', 'b', 'b')), ('a',), 'f')
        RecordRules().check(VideoRecord('v', '', -1.0), None, 'f')
    assert [error.kind for error in errors] == ['unknown class', 'segment', 'segment', 'past the end', 'duration']
