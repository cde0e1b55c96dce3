"""Configs that come with mmacl are found by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmacl.config import find_config, list_models, model_configs
from mmacl.utils import InputError


def test_every_model_has_its_config():
    configs = model_configs()
    assert list_models() == sorted(configs)
    assert all(path.is_file() for path in configs.values())
    assert {'acl_thumos14_us', 'acl_synthetic_us', 'acl_gtea_ws'} <= set(configs)


def test_pattern():
    assert list_models('acl_thumos14_ws') == ['acl_thumos14_ws']
    assert set(list_models('*thumos14*')) < set(list_models())
    assert list_models('no such model') == []


def test_a_folder_without_metafile_counts_its_configs(tmp_path):
    for name in ('_base_/models/acl.py', 'own/one.py', 'own/deeper/two.py'):
        path = tmp_path / 'configs' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('')
    assert model_configs(tmp_path) == {
        'one': tmp_path / 'configs/own/one.py',
        'two': tmp_path / 'configs/own/deeper/two.py',
    }


def test_a_checkout_that_was_not_installed_says_how(tmp_path):
    with pytest.raises(InputError, match='no configs') as error:
        model_configs(tmp_path)
    assert 'pip install -e .' in error.value.remedy


def test_a_path_comes_before_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'acl_synthetic_ws').mkdir()
    assert find_config('acl_synthetic_ws') == model_configs()['acl_synthetic_ws']
    (tmp_path / 'acl_synthetic_us').touch()
    assert find_config('acl_synthetic_us') == Path('acl_synthetic_us')


@pytest.mark.parametrize(
    ('config', 'what', 'remedy'),
    [
        ('configs/none.py', 'no such config file', 'correct the path, or give a name that list_models prints'),
        ('none.py', 'no such config file', 'correct the path, or give a name that list_models prints'),
        (
            'acl_sythetic_us',
            'no config file and no model of this name; similar names: acl_synthetic_us, ',
            'list_models prints the names',
        ),
        ('zzz', 'no config file and no model of this name', 'list_models prints the names'),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(config, what, remedy):
    with pytest.raises(InputError) as error:
        find_config(config)
    assert error.value.what.startswith(what)
    assert (error.value.file, error.value.remedy) == (config, remedy)
