"""The object as a whole."""

from __future__ import annotations

import json

from mmacl.reports.paper_tables import build_tables
from mmacl.reports.paper_tables.data_sets import CONFIGS
from mmacl.runs.run_queue import Outcome


def test_it_is_json_and_says_what_it_is(plan, outcomes):
    found = plan(options=('train_cfg.epochs_per_round=1',))
    tables = build_tables(found, outcomes(found))
    assert json.loads(json.dumps(tables, allow_nan=False)) == tables
    assert [table['number'] for table in tables['tables']] == [1, 3, 4, 5]
    assert tables['title'] == 'Tables of the paper on SyntheticActions-v1 (simulated)'
    assert (tables['complete'], tables['protocol'], tables['best_on_test']) == (True, 'activitynet', False)
    assert tables['options'] == ['train_cfg.epochs_per_round=1']
    assert len(tables['runs']) == 12
    assert tables['runs'][0] | {'rounds': []} == {
        'config': 'configs/acl/acl_synthetic_us.py',
        'seed': 0,
        'state': 'done',
        'work_dir': 'acl_synthetic_us/seed_0',
        'rounds': [],
    }
    assert len(tables['runs'][0]['rounds']) == 3


def test_partial_and_failed(plan):
    found = plan(tables=(3,))
    second = found.runs[1]
    nothing = build_tables(found, {})
    assert (nothing['complete'], [run['state'] for run in nothing['runs']]) == (False, ['missing', 'missing'])
    failed = build_tables(found, {second.key: Outcome(second, None, 'why')})
    assert [(run['state'], run.get('error')) for run in failed['runs']] == [('missing', None), ('failed', 'why')]


def test_checkpoints_chosen_by_labels_are_said(plan):
    found = plan(tables=(3,))
    outcomes = {found.runs[0].key: Outcome(found.runs[0], [{'round': 1, 'best_on_test': True}])}
    assert build_tables(found, outcomes)['best_on_test'] is True


def test_a_config_elsewhere_keeps_the_path_that_was_given(plan, tmp_path):
    (tmp_path / 'mine.py').write_text(f"_base_ = '{CONFIGS}/acl_synthetic_us.py'\ntrain_cfg = dict(num_rounds=1)\n")
    tables = build_tables(plan(tables=(5,), variants=[tmp_path]), {})
    assert str(tmp_path / 'mine.py') in [run['config'] for run in tables['runs']]
