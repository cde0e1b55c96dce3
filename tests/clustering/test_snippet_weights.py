from __future__ import annotations

import math

import numpy as np
import pytest

from mmacl.clustering import AttentionFloor, AttentionPower, AttentionShare, SalientWeights, UniformWeights
from mmacl.utils import InputError

RNG = np.random.default_rng(3)
VIDEO = {'rgb': RNG.normal(size=(7, 4)).astype(np.float32), 'flow': RNG.random((7, 3)).astype(np.float16)}


@pytest.mark.parametrize('power', [0, 1, 2.5])
def test_salient_weights_as_loops(power):
    rows = []
    for t in range(7):
        row = []
        for stream in VIDEO.values():
            values = [float(v) for v in stream[t]]
            length = math.sqrt(sum(v * v for v in values))
            row += [v / length for v in values]
        rows.append(row)
    mean = [sum(row[d] for row in rows) / 7 for d in range(7)]
    raw = [sum((row[d] - mean[d]) ** 2 for d in range(7)) ** power for row in rows]
    np.testing.assert_allclose(SalientWeights(power)(VIDEO), [value / sum(raw) for value in raw], rtol=1e-6)


@pytest.mark.parametrize('rows', [np.ones((5, 3)), np.zeros((5, 3)), np.ones((1, 3))])
def test_a_video_without_any_difference_weighs_all_alike(rows):
    np.testing.assert_array_equal(SalientWeights()({'rgb': rows}), np.full(len(rows), 1 / len(rows)))
    np.testing.assert_array_equal(UniformWeights()({'rgb': rows}), np.full(len(rows), 1 / len(rows)))


def test_what_differs_from_the_rest_of_the_video_weighs_most():
    rows = np.tile([1.0, 0.0], (10, 1))
    rows[4] = [0.0, 1.0]
    weights = SalientWeights()({'rgb': rows})
    assert weights.argmax() == 4
    assert weights[4] > 0.9
    assert weights.sum() == pytest.approx(1)


def test_floor_and_power_as_loops():
    attention = np.array([0.7, 0.2, 0.1, 0.0])
    np.testing.assert_allclose(AttentionFloor(3.0)(attention), [(s + 3 / 4) / 4 for s in attention])
    np.testing.assert_array_equal(AttentionFloor(0.0)(attention), attention)
    roots = [math.sqrt(s) for s in attention]
    np.testing.assert_allclose(AttentionPower(0.5)(attention), [root / sum(roots) for root in roots])


@pytest.mark.parametrize(
    ('build', 'message'),
    [
        (lambda: SalientWeights(-1), r'initial\.power=-1 is negative'),
        (lambda: AttentionFloor(-0.1), r'transform\.weight=-0\.1 is negative'),
        (lambda: AttentionPower(0), r'transform\.exponent=0 is not positive'),
    ],
)
def test_arguments_out_of_range_are_refused(build, message):
    with pytest.raises(InputError, match=message):
        build()


@pytest.mark.parametrize('share', [0.1, 0.5, 0.9])
@pytest.mark.parametrize('power', [0.2, 20])
def test_attention_of_a_share_keeps_the_order(share, power):
    attention = np.random.default_rng(4).random(200) ** power
    attention /= attention.sum()
    found = AttentionShare(share)(attention)
    parts = found[found > 0]
    assert np.exp(-(parts * np.log(parts)).sum()) / 200 == pytest.approx(share, rel=1e-3)
    assert found.sum() == pytest.approx(1)
    assert (np.diff(found[np.argsort(attention)]) >= 0).all()


def test_equal_attention_and_a_single_snippet_have_no_other_share():
    np.testing.assert_allclose(AttentionShare(0.5)(np.full(4, 0.25)), 0.25)
    np.testing.assert_allclose(AttentionShare(0.5)(np.ones(1)), 1)
    with pytest.raises(InputError, match=r'transform.share=1 is not in \(0, 1\)'):
        AttentionShare(1)
