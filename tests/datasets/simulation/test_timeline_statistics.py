import numpy as np
import pytest

from mmacl.datasets.annotations import VideoRecord
from mmacl.datasets.simulation import THUMOS14_STATISTICS, SimulationSettings, VideoSimulator, timeline_statistics


def test_of_two_videos_by_hand():
    once = VideoRecord('a', duration=10.0, segments=np.array([[1.0, 3.0], [4.0, 5.0]]), labels=('x', 'x'))
    # One instance with two labels is one instance.
    twice = VideoRecord('b', duration=30.0, segments=np.array([[6.0, 12.0], [6.0, 12.0]]), labels=('x', 'y'))
    assert timeline_statistics([once, twice]) == pytest.approx(
        {
            'videos with two classes (share)': 0.5,
            'duration, mean (s)': 20.0,
            'duration, median (s)': 20.0,
            'duration, shortest (s)': 10.0,
            'duration, longest (s)': 30.0,
            'instances a video, mean': 1.5,
            'instances a video, median': 1.5,
            'instances a video, most': 2.0,
            'instance length, mean (s)': 3.0,
            'instance length, median (s)': 2.0,
            'instance length, 10th percentile (s)': 1.2,
            'instance length, 90th percentile (s)': 5.2,
            'coverage, mean (share)': 0.25,
            'coverage, median (share)': 0.25,
        }
    )


def test_full_length_videos_resemble_thumos14():
    records = []
    for seed in range(10):
        simulator = VideoSimulator(SimulationSettings(feature_dim=1, full_length=True, seed=seed))
        records += [simulator.record('train', index) for index in range(200)]
    simulated = timeline_statistics(records)
    for name, published in THUMOS14_STATISTICS.items():
        if 'shortest' not in name:  # a minimum of 2,000 videos, against one of 200
            assert simulated[name] == pytest.approx(published, rel=0.2), name


def test_short_videos_differ_in_duration_and_number_only():
    simulator = VideoSimulator(SimulationSettings(feature_dim=1))
    simulated = timeline_statistics([simulator.record('train', index) for index in range(400)])
    for name in ('instance length, median (s)', 'coverage, mean (share)', 'coverage, median (share)'):
        assert simulated[name] == pytest.approx(THUMOS14_STATISTICS[name], rel=0.2), name
