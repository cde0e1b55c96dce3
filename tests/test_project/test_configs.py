"""Configs compose, and what is written about them is true."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from mmengine.config import Config

from mmacl.apis import load_config

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs').rglob('*.py'))
RUNNABLE = [path for path in CONFIGS if '_base_' not in path]
METAFILE = 'configs/acl/metafile.yml'

NAMED_IN_THE_PLAN = [
    'acl_thumos14_us',
    'acl_thumos14_ws',
    'acl_anet12_us',
    'acl_anet12_ws',
    'acl_thumos14_us_release',
    'acl_anet12_us_release',
    'acl_synthetic_us',
    'acl_synthetic_ws',
    'acl_gtea_ws',
    'acl_custom_us',
    'acl_custom_ws',
]


@pytest.fixture(scope='module')
def metafile():
    return yaml.safe_load((ROOT / METAFILE).read_text())


@pytest.mark.parametrize('path', CONFIGS)
def test_composes(path):
    Config.fromfile(str(ROOT / path))


@pytest.mark.parametrize('path', RUNNABLE)
def test_is_accepted_by_the_tools(path):
    config = load_config(ROOT / path)
    assert {'model', 'train_dataloader', 'test_dataloader', 'train_cfg', 'test_evaluator'} <= set(config)


@pytest.mark.parametrize('path', RUNNABLE)
def test_survives_being_written(path):
    """mmengine stores the composed config as text beside each run, and reads it from checkpoints."""
    config = Config.fromfile(str(ROOT / path))
    assert Config.fromstring(config.pretty_text, '.py').to_dict() == config.to_dict()


def test_no_two_configs_share_a_name():
    """A run's folder is named after its config."""
    stems = [Path(path).stem for path in RUNNABLE]
    assert sorted(set(stems)) == sorted(stems)


@pytest.mark.parametrize('name', NAMED_IN_THE_PLAN)
def test_exists(name):
    assert f'configs/acl/{name}.py' in CONFIGS


def test_metafile_lists_every_config_and_nothing_else(metafile):
    assert sorted(model['Config'] for model in metafile['Models']) == RUNNABLE


def test_metafile_names_models_after_their_configs(metafile):
    assert [model['Name'] for model in metafile['Models']] == [
        Path(model['Config']).stem for model in metafile['Models']
    ]


def test_metafile_belongs_to_known_collections(metafile):
    collections = {collection['Name']: collection for collection in metafile['Collections']}
    assert {model['In Collection'] for model in metafile['Models']} <= set(collections)
    assert all((ROOT / collection['README']).is_file() for collection in collections.values())


def test_readme_of_the_configs_names_every_config():
    readme = (ROOT / 'configs/acl/README.md').read_text()
    assert not [path for path in RUNNABLE if Path(path).name not in readme]


def test_model_index_imports_every_metafile():
    index = yaml.safe_load((ROOT / 'model-index.yml').read_text())
    metafiles = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs').rglob('metafile.yml'))
    assert sorted(index['Import']) == metafiles


def test_data_set_index_points_at_configs():
    index = yaml.safe_load((ROOT / 'dataset-index.yml').read_text())
    assert index
    for data_set in index.values():
        assert set(data_set['configs']) <= set(RUNNABLE)
