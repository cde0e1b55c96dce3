from pathlib import Path

import pytest

from mmacl.apis import list_models
from mmacl.apis.list_models import model_configs
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


def test_without_the_repository(tmp_path):
    with pytest.raises(InputError, match='no configs'):
        model_configs(Path(tmp_path))
