from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mmacl.models import ActionBackgroundSeparationLoss
from mmacl.utils import InputError
from tests.examples import examples


def distance(x, y):
    return 1 - (torch.dot(x, y) / (x.norm() * y.norm())).item()


def by_loops(actions, backgrounds, has_background, clusters, ids, tau1, tau2, theta, reduction):
    """Eq. (8) to (10)."""
    total, pairs = 0.0, 0
    for z in set(clusters):
        members = [k for k in range(len(clusters)) if clusters[k] == z]
        inter = intra = 0.0
        for m in members:
            for n in members:
                if m == n or ids[m] == ids[n]:
                    continue
                pairs += 1
                d = distance(actions[m], actions[n])
                inter += max(d - tau1, 0)
                if has_background[m]:
                    intra += max(d - distance(actions[m], backgrounds[m]) + tau2, 0)
        total += inter + theta * intra
    return total / max(pairs, 1) if reduction == 'mean' else total


BATCHES = {
    'paper': ([0, 0, 1, 1, 2, 2], [0, 1, 2, 3, 4, 5]),
    'three of a cluster': ([0, 0, 0, 1, 1, 1], [0, 1, 2, 3, 4, 5]),
    'duplicates': ([0, 0, 1, 1, 1, 2], [0, 0, 2, 2, 3, 4]),
    'drawn for two clusters': ([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 3, 4]),
    'no pair': ([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]),
    'one video': ([0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]),
}


@pytest.mark.parametrize('batch', BATCHES)
@pytest.mark.parametrize('reduction', ['sum', 'mean'])
def test_equals_eq_8_to_10_written_as_loops(batch, reduction):
    clusters, ids = BATCHES[batch]
    actions, backgrounds = torch.randn(6, 4).double(), torch.randn(6, 4).double()
    has_background = [True, False, True, True, False, True]
    loss = ActionBackgroundSeparationLoss(0.01, 0.9, 0.6, 0.8, reduction)(
        actions, backgrounds, torch.tensor(has_background), torch.tensor(clusters), torch.tensor(ids)
    )
    expected = 0.8 * by_loops(actions, backgrounds, has_background, clusters, ids, 0.01, 0.9, 0.6, reduction)
    assert loss.item() == pytest.approx(expected, abs=1e-12)


def test_mean_gives_each_side_of_a_pair_one_half():
    actions, backgrounds = torch.randn(2, 4).double(), torch.randn(2, 4).double()
    d = distance(actions[0], actions[1])
    sides = [max(d - distance(actions[i], backgrounds[i]) + 0.25, 0) for i in range(2)]
    loss = ActionBackgroundSeparationLoss(loss_weight=1.0, reduction='mean')(
        actions, backgrounds, torch.ones(2, dtype=torch.bool), torch.zeros(2).long(), torch.arange(2)
    )
    assert loss.item() == pytest.approx(max(d - 1e-4, 0) + sum(sides) / 2)


@examples(40)
@given(st.data())
def test_order_of_the_batch_does_not_matter(data):
    size = data.draw(st.integers(1, 7))
    numbers = st.lists(st.integers(0, 3), min_size=size, max_size=size)
    clusters, ids = torch.tensor(data.draw(numbers)), torch.tensor(data.draw(numbers))
    has_background = torch.tensor(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    order = torch.tensor(data.draw(st.permutations(range(size))))
    rows = [torch.randn(size, 3).double(), torch.randn(size, 3).double(), has_background, clusters, ids]
    loss = ActionBackgroundSeparationLoss()
    torch.testing.assert_close(loss(*(row[order] for row in rows)), loss(*rows), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize('batch', ['no pair', 'one video'])
def test_no_pair_is_exactly_zero_with_a_gradient_of_zero(batch):
    clusters, ids = map(torch.tensor, BATCHES[batch])
    actions, backgrounds = torch.randn(6, 4, requires_grad=True), torch.randn(6, 4, requires_grad=True)
    loss = ActionBackgroundSeparationLoss()(actions, backgrounds, torch.ones(6).bool(), clusters, ids)
    assert loss.item() == 0
    loss.backward()
    assert not actions.grad.any()
    assert not backgrounds.grad.any()


def test_identical_actions_and_missing_backgrounds_give_finite_gradients():
    actions = torch.ones(2, 4, requires_grad=True)
    backgrounds = torch.zeros(2, 4, requires_grad=True)
    loss = ActionBackgroundSeparationLoss()(
        actions, backgrounds, torch.tensor([False, True]), torch.zeros(2).long(), torch.arange(2)
    )
    loss.backward()
    assert torch.isfinite(actions.grad).all()
    assert not backgrounds.grad.any()


def test_gradient_equals_finite_differences():
    rest = torch.ones(6).bool(), *map(torch.tensor, BATCHES['paper'])
    inputs = torch.randn(6, 4).double().requires_grad_(), torch.randn(6, 4).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda j, b: ActionBackgroundSeparationLoss()(j, b, *rest), inputs)


def test_unknown_reduction_is_refused():
    with pytest.raises(InputError, match='reduction'):
        ActionBackgroundSeparationLoss(reduction='')
