"""Figures of cells."""

from __future__ import annotations

import pytest

from mmacl.reports.paper_tables.figures import (
    cell_of,
    clustering_figures,
    difference_of,
    localization_figures,
    values_by_seed,
)
from mmacl.runs.run_queue import Outcome


def test_fused_map_in_per_cent_and_no_stream():
    row = {'round': 1, 'tal/mAP@0.5': 0.25, 'tal/mAP@avg(0.3:0.7)': 0.5, 'tal/rgb/mAP@0.5': 0.9, 'cluster/nmi': 0.7}
    assert localization_figures(row) == {'0.5': 25.0, 'avg(0.3:0.7)': 50.0}
    assert clustering_figures(row) == {'nmi': 0.7}


def test_cells():
    assert cell_of({}) is None
    assert cell_of({3: 2.0}) == {'mean': 2.0, 'std': None, 'seeds': 1, 'values': {'3': 2.0}}
    assert cell_of({0: 1.0, 1: 3.0})['std'] == pytest.approx(2**0.5)


def test_differences_are_paired_over_the_seeds_that_both_have():
    ours, theirs = {0: 10.0, 1: 21.0, 2: 30.0}, {0: 9.0, 1: 19.0, 3: 99.0}
    cell = difference_of(ours, theirs)
    assert cell['values'] == {'0': 1.0, '1': 2.0}
    assert (cell['mean'], cell['seeds']) == (1.5, 2)
    # Far below the deviation of either.
    assert cell['std'] == pytest.approx(0.5**0.5)


def test_values_of_a_round_or_of_the_last(plan):
    found = plan(tables=(3,))
    model = found.unsupervised
    first, second = model.runs
    rows = [{'round': round_, 'tal/mAP@0.5': round_ / 10} for round_ in (1, 2)]
    outcomes = {first.key: Outcome(first, rows), second.key: Outcome(second, None, 'why')}
    assert values_by_seed(model, outcomes, localization_figures, '0.5') == {0: 20.0}
    assert values_by_seed(model, outcomes, localization_figures, '0.5', round_=1) == {0: 10.0}
    assert values_by_seed(model, outcomes, localization_figures, '0.5', round_=3) == {}
    assert values_by_seed(model, outcomes, localization_figures, '0.9') == {}
