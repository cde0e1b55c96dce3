"""What every protocol shares: classes, thresholds, names."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation.functional import (
    PROTOCOLS,
    SegmentTable,
    average_precision,
    mean_average_precision,
    mean_over_classes,
)
from mmacl.utils import InputError

NOTHING = SegmentTable([], np.zeros((0, 2)), [], [])
NO_TRUTH = SegmentTable([], np.zeros((0, 2)), [])


@pytest.fixture
def truth():
    """Class 0 in videos 0 and 1, class 2 in video 1; class 1 nowhere."""
    return SegmentTable([0, 1, 1], [[0.0, 10.0], [0.0, 10.0], [20.0, 30.0]], [0, 0, 2])


def test_a_class_without_detections_counts_with_zero_and_only_itself(truth):
    found = SegmentTable([0, 1], [[0.0, 10.0], [0.0, 10.0]], [0, 0], [0.9, 0.8])
    assert average_precision(truth, found, [0.5], num_classes=3)[0, [0, 2]].tolist() == [1.0, 0.0]
    assert mean_average_precision(truth, found, [0.5]).tolist() == [0.5]


def test_a_class_without_ground_truth_does_not_count(truth):
    right = ([0, 1, 1], [[0.0, 10.0], [0.0, 10.0], [20.0, 30.0]], [0, 0, 2], [0.9, 0.8, 0.7])
    found = SegmentTable(*(np.concatenate([column, column]) for column in right))
    found.labels[3:] = 1
    precisions = average_precision(truth, found, [0.5])
    assert np.isnan(precisions[0, 1])
    assert mean_average_precision(truth, found, [0.5]).tolist() == [1.0]


def test_ground_truth_of_videos_without_detections_counts(truth):
    found = SegmentTable([0], [[0.0, 10.0]], [0], [0.9])
    assert average_precision(truth, found, [0.5])[0, 0] == 0.5


def test_no_detections_at_all(truth):
    assert mean_average_precision(truth, NOTHING, [0.3, 0.5]).tolist() == [0.0, 0.0]


def test_no_ground_truth_at_all_is_undefined_and_silent(recwarn):
    found = SegmentTable([0], [[0.0, 10.0]], [0], [0.9])
    assert np.isnan(mean_average_precision(NO_TRUTH, found, [0.3, 0.5])).all()
    assert np.isnan(mean_average_precision(NO_TRUTH, NOTHING, [0.5])).all()
    assert not recwarn.list


def test_the_space_of_labels_may_be_larger_than_what_occurs(truth):
    assert average_precision(truth, NOTHING, [0.5], num_classes=7).shape == (1, 7)
    assert average_precision(truth, NOTHING, [0.5]).shape == (1, 3)


def test_mean_over_classes_skips_nan_only():
    np.testing.assert_allclose(mean_over_classes(np.array([[0.0, np.nan, 0.5], [np.nan] * 3])), [0.25, np.nan])


def test_a_further_protocol_is_an_entry_of_the_table(truth, monkeypatch):
    monkeypatch.setitem(
        PROTOCOLS, 'ones', lambda gt, found, thresholds, classes, _: np.ones((len(thresholds), classes))
    )
    assert mean_average_precision(truth, NOTHING, [0.5, 0.7], protocol='ones').tolist() == [1.0, 1.0]


def test_an_unknown_protocol_is_refused_with_the_known_ones(truth):
    with pytest.raises(InputError, match=r"protocol 'pascal' is not known; choose one of .*activitynet"):
        average_precision(truth, NOTHING, [0.5], protocol='pascal')


@pytest.mark.parametrize(
    ('thresholds', 'message'),
    [([], 'empty'), ([0.0], '0 is not in'), ([0.5, 50], '50 is not in'), ([float('nan')], 'nan is not in')],
)
def test_thresholds_that_are_none_are_refused(truth, thresholds, message):
    with pytest.raises(InputError, match=message):
        average_precision(truth, NOTHING, thresholds)


def test_labels_out_of_range_and_missing_scores_are_refused(truth):
    with pytest.raises(InputError, match=r'label 2 is not in \[0, 2\)'):
        average_precision(truth, NOTHING, [0.5], num_classes=2)
    with pytest.raises(InputError, match='label -1'):
        average_precision(truth, SegmentTable([0], [[0.0, 1.0]], [-1], [0.5]), [0.5])
    with pytest.raises(InputError, match='without scores'):
        average_precision(truth, truth, [0.5])


def test_the_size_of_activitynet_is_a_matter_of_moments():
    rng = np.random.default_rng(0)
    number = 238_300
    videos = np.arange(number) % 2383
    starts = rng.uniform(0, 100, number)
    segments = np.stack([starts, starts + rng.uniform(5, 100, number)], axis=1)
    found = SegmentTable(videos, segments, videos % 100, rng.random(number))
    truth = found.take(np.arange(3600))
    scores = mean_average_precision(
        SegmentTable(truth.videos, truth.segments, truth.labels), found, np.arange(0.5, 1, 0.05)
    )
    assert scores.shape == (10,)
    assert (np.diff(scores) <= 0).all()
    assert 0 < scores[-1] < 1
