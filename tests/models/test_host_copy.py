"""What the host knows, and what it reads back."""

from __future__ import annotations

import numpy as np
import torch

from mmacl.models.host_copy import host_copy, known_to_host, lengths_of, mask_of


def test_a_mask_says_its_lengths_and_equals_one_that_does_not():
    mask = mask_of(np.array([3, 1, 0]), 4, 'cpu')
    assert mask.tolist() == [[True, True, True, False], [True, False, False, False], [False] * 4]
    assert lengths_of(mask).tolist() == lengths_of(mask.clone()).tolist() == [3, 1, 0]


def test_numbers_that_were_changed_are_read_back():
    numbers = known_to_host(np.array([2, 5]), 'cpu')
    assert host_copy(numbers).tolist() == [2, 5]
    assert host_copy(numbers + 1).tolist() == [3, 6]
    assert host_copy(torch.tensor([1.5], requires_grad=True)).tolist() == [1.5]
