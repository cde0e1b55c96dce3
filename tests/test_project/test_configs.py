"""What is written about the configs is true; ``tests/configs`` builds and trains them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from mmengine.config import Config

ROOT = Path(__file__).resolve().parents[2]
BASES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs' / '_base_').rglob('*.py'))
FOLDERS = sorted(path.name for path in (ROOT / 'configs').iterdir() if path.is_dir() and path.name != '_base_')
KEYS_OF_BASES = {
    'methods': {'model', 'optim_wrapper', 'param_scheduler', 'sampling'},
    'datasets': {'train_dataloader', 'test_dataloader', 'val_dataloader', 'test_evaluator', 'val_evaluator'},
}

#: Rounds of our own go around several localizers.
PREFIXES = {'acl_plus': ('acl_plus_', 'um_plus_', 'cola_plus_')}

NAMED_IN_THE_PLAN = [
    'acl_thumos14_us',
    'acl_thumos14_ws',
    'acl_anet12_us',
    'acl_anet12_ws',
    'acl_thumos14_us_release',
    'acl_anet12_us_release',
    'acl_synthetic_us',
    'acl_synthetic_ws',
    'acl_salads_us',
    'acl_salads_ws',
    'acl_gtea_ws',
    'acl_custom_us',
    'acl_custom_ws',
]


def configs_of(folder: str) -> list[str]:
    """Configs of a method."""
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs' / folder).rglob('*.py'))


def metafile_of(folder: str) -> dict:
    return yaml.safe_load((ROOT / 'configs' / folder / 'metafile.yml').read_text())


@pytest.mark.parametrize('path', BASES)
def test_base_composes(path):
    Config.fromfile(str(ROOT / path))


@pytest.mark.parametrize('path', [path for path in BASES if Path(path).parent.name in KEYS_OF_BASES])
def test_any_method_goes_with_any_data_set_and_setting(path):
    """mmengine refuses two bases with one key."""
    keys = set(Config.fromfile(str(ROOT / path)))
    setting = set(Config.fromfile(str(ROOT / 'configs/_base_/settings/unsupervised.py')))
    others = set().union(*(keys for kind, keys in KEYS_OF_BASES.items() if kind != Path(path).parent.name))
    assert not keys & (setting | others)


def test_no_two_configs_share_a_name():
    """A run's folder is named after its config."""
    stems = [Path(path).stem for folder in FOLDERS for path in configs_of(folder)]
    assert sorted(set(stems)) == sorted(stems)


@pytest.mark.parametrize('name', NAMED_IN_THE_PLAN)
def test_exists(name):
    assert f'configs/acl/{name}.py' in configs_of('acl')


@pytest.mark.parametrize('folder', FOLDERS)
def test_configs_are_named_after_their_folder(folder):
    assert configs_of(folder)
    assert all(Path(path).name.startswith(PREFIXES.get(folder, f'{folder}_')) for path in configs_of(folder))


@pytest.mark.parametrize('folder', FOLDERS)
def test_metafile_lists_every_config_and_nothing_else(folder):
    models = metafile_of(folder)['Models']
    assert sorted(model['Config'] for model in models) == configs_of(folder)
    assert [model['Name'] for model in models] == [Path(model['Config']).stem for model in models]


@pytest.mark.parametrize('folder', FOLDERS)
def test_metafile_names_the_method_and_its_paper(folder):
    metafile = metafile_of(folder)
    collections = {collection['Name']: collection for collection in metafile['Collections']}
    assert {model['In Collection'] for model in metafile['Models']} <= set(collections)
    for collection in collections.values():
        assert (ROOT / collection['README']).is_file()
        assert {'Title', 'Venue'} <= set(collection['Paper'])


@pytest.mark.parametrize('folder', FOLDERS)
def test_published_figures_are_percentages_of_known_columns(folder):
    for model in metafile_of(folder)['Models']:
        for column, value in model.get('Published', {}).get('Metrics', {}).items():
            assert column.startswith('mAP@')
            assert 0 <= value <= 100


@pytest.mark.parametrize('folder', FOLDERS)
def test_readme_names_every_config(folder):
    readme = (ROOT / 'configs' / folder / 'README.md').read_text()
    assert not [path for path in configs_of(folder) if Path(path).name not in readme]


def test_model_index_imports_every_metafile():
    index = yaml.safe_load((ROOT / 'model-index.yml').read_text())
    metafiles = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs').rglob('metafile.yml'))
    assert sorted(index['Import']) == metafiles
    assert metafiles == [f'configs/{folder}/metafile.yml' for folder in FOLDERS]


def test_data_set_index_points_at_configs():
    index = yaml.safe_load((ROOT / 'dataset-index.yml').read_text())
    assert index
    for data_set in index.values():
        assert set(data_set['configs']) <= {path for folder in FOLDERS for path in configs_of(folder)}
