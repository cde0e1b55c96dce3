from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mmacl.models import ClusterTripletLoss
from mmacl.utils import InputError
from tests.examples import examples


def distance(x, y):
    return 1 - (torch.dot(x, y) / (x.norm() * y.norm())).item()


def by_loops(features, labels, ids, margin=0.5, cap=None, reduction='sum'):
    """Eq. (12) with the rules for batches that the paper does not think of."""
    total, anchors = 0.0, 0
    for a in range(len(features)):
        positives, negatives = [0.0], []
        for v in range(len(features)):
            if ids[v] == ids[a]:
                continue
            d = distance(features[a], features[v])
            shared = any(labels[a][z] and labels[v][z] for z in range(len(labels[a])))
            (positives if shared else negatives).append(d)
        if negatives:
            nearest = min(negatives) if cap is None else min(min(negatives), cap)
            total += max(max(positives) - nearest + margin, 0)
            anchors += 1
    return total / max(anchors, 1) if reduction == 'mean' else total


SINGLE = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]
SEVERAL = [[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [0, 0, 0]]
BATCHES = {
    'single': (SINGLE, [0, 1, 2, 3, 4, 5]),
    'duplicates': (SINGLE, [0, 0, 2, 3, 4, 4]),
    'several labels': (SEVERAL, [0, 1, 2, 3, 4, 5]),
    'drawn for two clusters': (SEVERAL, [0, 1, 2, 2, 4, 5]),
    'one cluster': ([[1, 0, 0]] * 6, [0, 1, 2, 3, 4, 5]),
    'one video': ([[1, 0, 0]] * 6, [3] * 6),
    'no labels': ([[0, 0, 0]] * 6, [0, 1, 2, 3, 4, 4]),
}


@pytest.mark.parametrize('batch', BATCHES)
@pytest.mark.parametrize('cap', [None, 0.6])
@pytest.mark.parametrize('reduction', ['sum', 'mean'])
def test_equals_eq_12_written_as_loops(batch, cap, reduction):
    labels, ids = BATCHES[batch]
    features = torch.randn(6, 4).double()
    loss = ClusterTripletLoss(0.3, 0.7, cap, reduction)(features, torch.tensor(labels).bool(), torch.tensor(ids))
    expected = 0.7 * by_loops(features, labels, ids, 0.3, cap, reduction)
    assert loss.item() == pytest.approx(expected, abs=1e-12)


@examples(40)
@given(st.data())
def test_order_of_the_batch_does_not_matter(data):
    size = data.draw(st.integers(1, 7))
    labels = torch.tensor(
        data.draw(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=size, max_size=size))
    )
    ids = torch.tensor(data.draw(st.lists(st.integers(0, 4), min_size=size, max_size=size)))
    order = torch.tensor(data.draw(st.permutations(range(size))))
    features = torch.randn(size, 3).double()
    loss = ClusterTripletLoss()
    torch.testing.assert_close(
        loss(features[order], labels[order], ids[order]), loss(features, labels, ids), rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize('batch', BATCHES)
def test_gradient_is_finite_and_flows_where_there_is_a_negative(batch):
    labels, ids = BATCHES[batch]
    features = torch.randn(6, 4, requires_grad=True)
    loss = ClusterTripletLoss(margin=3.0)(features, torch.tensor(labels).bool(), torch.tensor(ids))
    loss.backward()
    assert torch.isfinite(features.grad).all()
    has_negative = by_loops(features, labels, ids, 3.0) > 0
    assert features.grad.any().item() == has_negative
    if not has_negative:
        assert loss.item() == 0


def test_gradient_equals_finite_differences():
    features = torch.randn(6, 4).double().requires_grad_()
    labels, ids = torch.tensor(SEVERAL).bool(), torch.arange(6)
    assert torch.autograd.gradcheck(lambda x: ClusterTripletLoss()(x, labels, ids), features)


def test_unknown_reduction_is_refused():
    with pytest.raises(InputError, match='reduction'):
        ClusterTripletLoss(reduction='total')
