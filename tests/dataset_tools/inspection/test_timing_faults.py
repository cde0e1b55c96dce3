import pytest

from mmacl.dataset_tools.inspection.timing_faults import Drift, drift_faults


def drift(duration, length=100, seconds=0.64):
    return Drift('v', 'v.npy', length, length * seconds, duration, seconds)


def test_seconds_and_share_are_signed():
    assert drift(80.0).seconds == pytest.approx(-16)
    assert drift(80.0).share == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ('duration', 'length', 'kind'),
    [
        (64.9, 100, None),  # what does not fill a last snippet
        (66.5, 100, 'warning'),  # 24 frames a second taken for 25
        (80.0, 100, 'fault'),  # 20 frames a second taken for 25
        (3.8, 5, None),  # short: one snippet is much of it
        (5.0, 5, 'warning'),
        (1300.0, 2000, None),  # long: three snippets are nothing
    ],
)
def test_thresholds_are_in_snippets_and_share(duration, length, kind):
    faults = [fault for fault in drift_faults([drift(duration, length)], True) if fault.kind == 'drift']
    assert [fault.warning for fault in faults] == {None: [], 'warning': [True], 'fault': [False]}[kind]


def test_a_wrong_timing_is_told_from_single_videos():
    all_wrong = drift_faults([drift(77.0)] * 3, True)
    assert [fault.kind for fault in all_wrong] == ['timing', 'drift', 'drift', 'drift']
    assert '0.77 s or more' in all_wrong[0].what
    one_wrong = drift_faults([drift(64.0), drift(64.5), drift(90.0)], True)
    assert [fault.kind for fault in one_wrong] == ['drift']


def test_an_estimated_timing_only_warns():
    assert [fault.warning for fault in drift_faults([drift(64.0), drift(200.0)], False)] == [True]
    assert drift_faults([], True) == []


@pytest.mark.parametrize(
    ('seconds_missing', 'window', 'kind'),
    [
        (0.5, 16 / 30, None),  # windows of 16 frames every 4 frames leave up to 16 frames at the end
        (0.5, 0.0, 'warning'),
        (0.6, 16 / 30, 'warning'),
        (-0.5, 16 / 30, 'warning'),  # more snippets than the video has frames for
        (4.0, 16 / 30, 'fault'),
    ],
)
def test_windows_that_overlap_end_before_the_video(seconds_missing, window, kind):
    covered, step = 15.0, 4 / 30
    drift = Drift('v', 'v.npy', 112, covered, covered + seconds_missing, step, window)
    faults = [fault.warning for fault in drift_faults([drift, *[Drift('w', 'w', 9, 1.2, 1.2, step)] * 3], True)]
    assert faults == {None: [], 'warning': [True], 'fault': [False]}[kind]


def test_where_each_video_has_its_timing_none_is_blamed_for_all():
    faults = drift_faults([drift(77.0)] * 3, True, one_for_all=False)
    assert [fault.kind for fault in faults] == ['drift', 'drift', 'drift']
    assert '--timing' not in faults[0].remedy
    assert '--timing' in drift_faults([drift(77.0)] * 3, True)[1].remedy
