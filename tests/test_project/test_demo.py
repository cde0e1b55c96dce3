"""The demo's folder can be trained on, and its notebook names what there is."""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import runpy
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from mmacl.apis import load_config
from mmacl.datasets import SyntheticActions, UntrimmedVideoDataset
from mmacl.registry import DATASETS, MODELS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def write(tmp_path, monkeypatch):
    def run(*arguments: str) -> Path:
        folder = tmp_path / 'written'
        monkeypatch.setattr(sys, 'argv', ['write_folder.py', str(folder), '--num-videos', '8', *arguments])
        runpy.run_path(str(ROOT / 'demo/write_folder.py'), run_name='__main__')
        return folder

    return run


def test_folder_holds_what_was_simulated(write):
    folder = write()
    dataset = UntrimmedVideoDataset(folder, require_annotations=False, timing=dict(fps=25.0, snippet_stride=16))
    simulated = SyntheticActions(num_videos=8, num_classes=6)
    assert dataset.video_names == simulated.video_names
    assert dataset.action_counts() is None
    for modality, features in simulated.load_features(3).items():
        np.testing.assert_array_equal(dataset.load_features(3)[modality], features)


def test_annotations_are_those_of_the_simulation(write):
    folder = write('--annotations')
    dataset = UntrimmedVideoDataset(folder, timing=dict(fps=25.0, snippet_stride=16))
    simulated = SyntheticActions(num_videos=8, num_classes=6)
    np.testing.assert_array_equal(dataset.action_counts(), simulated.action_counts())
    assert len(json.loads((folder / 'annotations.json').read_text())['classes']) == 6


def test_nothing_is_overwritten(write, capsys):
    write()
    with pytest.raises(SystemExit, match='2'):
        write()
    assert 'exists already' in capsys.readouterr().err


def test_config_fits_the_folder(write):
    folder = write()
    config = load_config(ROOT / 'demo/acl_demo_us.py', {'train_dataloader.dataset.data_root': str(folder)})
    dataset = DATASETS.build(config.train_dataloader.dataset)
    dataset.check_files()
    assert dataset.feature_dims == dict(MODELS.build(config.model).in_channels)


def test_the_notebook_is_one_without_outputs():
    notebook = json.loads((ROOT / 'demo/own_videos.ipynb').read_text())
    assert (notebook['nbformat'], notebook['nbformat_minor']) == (4, 5)
    assert set(notebook) == {'cells', 'metadata', 'nbformat', 'nbformat_minor'}
    for cell in notebook['cells']:
        of_code = {'execution_count': None, 'outputs': []} if cell['cell_type'] == 'code' else {}
        assert cell['cell_type'] in ('code', 'markdown')
        assert {key: cell[key] for key in cell if key not in ('id', 'source')} == {
            'cell_type': cell['cell_type'],
            'metadata': {},
            **of_code,
        }
        assert all(isinstance(line, str) for line in cell['source'])
    assert len({cell['id'] for cell in notebook['cells']}) == len(notebook['cells'])


def test_cells_of_the_notebook_name_and_call_what_there_is(monkeypatch):
    """A notebook is not executed by the tests; this finds most of what a change of the package breaks in it."""
    monkeypatch.syspath_prepend(str(ROOT / 'demo'))
    cells = json.loads((ROOT / 'demo/own_videos.ipynb').read_text())['cells']
    tree = ast.parse('\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'code'))
    nodes = list(ast.walk(tree))
    known = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            module = None if node.module.startswith('IPython') else import_module(node.module)  # not installed here
            known |= {alias.name: module and getattr(module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            known |= {alias.name: import_module(alias.name) for alias in node.names}
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        if isinstance(node, ast.Name):
            assert node.id in known or node.id in stored or hasattr(builtins, node.id), node.id
        function = known.get(node.func.id) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        if function is not None and not any(isinstance(each, ast.Starred) for each in node.args):
            inspect.signature(function).bind(*node.args, **{each.arg: each.value for each in node.keywords})
