"""What is said of the data sets is true of their configs."""

from __future__ import annotations

import pytest

from mmacl.apis import load_config
from mmacl.reports.paper_tables import DATA_SETS


@pytest.mark.parametrize('data_set', DATA_SETS.values(), ids=DATA_SETS)
def test_configs_measure_the_columns_and_read_the_variable(data_set):
    for path in filter(None, (data_set.unsupervised, data_set.weakly_supervised)):
        config = load_config(path)
        evaluator = config.val_evaluator
        known = {f'{t:g}' for t in evaluator.tiou_thresholds} | {f'avg({a:g}:{b:g})' for a, b in evaluator.averages}
        assert set(data_set.columns) <= known
        assert data_set.columns[-1].startswith('avg(')
        for key in data_set.seed_keys:
            part, _, name = key.split('.')
            assert name in config[part].dataset
    assert set(data_set.default_tables) <= set(data_set.tables)


@pytest.mark.parametrize('data_set', [d for d in DATA_SETS.values() if d.variable], ids=lambda d: d.name)
def test_the_variable_names_the_folder(data_set, monkeypatch, tmp_path):
    monkeypatch.setenv(data_set.variable, str(tmp_path))
    assert load_config(data_set.base).train_dataloader.dataset.data_root == str(tmp_path)


def test_simulated_data_are_called_so():
    assert [name for name, data_set in DATA_SETS.items() if data_set.simulated] == ['synthetic']
