"""Data sets match their configs; the paper's numbers are in one place, and the same wherever else they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mmacl.apis import load_config
from mmacl.reports.paper_tables import DATA_SETS, read_published
from mmacl.reports.paper_tables.data_sets import CONFIGS, METHODS

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize('data_set', DATA_SETS.values(), ids=DATA_SETS)
def test_configs_measure_the_columns_and_read_the_variable(data_set):
    paths = [path for end in ('us', 'ws') if (path := CONFIGS / f'acl_{data_set.name}_{end}.py').is_file()]
    assert data_set.base in paths
    for path in paths:
        config = load_config(path)
        evaluator = config.val_evaluator
        known = {f'{t:g}' for t in evaluator.tiou_thresholds} | {f'avg({a:g}:{b:g})' for a, b in evaluator.averages}
        assert set(data_set.columns) <= known
        assert data_set.columns[-1].startswith('avg(')
        for key in data_set.seed_keys:
            part, _, name = key.split('.')
            assert name in config[part].dataset
    assert set(data_set.default_tables) <= {METHODS, *data_set.tables}


@pytest.mark.parametrize('data_set', [d for d in DATA_SETS.values() if d.variable], ids=lambda d: d.name)
def test_the_variable_names_the_folder(data_set, monkeypatch, tmp_path):
    monkeypatch.setenv(data_set.variable, str(tmp_path))
    fold = tmp_path / data_set.folds[0] if data_set.folds else tmp_path
    assert load_config(data_set.base).train_dataloader.dataset.data_root == str(fold)


def test_simulated_data_are_called_so():
    assert [name for name, data_set in DATA_SETS.items() if data_set.simulated] == ['synthetic']


def test_the_five_tables():
    tables = read_published()
    assert sorted(tables) == [1, 2, 3, 4, 5]
    assert {number: len(table.rows) for number, table in tables.items()} == {1: 22, 2: 9, 3: 3, 4: 3, 5: 5}
    for table in tables.values():
        assert [row['row'] for row in table.rows] == list(range(1, len(table.rows) + 1))
        assert all(len(row['values']) == len(table.columns) for row in table.rows)


def test_a_row_is_found_by_what_it_is():
    tables = read_published()
    assert tables[3].row(round=2) == {'purity': 0.74, 'ari': 0.569, 'nmi': 0.788}
    assert tables[1].row(setting='US', method='ACL')['0.5'] == 25.0
    assert tables[1].row(method='SSAD')['0.7'] is None
    assert tables[4].row(round=4) == {}


def test_round_3_of_table_4_is_the_unsupervised_row_of_table_1():
    tables = read_published()
    assert tables[4].row(round=3) == tables[1].row(setting='US', method='ACL')


def test_rows_of_table_5_build_on_rows_above():
    rows = {row['variant']: row for row in read_published()[5].rows}
    for row in rows.values():
        assert row['builds_on'] is None or rows[row['builds_on']]['row'] < row['row']


@pytest.mark.parametrize(('name', 'number'), [('thumos14', 1), ('anet12', 2), ('thumos14', 5)])
def test_the_metafile_says_the_same(name, number):
    models = {
        model['Name']: model for model in yaml.safe_load((ROOT / 'configs/acl/metafile.yml').read_text())['Models']
    }
    table, compared = read_published()[number], 0
    for row in table.rows:
        suffix = row.get('variant') or (row['method'] == 'ACL' and row['setting'].lower())
        # The full model stands there with its mAP at each tIoU.
        if not suffix or (number == 5 and suffix == 'us'):
            continue
        metrics = {f'mAP@{column}': value for column, value in zip(table.columns, row['values'], strict=True)}
        assert models[f'acl_{name}_{suffix}']['Published']['Metrics'] == metrics
        compared += 1
    assert compared == (4 if number == 5 else 2)


def test_data_sets_name_those_of_the_paper():
    assert {data_set.published for data_set in DATA_SETS.values()} - {None} == {
        table.dataset for table in read_published().values()
    }
