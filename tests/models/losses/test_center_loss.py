from __future__ import annotations

import pytest
import torch

from mmacl.models import CenterLoss
from mmacl.models.losses import ClassCenters

CLASSES = torch.tensor([2, 0, 2, 2])


def test_loss_equals_its_definition_written_as_loops():
    features, centers = torch.randn(4, 3).double(), torch.randn(5, 3).double()
    expected = 0.0
    for row, label in zip(features.tolist(), CLASSES.tolist(), strict=True):
        expected += sum((f - c) ** 2 for f, c in zip(row, centers[label].tolist(), strict=True)) / 4
    assert CenterLoss(0.5)(features, CLASSES, centers).item() == pytest.approx(0.5 * expected)


def test_a_batch_without_a_row_gives_0_and_moves_nothing():
    features, classes = torch.zeros(0, 3, requires_grad=True), torch.zeros(0, dtype=torch.long)
    loss = CenterLoss()(features, classes, torch.ones(5, 3))
    loss.backward()
    assert loss.item() == 0
    centers = ClassCenters(5, 3, 0.5)
    centers.update(features, classes)
    assert not centers.values.any()


def test_centers_move_as_the_rule_written_as_loops():
    centers = ClassCenters(4, 3, rate=0.3).double()
    centers.values.normal_()
    before, features = centers.values.clone(), torch.randn(4, 3).double()
    centers.update(features, CLASSES)
    for label in range(4):
        rows = [f for f, found in zip(features, CLASSES.tolist(), strict=True) if found == label]
        moved = sum((f - before[label] for f in rows), torch.zeros(3)) / (1 + len(rows))
        torch.testing.assert_close(centers.values[label], before[label] + 0.3 * moved)
    assert torch.equal(centers.values[1], before[1])


def test_centers_learn_nothing_but_are_saved():
    centers = ClassCenters(4, 3, rate=0.3)
    assert not list(centers.parameters())
    assert list(centers.state_dict()) == ['values']
    features = torch.randn(4, 3, requires_grad=True)
    centers.update(features, CLASSES)
    assert not centers.values.requires_grad
