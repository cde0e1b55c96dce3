"""Actionness and proposals that a method hands in, and scores and classes that are chosen by a key."""

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData

from mmacl.localization import ActionPostProcessor, OuterInnerContrast, Proposals, ThresholdProposals
from mmacl.registry import POST_PROCESSORS
from mmacl.structures import ClusterMapping, SnippetTiming
from mmacl.utils import InputError, accepted_arguments

TIMING = SnippetTiming(2.0)
MAP = np.array([[0.0, 1.0, 0.0], [3.0, 1.0, 0.0], [2.0, 0.0, 5.0], [0.0, 0.0, 5.0]])
SCORES = np.array([0.6, 0.05, 0.4])


def given(scores=None):
    segments = np.array([[0.5, 2.25], [0.0, 4.0], [2.0, 9.0], [-3.0, -1.0]])
    return Proposals(segments, np.array([0, 1, 2, 2]), scores)


def localize(post_processor, **further):
    found = post_processor(MAP, SCORES, TIMING, ClusterMapping.anonymous(3), **further)
    return [
        (*map(float, s), int(c), round(float(v), 9))
        for s, c, v in zip(found.segments, found.clusters, found.scores, strict=True)
    ]


@pytest.mark.parametrize('units', [1, 4])
def test_proposals_of_kept_clusters_are_scored(units):
    post_processor = ActionPostProcessor(score_map={'type': 'ScoreMap', 'interpolation': units})
    score_map = post_processor.score_map(MAP, np.array([0, 2]))
    inside = Proposals(np.array([[0.5, 2.25], [2.0, 4.0]]) * units, np.array([0, 1]))
    expected = OuterInnerContrast()(score_map, SCORES[[0, 2]], inside)
    found = localize(post_processor, proposals=given())
    assert sorted(found) == sorted(
        [(1.0, 4.5, 0, round(expected[0], 9)), (4.0, 8.0, 2, round(expected[1], 9))]
    )  # cluster 1 is not kept; what lies outside the video is cut off


def test_given_scores_count_if_a_key_says_so():
    scores = np.array([0.9, 0.8, 0.95, 0.7])
    by_scorer = localize(ActionPostProcessor(), proposals=given())
    assert localize(ActionPostProcessor(), proposals=given(scores)) == by_scorer
    own = localize(ActionPostProcessor(proposal_scores='given'), proposals=given(scores))
    assert own == [(4.0, 8.0, 2, 0.95), (1.0, 4.5, 0, 0.9)]


def test_given_scores_that_are_not_there_are_refused():
    with pytest.raises(InputError, match="proposal_scores='given', but the proposals have no scores"):
        localize(ActionPostProcessor(proposal_scores='given'), proposals=given())
    with pytest.raises(InputError, match='no scores'):
        localize(ActionPostProcessor(proposal_scores='given'))


def test_given_proposals_pass_suppression_and_mapping():
    segments = np.array([[0.0, 2.0], [0.0, 2.1], [3.0, 4.0]])
    proposals = Proposals(segments, np.array([0, 0, 0]), np.array([0.5, 0.6, 0.4]))
    post_processor = ActionPostProcessor(proposal_scores='given', nms_after_mapping=True)
    assert localize(post_processor, proposals=proposals) == [(0.0, 4.2, 0, 0.6), (6.0, 8.0, 0, 0.4)]
    nothing = Proposals(np.empty((0, 2)), np.empty(0, dtype=np.int64))
    assert localize(ActionPostProcessor(), proposals=nothing) == []


def test_actionness_reaches_the_proposals_in_units():
    part = {'type': 'ThresholdProposals', 'thresholds': (0.5,), 'relative_to': 'one', 'source': 'actionness'}
    actionness = torch.tensor([0.0, 1.0, 1.0, 0.0], requires_grad=True)
    found = localize(ActionPostProcessor(proposals=part), actionness=actionness)
    assert sorted(row[:3] for row in found) == [(2.0, 6.0, 0), (2.0, 6.0, 2)]
    fine = ActionPostProcessor(proposals=part, score_map={'type': 'ScoreMap', 'interpolation': 4})
    # Half the height is the border of the snippet; units there lie at 0.375 and 0.625 of the slope.
    assert {row[:2] for row in localize(fine, actionness=actionness)} == {(2.0, 6.0)}
    with pytest.raises(InputError, match='no actionness'):
        localize(ActionPostProcessor(proposals=part))


def test_default_proposals_do_not_see_the_actionness():
    plain = localize(ActionPostProcessor())
    assert localize(ActionPostProcessor(), actionness=np.ones(4)) == plain


@pytest.mark.parametrize('bad', [np.ones(3), np.ones((4, 1)), np.full(4, np.nan)])
def test_bad_actionness_is_refused(bad):
    with pytest.raises(InputError, match='actionness'):
        localize(ActionPostProcessor(), actionness=bad)


@pytest.mark.parametrize(
    ('selection', 'tau', 'kept'),
    [
        ('absolute', 0.1, [0, 2]),
        ('relative', 0.1, [0, 2]),
        ('relative', 0.5, [0, 2]),
        ('absolute', 0.5, [0]),
        ('relative', 0.05, [0, 1, 2]),
        ('relative', 1.0, [0]),
    ],
)
def test_selection_is_absolute_or_relative_to_the_best(selection, tau, kept):
    post_processor = ActionPostProcessor(tau, class_selection=selection)
    assert post_processor.select_clusters(SCORES).tolist() == kept


def test_relative_selection_of_a_video_without_a_positive_score_takes_the_best():
    relative = ActionPostProcessor(0.5, class_selection='relative')
    assert relative.select_clusters(np.zeros(3)).tolist() == [0]


@pytest.mark.parametrize('key', ['class_selection', 'proposal_scores'])
def test_unknown_words_are_refused(key):
    with pytest.raises(InputError, match=f"{key}='best'"):
        ActionPostProcessor(**{key: 'best'})


class OldProposals:
    def __call__(self, scores):
        return ThresholdProposals()(scores)


def test_parts_of_before_actionness_work():
    assert localize(ActionPostProcessor(proposals=OldProposals()), actionness=np.ones(4)) == localize(
        ActionPostProcessor()
    )
    assert 'CombinedProposals' in POST_PROCESSORS


class Old:
    def __call__(self, attention, video_scores, timing, mapping):
        return InstanceData()


class Module(torch.nn.Module):
    def forward(self, attention, video_scores, timing, mapping, actionness=None):
        return InstanceData()


def test_arguments_are_given_to_what_takes_them():
    both = {'actionness': 1, 'proposals': 2}
    assert accepted_arguments(Old(), **both) == {}
    assert accepted_arguments(Module(), **both) == {'actionness': 1}
    assert accepted_arguments(ActionPostProcessor(), **both) == both
    assert accepted_arguments(lambda *_: None, **both) == {}
    assert accepted_arguments(lambda *_, **further: None, **both) == both
