from __future__ import annotations

import torch

from mmacl.models.losses.reduction import reduce_terms


def test_sum_and_mean_over_the_count():
    terms = torch.tensor([[1.0, 2.0], [3.0, 0.0]])
    assert reduce_terms(terms, torch.tensor(3), 'sum') == 6
    assert reduce_terms(terms, torch.tensor(3), 'mean') == 2


def test_no_terms_are_zero():
    assert reduce_terms(torch.zeros(2), torch.tensor(0), 'mean') == 0
