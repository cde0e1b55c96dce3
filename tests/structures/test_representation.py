"""One vector a video, against Sec. 3.3 written as loops."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.structures import video_representation
from mmacl.utils import InputError


@pytest.fixture
def features():
    rng = np.random.default_rng(0)
    return {'rgb': rng.random((7, 4)).astype(np.float32), 'flow': rng.random((7, 3)).astype(np.float16)}


def by_loops(features, attention):
    result = []
    for modality, snippets in features.items():
        pooled = [
            sum(float(attention[modality][j]) * float(snippets[j, d]) for j in range(len(snippets)))
            for d in range(snippets.shape[1])
        ]
        length = sum(value**2 for value in pooled) ** 0.5
        result += [value / length for value in pooled]
    return result


def test_round_one_weighs_all_snippets_by_1_over_t_as_in_eq_2(features):
    uniform = {modality: [1 / 7] * 7 for modality in features}
    np.testing.assert_allclose(video_representation(features), by_loops(features, uniform), rtol=1e-12)


def test_later_rounds_weigh_by_attention(features):
    rng = np.random.default_rng(1)
    attention = {modality: rng.normal(size=7).astype(np.float32) for modality in ('flow', 'rgb')}
    got = video_representation(features, attention)
    np.testing.assert_allclose(got, by_loops(features, attention), rtol=1e-12)
    assert got.dtype == np.float64


def test_each_stream_has_length_one(features):
    got = video_representation(features)
    assert np.linalg.norm(got[:4]) == pytest.approx(1)
    assert np.linalg.norm(got[4:]) == pytest.approx(1)


def test_snippets_without_attention_change_nothing(features):
    attention = {modality: np.array([0.5, 0.3, 0.2, 0, 0, 0, 0]) for modality in features}
    changed = {modality: snippets.copy() for modality, snippets in features.items()}
    for snippets in changed.values():
        snippets[3:] = 99
    np.testing.assert_array_equal(video_representation(changed, attention), video_representation(features, attention))


def test_one_snippet_and_one_stream(features):
    got = video_representation({'rgb': features['rgb'][:1]})
    np.testing.assert_allclose(got, features['rgb'][0] / np.linalg.norm(features['rgb'][0]), rtol=1e-6)


def test_half_precision_is_summed_in_double():
    # In float16 the sum of ten thousand ones stops at 2048.
    snippets = np.stack([np.ones(10_000), np.arange(10_000) < 5_000], axis=1).astype(np.float16)
    np.testing.assert_allclose(video_representation({'rgb': snippets}), np.array([2, 1]) / 5**0.5, rtol=1e-12)
    weighted = video_representation({'rgb': snippets}, {'rgb': np.ones(10_000, dtype=np.float16)})
    np.testing.assert_allclose(weighted, np.array([2, 1]) / 5**0.5, rtol=1e-12)


def test_a_stream_of_zeros_stays_zero_and_finite(features):
    features['flow'] = np.zeros((7, 3))
    got = video_representation(features)
    assert got[4:].tolist() == [0, 0, 0]
    assert np.isfinite(got).all()


def test_attention_that_does_not_fit_is_refused(features):
    with pytest.raises(InputError, match=r"no attention for stream 'flow' \(there is rgb\)"):
        video_representation(features, {'rgb': np.ones(7)})
    with pytest.raises(InputError, match=r"'rgb' has shape \(6,\), but there are 7 snippets"):
        video_representation(features, {'rgb': np.ones(6), 'flow': np.ones(7)})
