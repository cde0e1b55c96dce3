from __future__ import annotations

import numpy as np
import pytest

from mmacl.clustering import VideoPooling, video_representation
from mmacl.utils import InputError

RNG = np.random.default_rng(5)
VIDEOS = [{'rgb': RNG.normal(size=(t, 4)), 'flow': RNG.random((t, 3))} for t in (6, 1, 9)]
ATTENTION = [{name: RNG.random(len(x)) * 5 for name, x in video.items()} for video in VIDEOS]


@pytest.mark.parametrize('attention', [None, ATTENTION])
def test_without_arguments_it_is_the_representation_of_the_paper(attention):
    pooling = VideoPooling()
    attentions = attention or [None] * 3
    found = pooling.represent([pooling.pool(v, a) for v, a in zip(VIDEOS, attentions, strict=True)])
    expected = [video_representation(v, a) for v, a in zip(VIDEOS, attentions, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_weights_and_centring_as_loops():
    def first_alone(features):
        return np.eye(1, len(features['rgb']))[0]

    def squared(attention):
        return attention**2 / (attention**2).sum()

    pooling = VideoPooling(first_alone, squared, centred=True)
    for attentions in (None, ATTENTION):
        pooled = {'rgb': [], 'flow': []}
        for index, video in enumerate(VIDEOS):
            for name, rows in video.items():
                total = np.zeros(rows.shape[1])
                for t, row in enumerate(rows):
                    if attentions is None:
                        weight = float(t == 0)
                    else:
                        weight = attentions[index][name][t] ** 2 / sum(s**2 for s in attentions[index][name])
                    total += weight * row
                pooled[name].append(total)
        expected = []
        for index in range(3):
            parts = []
            for rows in pooled.values():
                centred = rows[index] - sum(rows) / 3
                parts += list(centred / np.sqrt((centred**2).sum()))
            expected.append(parts)
        found = [pooling.pool(v, None if attentions is None else attentions[i]) for i, v in enumerate(VIDEOS)]
        np.testing.assert_allclose(pooling.represent(found), expected, rtol=1e-9)


def test_attention_of_zeros_counts_as_uniform():
    pooling = VideoPooling(transform=dict(type='AttentionPower'))
    video = VIDEOS[0]
    zeros = {name: np.zeros(len(x)) for name, x in video.items()}
    for name, row in pooling.pool(video, zeros)[0].items():
        np.testing.assert_allclose(row, video[name].mean(axis=0))


def test_the_candidate_with_the_best_rating_is_taken_and_the_first_within_the_margin():
    pooling = VideoPooling([None, dict(type='SalientWeights')], [None, dict(type='AttentionFloor'), None], margin=0.1)
    for attentions, ratings, chosen in ((ATTENTION, [0.1, 0.6, 0.65], 1), ([None] * 3, [0.5, 0.58], 0)):
        videos = [pooling.pool(v, a) for v, a in zip(VIDEOS, attentions, strict=True)]
        alone = [pooling.represent([[candidates[i]] for candidates in videos]) for i in range(len(ratings))]
        given = iter(ratings)
        found = pooling.represent(videos, lambda rows, given=given: next(given))
        assert (pooling.chosen, pooling.ratings) == (chosen, ratings)
        np.testing.assert_array_equal(found, alone[chosen])
        # Without a rate, the first.
        np.testing.assert_array_equal(pooling.represent(videos), alone[0])


def test_an_empty_list_is_refused():
    with pytest.raises(InputError, match=r'pooling\.initial is an empty list'):
        VideoPooling(initial=[])
