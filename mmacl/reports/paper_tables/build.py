"""From rows of rounds to tables: ours as mean and deviation over seeds, the paper's beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmacl.reports.paper_tables.ablation import ablation_table
from mmacl.reports.paper_tables.data_sets import CONFIGS
from mmacl.reports.paper_tables.layout import Layout
from mmacl.reports.paper_tables.plan import TablePlan
from mmacl.reports.paper_tables.rounds import rounds_table
from mmacl.reports.paper_tables.settings import settings_table
from mmacl.runs.run_queue import Outcome
from mmacl.runs.seeded_run import SeededRun
from mmacl.version import __version__

_MAKERS = {1: settings_table, 2: settings_table, 3: rounds_table, 4: rounds_table, 5: ablation_table}


def build_tables(plan: TablePlan, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """All tables of a plan as one JSON object, from what is finished so far.

    The object depends on the configs, the seeds and the figures alone: not on when, where or in how many goes the
    trainings ran.

    Args:
        plan: what is wanted.
        outcomes: what has ended, by key of the run.

    Returns:
        ``title``, ``simulated``, ``seeds``, ``complete``, ``runs`` (each with its ``state`` and the rows of its
        ``rounds``) and ``tables``; each has ``parts`` with ``title``, ``columns`` and ``rows``. A column says whether
        it is ``text``, ``measured``, ``simulated`` or ``published``. A cell of ours is ``mean``, ``std`` (None for a
        single seed), ``seeds`` (their number) and ``values`` by seed; a published one is a number; None is an empty
        one.
    """
    layout = Layout(plan, outcomes)
    runs = [_run_entry(run, outcomes.get(run.key)) for run in plan.runs]
    evaluator = plan.models[0].runs[0].composed.get('val_evaluator') or {}
    return {
        'title': f'Tables of the paper on {layout.place}{layout.mark}',
        'dataset': plan.data_set.name,
        'simulated': layout.simulated,
        'seeds': list(plan.seeds),
        'options': list(plan.options),
        'protocol': evaluator.get('protocol'),
        'best_on_test': layout.best_on_test,
        'mmacl': __version__,
        'complete': all(run['state'] == 'done' for run in runs),
        'tables': [_MAKERS[number](layout, number) for number in plan.tables],
        'runs': runs,
    }


def _run_entry(run: SeededRun, outcome: Outcome | None) -> dict[str, Any]:
    root = CONFIGS.parents[1]
    entry: dict[str, Any] = {
        'config': run.config.relative_to(root).as_posix() if run.config.is_relative_to(root) else str(run.config),
        'seed': run.seed,
        'state': 'missing' if outcome is None else 'failed' if outcome.rows is None else 'done',
        'work_dir': run.work_dir.relative_to(run.out).as_posix(),
    }
    if outcome is not None and outcome.error is not None:
        entry['error'] = outcome.error
    entry['rounds'] = (outcome.rows if outcome is not None else None) or []
    return entry
