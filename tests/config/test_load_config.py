"""Config files with plug-ins, of any encoding, are read, or the fault is named where it is."""

from __future__ import annotations

import copy
import re
import sys

import pytest
from mmengine.config import Config

from mmacl.config import load_config
from mmacl.config.load_config import ComposedConfig
from mmacl.utils import InputError

PLUGIN = '''
from mmengine.hooks import Hook
from mmacl.registry import HOOKS
@HOOKS.register_module(force=True)
class {name}Hook(Hook):
    """Does nothing."""
'''


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write files whose folder is on the path of modules; modules from it are forgotten afterwards."""
    monkeypatch.setattr(sys, 'path', [str(tmp_path), *sys.path])
    before = set(sys.modules)

    def write(**texts: str):
        for name, text in texts.items():
            (tmp_path / f'{name}.py').write_text(text)
        return tmp_path

    yield write
    for name in set(sys.modules) - before:
        if name.startswith('plug_'):
            del sys.modules[name]


def imports(*names: str) -> str:
    return f'custom_imports = dict(imports={list(names)}, allow_failed_imports=False)\n'


def test_plug_ins_of_a_config_and_its_bases_are_all_imported(write):
    folder = write(
        plug_a=PLUGIN.format(name='A'),
        plug_b=PLUGIN.format(name='B'),
        plug_c=PLUGIN.format(name='C'),
        first=imports('plug_a'),
        second=f"_base_ = './first.py'\n{imports('plug_b')}",
        third=f"_base_ = './second.py'\n{imports('plug_c', 'plug_a')}"
        "custom_hooks = [dict(type='AHook'), dict(type='BHook'), dict(type='CHook')]\n",
    )
    config = load_config(folder / 'third.py')
    assert config.custom_imports.imports == ['plug_a', 'plug_b', 'plug_c']
    # What a run writes down is read again without the bases.
    (folder / 'composed.py').write_text(config.pretty_text)
    assert load_config(folder / 'composed.py').custom_imports.imports == ['plug_a', 'plug_b', 'plug_c']


@pytest.mark.parametrize(
    ('plugin', 'reason'),
    [
        (None, "No module named 'plug_x'; install it, or put its folder on PYTHONPATH"),
        ('import plug_y_absent\n', "No module named 'plug_y_absent'; install it"),
        (
            'x = 1\ny = no\n',
            r"plug_x: NameError: name 'no' is not defined \(.*plug_x.py, line 2\); correct the plug-in",
        ),
        ('x = (\n', r'plug_x: SyntaxError: .*plug_x.py, line 1\); correct the plug-in'),
    ],
    ids=['missing', 'imports what is missing', 'raises', 'is no Python'],
)
def test_plug_in_that_cannot_be_imported_is_named_and_not_the_config(plugin, reason, write):
    folder = write(c=imports('plug_x'), **({} if plugin is None else {'plug_x': plugin}))
    with pytest.raises(InputError, match=f'^{re.escape(str(folder))}/c.py: custom_imports: {reason}') as error:
        load_config(folder / 'c.py')
    assert '\n' not in str(error.value)
    (folder / 'c.py').write_text(imports('plug_x').replace('False', 'True'))
    load_config(folder / 'c.py')


@pytest.mark.parametrize('name', ['my config', 'run.v2', '2-b', 'été', 'torch', 'mmacl'])
def test_config_may_have_any_name_and_line_ends(name, tmp_path):
    path = tmp_path / 'base dir' / f'{name}.py'
    path.parent.mkdir()
    path.write_bytes('# Ein Lauf für später\r\nnumber = 3\r\n'.encode())
    child = tmp_path / 'child.py'
    child.write_text(f"_base_ = 'base dir/{name}.py'\n")
    assert load_config(path).number == load_config(child).number == 3


@pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16'])
def test_file_with_a_byte_order_mark_is_named(encoding, tmp_path):
    base, child = tmp_path / 'base.py', tmp_path / 'child.py'
    base.write_bytes('number = 3\r\n'.encode(encoding))
    child.write_text("_base_ = './base.py'\n")
    for path in (base, child):
        with pytest.raises(InputError, match=r'starts with a byte order mark.*; save it as UTF-8 without BOM') as error:
            load_config(path)
        assert error.value.file == str(base)


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        ('a = 1 / 0\n', 'ZeroDivisionError: division by zero'),
        ('a = [1][3]\n', 'IndexError'),
        ('a = (\n', 'SyntaxError'),
        ("_base_ = './absent.py'\n", 'absent.py'),
        ("raise RuntimeError('no data here')\n", 'RuntimeError: no data here'),
    ],
)
def test_whatever_a_config_raises_is_one_line(text, reason, tmp_path):
    path = tmp_path / 'c.py'
    path.write_text(text)
    with pytest.raises(InputError, match=f'^{re.escape(str(path))}: .*{reason}') as error:
        load_config(path)
    assert '\n' not in str(error.value)


def test_the_text_keeps_values_and_order_and_follows_changes():
    values = {
        'model': {'type': 'X', 'in_channels': {'rgb': 3, 'flow': 2}, 'widths': [1, 2], 'one': (0.5,), 'none': None},
        'odd': {'a b': "it's", 3: {'class': True}, 'empty': {}},
        'many': [{'name': 'x' * 30, 'pair': (1, 'y' * 40)}, [list(range(60))], ()],
        'b': 1e-20,
        'a': 'two\nlines',
    }
    config = ComposedConfig.of(Config(values))
    read = Config.fromstring(config.pretty_text, '.py').to_dict()
    assert repr(read) == repr(values)
    assert max(map(len, config.pretty_text.splitlines())) <= 120
    assert config.pretty_text.splitlines()[0].startswith("model = dict(type='X', in_channels=dict(rgb=3, flow=2), ")
    config.model.widths[0] = 7
    assert 'widths=[7, 2]' in copy.deepcopy(config).pretty_text


def test_a_copy_keeps_file_and_values(tmp_path):
    path = tmp_path / 'c.py'
    path.write_text('a = 1\n')
    config = copy.deepcopy(ComposedConfig.of(Config.fromfile(path)))
    assert (config.a, config.filename, type(config)) == (1, str(path), ComposedConfig)
    config.b = 2
    assert config['b'] == 2
