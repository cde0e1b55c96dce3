"""Plans whose trainings need not be run: their outcomes are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mmacl.reports.paper_tables import DATA_SETS, TablePlan, make_plan
from mmacl.runs.run_queue import Outcome

COLUMNS = ('0.3', '0.4', '0.5', '0.6', '0.7')


def rounds_of(base: float, clustered: bool = True, simulated: bool = True, rounds: int = 3) -> list[dict]:
    """MAP in round r is ``base + r`` per cent at every tIoU, purity half of it."""
    rows = []
    for round_ in range(1, rounds + 1):
        value = (base + round_) / 100
        row = {'round': round_, **({'simulated': True} if simulated else {})}
        if clustered:
            row |= {'cluster/purity': value / 2, 'cluster/ari': 0.25, 'cluster/nmi': 0.5, 'chance/purity': 0.125}
        rows.append(
            row
            | {f'tal/mAP@{c}': value for c in (*COLUMNS, 'avg(0.3:0.7)')}
            | {'tal/rgb/mAP@0.3': 0.9, 'tal/whole-video/mAP@0.3': 0.02}
        )
    return rows


@pytest.fixture
def plan(tmp_path) -> Callable[..., TablePlan]:
    """A plan on a data set."""

    def make(name: str = 'synthetic', tables=(), seeds=(0, 1), **other) -> TablePlan:
        return make_plan(DATA_SETS[name], tables, seeds, Path(tmp_path / 'out'), **other)

    return make


@pytest.fixture
def outcomes() -> Callable[..., dict[str, Outcome]]:
    """All runs of a plan are finished: figure ``10 x place of its row + seed``."""

    def make(plan: TablePlan, simulated: bool = True) -> dict[str, Outcome]:
        found = {}
        places = list(dict.fromkeys(model.runs[0].key for model in plan.models))
        for model in plan.models:
            place = places.index(model.runs[0].key)
            for run in model.runs:
                weak = run.config.stem.endswith('_ws')
                rows = rounds_of(10 * place + run.seed, not weak, simulated, 1 if weak else 3)
                found.setdefault(run.key, Outcome(run, rows))
        return found

    return make
