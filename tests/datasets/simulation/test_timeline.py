import dataclasses

import numpy as np
import pytest

from mmacl.datasets.annotations import VideoRecord
from mmacl.datasets.simulation import (
    RECIPE,
    SNIPPET_DURATION,
    THUMOS14_STATISTICS,
    SimulationSettings,
    VideoSimulator,
    timeline_statistics,
)
from mmacl.datasets.simulation.draws import generator
from mmacl.datasets.simulation.timeline import draw_timeline
from mmacl.datasets.simulation.world import build_world

WORLD = build_world(20, 4, 0, RECIPE)


def draw(seed, full_length=False, recipe=RECIPE, main_class=None):
    return draw_timeline(generator(seed), seed % 20 if main_class is None else main_class, WORLD, recipe, full_length)


@pytest.mark.parametrize('full_length', [False, True])
def test_segments_are_disjoint_in_order_and_inside_the_video(full_length):
    for seed in range(150):
        timeline = draw(seed, full_length)
        times = timeline.segments.ravel()
        assert len(timeline.segments) >= 1
        assert times[0] >= 0
        assert times[-1] <= timeline.duration
        assert (np.diff(times) >= 0).all()
        assert (timeline.segments[:, 1] > timeline.segments[:, 0]).all()
        assert (times[1::2] - times[::2]).sum() <= RECIPE.coverage_max * timeline.duration * (1 + 1e-9)
        assert len(timeline.classes) == len(timeline.segments) <= RECIPE.max_instances


def test_times_are_not_snapped_to_snippets():
    times = np.concatenate([draw(seed).segments.ravel() for seed in range(40)]) / SNIPPET_DURATION
    offsets = times - np.floor(times)
    counts = np.histogram(offsets, bins=4, range=(0, 1))[0]
    assert counts.min() > 0.15 * len(offsets)


def test_short_videos_have_60_to_400_snippets_and_full_ones_thumos14s_durations():
    short = [draw(seed).num_snippets for seed in range(300)]
    assert min(short) >= 60
    assert max(short) <= 400
    assert min(short) < 65 < 300 < max(short)
    full = [draw(seed, full_length=True).duration for seed in range(300)]
    low, high = RECIPE.duration_range
    assert min(full) >= low
    assert max(full) <= high
    assert max(full) > 600


def test_companions_never_take_half_of_a_video():
    always = dataclasses.replace(RECIPE, companion_rate=1.0)
    for seed in range(60):
        main_class = seed % 20
        timeline = draw(seed, recipe=always, main_class=main_class)
        if WORLD.parents[main_class] >= 0:
            assert (timeline.classes == main_class).all()
            continue
        others = timeline.classes[timeline.classes != main_class]
        assert len(others) >= 1
        assert set(others) == {WORLD.companions[main_class]}
        assert 2 * len(others) < len(timeline.classes)
    never = dataclasses.replace(RECIPE, companion_rate=0.0)
    assert all(len(set(draw(seed, recipe=never).classes)) == 1 for seed in range(60))


def test_a_video_shorter_than_a_snippet_has_one():
    assert dataclasses.replace(draw(0), duration=0.3).num_snippets == 1


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
