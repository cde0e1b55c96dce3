from __future__ import annotations

import pytest
import torch

from mmacl.models import CoActivitySimilarityLoss
from mmacl.utils import InputError

CLASSES = [0, 0, 0, 1, 1, 2, 2, 3]
#: The two rows of class 2 are one video, and class 3 has one row.
IDS = [10, 11, 12, 10, 13, 14, 14, 15]


def distance(x, y):
    norm = (x.norm() * y.norm()).item()
    return 1 - torch.dot(x, y).item() / norm if norm else 1.0


def by_loops(high, low, classes, ids, margin, reduction):
    """Sec. 3.4 of W-TALC, pair by pair."""
    of_class = {}
    for m in range(len(high)):
        for n in range(m + 1, len(high)):
            if classes[m] == classes[n] and ids[m] != ids[n]:
                apart = distance(high[m], high[n])
                first = max(0, apart - distance(high[m], low[n]) + margin)
                second = max(0, apart - distance(low[m], high[n]) + margin)
                of_class.setdefault(classes[m], []).append(0.5 * first + 0.5 * second)
    if not of_class:
        return 0.0
    if reduction == 'pairs':
        return sum(sum(terms) for terms in of_class.values()) / sum(len(terms) for terms in of_class.values())
    return sum(sum(terms) / len(terms) for terms in of_class.values()) / len(of_class)


def rows():
    high, low = torch.randn(2, len(CLASSES), 4, dtype=torch.float64).unbind(0)
    low[1] = 0  # a video of one snippet
    return high, low


@pytest.mark.parametrize('reduction', ['pairs', 'classes'])
@pytest.mark.parametrize('ids', [IDS, [1] * len(IDS)], ids=['pairs', 'one video'])
def test_equals_the_paper_written_as_loops(ids, reduction):
    high, low = rows()
    loss = CoActivitySimilarityLoss(0.3, 0.7, reduction)(high, low, torch.tensor(CLASSES), torch.tensor(ids))
    assert loss.item() == pytest.approx(0.7 * by_loops(high, low, CLASSES, ids, 0.3, reduction), abs=1e-12)


def test_the_reductions_differ():
    arguments = (*rows(), torch.tensor(CLASSES), torch.tensor(IDS))
    pairs, classes = (CoActivitySimilarityLoss(reduction=name)(*arguments) for name in ('pairs', 'classes'))
    assert pairs.item() != pytest.approx(classes.item())


@pytest.mark.parametrize('reduction', ['pairs', 'classes'])
def test_a_batch_without_a_pair_gives_0(reduction):
    high, low = (x.requires_grad_() for x in rows())
    loss = CoActivitySimilarityLoss(reduction=reduction)(high, low, torch.arange(8), torch.arange(8))
    loss.backward()
    assert loss.item() == 0
    assert not high.grad.any()
    empty = CoActivitySimilarityLoss(reduction=reduction)(high[:0], low[:0], torch.arange(0), torch.arange(0))
    assert empty.item() == 0


def test_gradient_equals_finite_differences():
    high, low = (x.requires_grad_() for x in rows())
    low = low[:, :].detach().abs().add(0.1).requires_grad_()
    classes, ids = torch.tensor(CLASSES), torch.tensor(IDS)
    assert torch.autograd.gradcheck(lambda h, b: CoActivitySimilarityLoss(1.0)(h, b, classes, ids), (high, low))


def test_unknown_reduction_is_refused():
    with pytest.raises(InputError, match='reduction'):
        CoActivitySimilarityLoss(reduction='sum')
