"""Each part can be replaced from the config by one that is registered elsewhere."""

import numpy as np
import pytest

from mmacl.localization import ActionPostProcessor, Proposals
from mmacl.registry import POST_PROCESSORS
from mmacl.structures import ClusterMapping, SnippetTiming


class Doubled:
    units_per_snippet = 2

    def __call__(self, attention, clusters=None):
        return np.repeat(attention[:, clusters], 2, axis=0)


class Everything:
    def __call__(self, scores):
        columns = np.arange(scores.shape[1])
        return Proposals(np.tile([0, len(scores)], (len(columns), 1)), columns)


class Length:
    def __call__(self, scores, video_scores, proposals):
        return (proposals.segments[:, 1] - proposals.segments[:, 0]).astype(float)


class Halving:
    """Keeps everything and halves the scores, as a soft suppression may."""

    drops_duplicates = False

    def __call__(self, segments, scores):
        return np.arange(len(segments)), scores / 2


@pytest.fixture(autouse=True)
def registered():
    for part in (Doubled, Everything, Length, Halving):
        POST_PROCESSORS.register_module(module=part)
    yield
    for part in (Doubled, Everything, Length, Halving):
        POST_PROCESSORS.module_dict.pop(part.__name__)


@pytest.mark.parametrize(
    ('part', 'key', 'expected'),
    [
        ('Doubled', 'score_map', {(1.0, 2.0)}),
        ('Everything', 'proposals', {(0.0, 3.0)}),
        ('Length', 'scorer', {(1.0, 2.0)}),
        ('Halving', 'nms', {(1.0, 2.0)}),
    ],
)
def test_part_is_replaced(part, key, expected):
    post_processor = POST_PROCESSORS.build({'type': 'ActionPostProcessor', key: {'type': part}})
    attention = np.array([[0.0], [6.0], [0.0]])
    found = post_processor(attention, np.ones(1), SnippetTiming(1.0), ClusterMapping.anonymous(1))
    assert {tuple(s) for s in found.segments} == expected
    if part == 'Length':
        assert found.scores.tolist() == [1.0]
    if part == 'Halving':
        assert found.scores.tolist() == [3.05] * 10  # copies stay: this suppression does not promise to drop them


def test_ready_objects_are_taken_as_they_are():
    scorer = Length()
    assert ActionPostProcessor(scorer=scorer).scorer is scorer
