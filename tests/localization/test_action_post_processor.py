import numpy as np
import pytest
import torch

from mmacl.localization import (
    ActionPostProcessor,
    OuterInnerContrast,
    Proposals,
    ScoreMap,
    TemporalNMS,
    ThresholdProposals,
)
from mmacl.registry import POST_PROCESSORS
from mmacl.structures import ClusterMapping, ScoredVideo, SnippetTiming
from mmacl.utils import InputError

TIMING = SnippetTiming(0.64)


def mapping(*rows):
    weights = np.array(rows, dtype=float)
    return ClusterMapping(weights, tuple(f'action{a}' for a in range(weights.shape[1])))


def bumps(num_snippets, *places):
    """One column a tuple of (start, end, height)."""
    attention = np.zeros((num_snippets, len(places)))
    for c, (start, end, height) in enumerate(places):
        attention[start:end, c] = height
    return attention


def as_rows(found):
    return [
        (round(float(b), 6), round(float(e), 6), int(label), int(cluster), round(float(score), 9))
        for (b, e), label, cluster, score in zip(
            found.segments, found.labels, found.clusters, found.scores, strict=True
        )
    ]


def test_chain_equals_its_parts_one_cluster_at_a_time():
    rng = np.random.default_rng(0)
    attention = rng.normal(size=(40, 3)).cumsum(axis=0)
    video_scores = np.array([0.6, 0.1, 0.3])
    found = ActionPostProcessor()(attention, video_scores, TIMING, ClusterMapping.anonymous(3))

    expected = []
    for cluster in (0, 2):  # 0.1 is not above 0.1
        scores = ScoreMap()(attention)[:, [cluster]]
        proposals = ThresholdProposals()(scores)
        ranks = OuterInnerContrast()(scores, video_scores[[cluster]], proposals)
        rows, _ = TemporalNMS()(proposals.segments, ranks)
        for row in rows:
            start, end = proposals.segments[row] * 0.64
            expected.append((round(start, 6), round(end, 6), cluster, cluster, round(ranks[row], 9)))
    assert len(expected) > 4
    assert as_rows(found) == sorted(expected, key=lambda row: -row[-1])


def test_tensors_on_autograd_and_half_precision_are_accepted():
    attention = torch.tensor(bumps(8, (2, 5, 4.0)), requires_grad=True)
    found = ActionPostProcessor()(attention, torch.ones(1).half(), TIMING, ClusterMapping.anonymous(1))
    assert as_rows(found) == [(1.28, 3.2, 0, 0, 4.1)]
    assert found.segments.dtype == found.scores.dtype == np.float64
    assert found.labels.dtype == found.clusters.dtype == np.int64


@pytest.mark.parametrize(
    ('scores', 'kept'),
    [
        ([0.5, 0.2, 0.3], [0, 1, 2]),
        ([0.9, 0.1, 0.0], [0]),
        ([0.05, 0.08, 0.02], [1]),
        ([0.1, 0.1, 0.1], [0]),
        ([0.02, 0.02, 0.01], [0]),
    ],
)
def test_clusters_above_tau_or_the_best_one(scores, kept):
    assert ActionPostProcessor().select_clusters(np.array(scores)).tolist() == kept


def test_seconds_use_offset_duration_and_units():
    timing = SnippetTiming(2.0, offset=10.0, duration=15.0)
    found = ActionPostProcessor()(bumps(8, (1, 4, 3.0)), np.ones(1), timing, ClusterMapping.anonymous(1))
    assert [row[:2] for row in as_rows(found)] == [(12.0, 15.0)]
    fine = ActionPostProcessor(score_map={'type': 'ScoreMap', 'interpolation': 10})
    starts = fine(bumps(8, (3, 5, 3.0)), np.ones(1), SnippetTiming(1.0), ClusterMapping.anonymous(1)).segments
    # Linear slopes run from the centre of one snippet to that of the next: half the height is the border itself.
    assert starts[:, 0].min() > 2.4
    assert starts[:, 1].max() < 5.6
    np.testing.assert_allclose(starts.sum(axis=1), 8.0)  # symmetric about 4 s, as the bump


def test_segments_wholly_beyond_the_duration_are_dropped():
    timing = SnippetTiming(1.0, duration=5.0)
    found = ActionPostProcessor()(bumps(8, (6, 8, 3.0)), np.ones(1), timing, ClusterMapping.anonymous(1))
    assert len(found.scores) == 0


def test_cluster_expands_to_its_actions_with_their_weights():
    found = ActionPostProcessor()(bumps(9, (2, 5, 4.0)), np.ones(1), TIMING, mapping([1.0, 0.0, 0.5]))
    assert [(row[2], row[4]) for row in as_rows(found)] == [(0, 4.1), (2, 2.05)]


def test_a_weight_never_raises_a_negative_score():
    """The proposal's surroundings are higher than itself: its contrast is negative."""
    post_processor = ActionPostProcessor(proposals=_Fixed((1, 2)))
    attention = np.array([[9.0], [1.0], [9.0]])
    found = post_processor(attention, np.ones(1), TIMING, mapping([0.5, 1.0]))
    assert [(row[2], row[4]) for row in as_rows(found)] == [(1, -7.9), (0, -11.85)]


def test_a_cluster_without_an_action_gives_nothing():
    found = ActionPostProcessor()(
        bumps(9, (2, 5, 4.0), (6, 8, 2.0)), np.array([0.5, 0.5]), TIMING, mapping([0.0, 0.0], [0.0, 1.0])
    )
    assert {(row[2], row[3]) for row in as_rows(found)} == {(1, 1)}


def test_nms_after_mapping_works_on_actions():
    attention = bumps(20, (4, 10, 4.0), (4, 11, 3.0))
    p_hat, same_action = np.array([0.5, 0.5]), mapping([1.0], [1.0])
    within_clusters = ActionPostProcessor()(attention, p_hat, TIMING, same_action)
    within_actions = ActionPostProcessor(nms_after_mapping=True)(attention, p_hat, TIMING, same_action)
    assert [row[3] for row in as_rows(within_clusters)] == [0, 1]
    assert [row[3] for row in as_rows(within_actions)] == [0]
    # Different actions do not suppress each other either way.
    two_actions = ActionPostProcessor(nms_after_mapping=True)(attention, p_hat, TIMING, mapping([1, 0], [0, 1]))
    assert [row[2] for row in as_rows(two_actions)] == [0, 1]


def test_nms_after_mapping_equals_nms_before_it_where_each_cluster_is_one_action():
    rng = np.random.default_rng(2)
    attention, p_hat = rng.normal(size=(60, 4)).cumsum(axis=0), np.full(4, 0.25)
    results = [
        as_rows(ActionPostProcessor(nms_after_mapping=after)(attention, p_hat, TIMING, ClusterMapping.anonymous(4)))
        for after in (False, True)
    ]
    assert results[0] == results[1]


@pytest.mark.parametrize('threshold', [0.0, 0.3, 0.5, 0.9])
def test_dropping_copies_changes_nothing(threshold):
    rng = np.random.default_rng(4)
    attention, p_hat = np.round(rng.normal(size=(50, 3)) + 0.2), np.full(3, 0.3)  # rounded: many equal scores
    results = []
    for drops in (True, False):
        nms = TemporalNMS(threshold)
        nms.drops_duplicates = drops
        results.append(as_rows(ActionPostProcessor(nms=nms)(attention, p_hat, TIMING, ClusterMapping.anonymous(3))))
    assert results[0] == results[1]
    assert len(results[0]) > 3


def test_without_nms_every_threshold_speaks():
    found = ActionPostProcessor(nms=None)(bumps(9, (2, 5, 4.0)), np.ones(1), TIMING, ClusterMapping.anonymous(1))
    assert len(found.scores) == 10


def test_scores_fall_and_ties_keep_their_order():
    attention = bumps(30, (2, 5, 4.0)) + bumps(30, (12, 15, 4.0)) + bumps(30, (20, 22, 6.0))
    found = ActionPostProcessor()(attention, np.ones(1), TIMING, ClusterMapping.anonymous(1))
    assert (np.diff(found.scores) <= 0).all()
    assert [round(float(s) / 0.64) for s in found.segments[:, 0]] == [20, 2, 12]


def test_max_detections_keeps_the_best():
    attention = bumps(30, (2, 5, 4.0)) + bumps(30, (12, 15, 5.0)) + bumps(30, (20, 22, 6.0))
    everything = ActionPostProcessor()(attention, np.ones(1), TIMING, ClusterMapping.anonymous(1))
    two = ActionPostProcessor(max_detections=2)(attention, np.ones(1), TIMING, ClusterMapping.anonymous(1))
    assert as_rows(two) == as_rows(everything)[:2]


@pytest.mark.parametrize('after', [True, False])
@pytest.mark.parametrize('nms', [{'type': 'TemporalNMS'}, None])
def test_no_proposals_at_all(after, nms):
    post_processor = ActionPostProcessor(nms=nms, nms_after_mapping=after)
    found = post_processor(np.full((6, 2), -1.0), np.array([0.5, 0.5]), TIMING, ClusterMapping.anonymous(2))
    assert found.segments.shape == (0, 2)
    assert len(found.scores) == len(found.labels) == len(found.clusters) == 0


def test_one_snippet():
    found = ActionPostProcessor()(np.array([[2.0]]), np.ones(1), TIMING, ClusterMapping.anonymous(1))
    assert as_rows(found) == [(0.0, 0.64, 0, 0, 2.1)]


@pytest.mark.parametrize('config', [{}, {'score_map': {'type': 'ScoreMap', 'mode': 'minmax', 'interpolation': 4}}])
def test_ten_thousand_snippets(config):
    attention = np.random.default_rng(0).normal(size=(10_000, 5)).cumsum(axis=0)
    found = ActionPostProcessor(**config)(attention, np.full(5, 0.2), TIMING, ClusterMapping.anonymous(5))
    assert len(found.scores) > 5
    assert found.segments.max() <= 6400 + 1e-6
    assert (found.segments[:, 0] < found.segments[:, 1]).all()


def test_the_authors_release_can_be_configured():
    post_processor = POST_PROCESSORS.build(
        {
            'type': 'ActionPostProcessor',
            'score_map': {
                'type': 'ScoreMap',
                'mode': 'minmax',
                'interpolation': 16,
                'smoothing': {'window': 17, 'order': 1},
            },
            'proposals': {'type': 'ThresholdProposals', 'dilation': 20},
            'scorer': {'type': 'OuterInnerContrast', 'gamma': 0.25},
            'nms': {'type': 'TemporalNMS', 'iou_threshold': 0.65},
        }
    )
    attention = bumps(60, (20, 30, 5.0)) + np.random.default_rng(0).normal(scale=0.1, size=(60, 1))
    found = post_processor(attention, np.ones(1), SnippetTiming(1.0), ClusterMapping.anonymous(1))
    start, end = found.segments[0]
    assert start == pytest.approx(20, abs=1.5)
    assert end == pytest.approx(30, abs=1.5)


@pytest.mark.parametrize(
    ('attention', 'video_scores', 'num_clusters', 'names'),
    [
        (np.zeros((5, 3)), np.ones(3), 2, '3 clusters, but the mapping to actions has 2'),
        (np.zeros((5, 3)), np.ones(2), 3, r'\(5, 3\) and video_scores \(2,\)'),
        (np.zeros(5), np.ones(1), 1, r'\(5,\)'),
        (np.zeros((0, 1)), np.ones(1), 1, r'\(0, 1\)'),
        (np.full((5, 1), np.nan), np.ones(1), 1, 'NaN'),
        (np.zeros((5, 1)), np.array([np.inf]), 1, 'infinite'),
    ],
)
def test_bad_input_is_refused(attention, video_scores, num_clusters, names):
    with pytest.raises(InputError, match=names):
        ActionPostProcessor()(attention, video_scores, TIMING, ClusterMapping.anonymous(num_clusters))


def test_bad_max_detections_is_refused():
    with pytest.raises(InputError, match='max_detections=0'):
        ActionPostProcessor(max_detections=0)


class _Fixed:
    """Always the same proposal."""

    def __init__(self, *segments):
        self.segments = np.array(segments)

    def __call__(self, scores):
        return Proposals(self.segments, np.zeros(len(self.segments), dtype=np.int64))


@pytest.mark.parametrize(
    'options',
    [
        {},
        {'nms': {'type': 'SoftNMS'}, 'class_selection': 'relative'},
        {'nms': None},
        {'nms_after_mapping': True, 'max_detections': 7},
        {
            'proposals': {
                'type': 'ThresholdProposals',
                'source': 'actionness',
                'relative_to': 'max',
                'thresholds': [0.5],
            }
        },
    ],
)
@pytest.mark.parametrize('given', [False, True])
def test_many_videos_and_views_equal_one_at_a_time(options, given):
    rng = np.random.default_rng(5)
    post_processor = ActionPostProcessor(**options)
    actions = mapping([1.0, 0.0, 0.5], [0.0, 1.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 1.0])
    videos = []
    for length in (30, 1, 57):
        views = [(rng.normal(size=(length, 4)).cumsum(axis=0) + 2, rng.dirichlet(np.ones(4))) for _ in range(3)]
        start, columns = rng.uniform(0, length, 20), np.sort(rng.integers(4, size=20))
        own = Proposals(np.stack([start, start + rng.uniform(0.5, 9, 20)], axis=1), columns) if given else None
        videos.append(ScoredVideo(views, SnippetTiming(0.64, 1.0, 0.6 * length), rng.random(length), own))
    together = post_processor.localize_videos(videos, actions)
    assert sum(len(found) for views in together for found in views) > 30
    for video, views in zip(videos, together, strict=True):
        for view, found in zip(video.views, views, strict=True):
            further = {'actionness': video.actionness, 'proposals': video.proposals}
            alone = post_processor(*view, video.timing, actions, **further)
            for name in ('segments', 'labels', 'scores', 'clusters'):
                np.testing.assert_array_equal(found[name], alone[name])
    assert post_processor.localize_videos([], actions) == []
