import numpy as np

from mmacl.datasets import LoadActionAnnotations, LoadSnippetFeatures, VideoRecord


def test_features_are_read_when_the_transform_runs():
    asked = []
    results = LoadSnippetFeatures()(dict(load_features=lambda: asked.append(1) or dict(rgb='array')))
    assert results['features'] == dict(rgb='array')
    assert asked == [1]


def load(record, classes=('jump', 'run', 'swim')):
    return LoadActionAnnotations()(dict(load_record=lambda: record, classes=classes))


def test_labels_follow_the_order_of_the_classes():
    segments = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    results = load(VideoRecord('v', segments=segments, labels=('swim', 'jump', 'swim')))
    instances = results['gt_instances']
    np.testing.assert_array_equal(instances.labels, [2, 0, 2])
    assert instances.labels.dtype == np.int64
    np.testing.assert_array_equal(instances.segments, segments)
    assert instances.segments.dtype == np.float64
    assert instances.segments is not segments
    np.testing.assert_array_equal(results['gt_video_label'], np.array([1, 0, 1], np.float32))


def test_instances_end_with_the_video():
    segments = np.array([[1.0, 2.0], [8.0, 12.0], [13.0, 14.0]])
    instances = load(VideoRecord('v', duration=10.0, segments=segments, labels=('run', 'run', 'jump')))['gt_instances']
    assert instances.segments.tolist() == [[1.0, 2.0], [8.0, 10.0], [10.0, 10.0]]
    assert instances.clipped.tolist() == [False, True, True]


def test_ambiguous_segments_are_kept_apart():
    unclear = np.array([[3.0, 4.0]])
    results = load(VideoRecord('v', segments=np.array([[1.0, 2.0]]), labels=('swim',), ambiguous=unclear))
    assert results['gt_ambiguous'].segments.tolist() == [[3.0, 4.0]]
    assert results['gt_ambiguous'].segments is not unclear
    assert results['gt_instances'].segments.tolist() == [[1.0, 2.0]]


def test_a_video_of_background_has_no_instance():
    results = load(VideoRecord('v'))
    assert results['gt_instances'].segments.shape == (0, 2)
    assert results['gt_instances'].labels.dtype == np.int64
    np.testing.assert_array_equal(results['gt_video_label'], [0, 0, 0])


def test_without_annotations_it_adds_nothing():
    assert set(load(None, None)) == {'load_record', 'classes'}
