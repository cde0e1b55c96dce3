"""The code of docs/en/add_a_method.md runs as the page says."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest

from mmacl.registry import MODELS
from mmacl.runs.run_record import RunRecord
from tests.configs.test_every_config import losses_of_a_step
from tests.models.localizers import test_contract as contract
from tests.small_training import ROOT

PAGE = ROOT / 'docs' / 'en' / 'add_a_method.md'
NAME = 'projects.gated_attention.gated_attention'


def files_of_the_page() -> dict[str, str]:
    """Path -> text of each file that the page shows: a path in backquotes, then a block of Python."""
    found = re.findall(r'`(projects/[\w/]+\.py)`[^`]*:\n\n```python\n(.*?)```', PAGE.read_text(), re.DOTALL)
    return dict(found)


@pytest.fixture(scope='module')
def project(tmp_path_factory):
    """The files in a folder that Python finds, beside the configs of the repository."""
    folder = tmp_path_factory.mktemp('checkout')
    for name, text in files_of_the_page().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / 'configs').symlink_to(ROOT / 'configs')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, 'path', [str(folder), *sys.path])
        before = set(sys.modules)
        importlib.invalidate_caches()
        yield folder / 'projects' / 'gated_attention'
        MODELS.module_dict.pop('GatedAttention', None)
        for name in set(sys.modules) - before:
            if name.startswith('projects.gated_attention'):
                del sys.modules[name]


def test_the_page_shows_a_module_three_configs_and_a_test(project):
    names = sorted(path.relative_to(project).as_posix() for path in project.rglob('*.py'))
    assert names == [
        'gated_attention.py',
        'gated_attention_synthetic_us.py',
        'gated_attention_synthetic_ws.py',
        'method.py',
        'tests/test_gated_attention.py',
    ]


@pytest.mark.parametrize('name', files_of_the_page())
def test_code_meets_the_style_of_the_project(name):
    # Ruff takes a package for its own only if it is there.
    own = ['--config', 'lint.isort.known-first-party=["mmacl", "projects"]']
    for command in (['check', *own], ['format', '--check']):
        words = [sys.executable, '-m', 'ruff', *command, '--stdin-filename', name, '-']
        ran = subprocess.run(words, input=files_of_the_page()[name], capture_output=True, text=True, cwd=ROOT)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_its_test_passes(project):
    spec = importlib.util.spec_from_file_location('page_test', project / 'tests' / 'test_gated_attention.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.test_equals_its_equations_written_as_loops()


@pytest.mark.parametrize('setting', ['us', 'ws'])
def test_its_configs_train(project, setting):
    assert set(losses_of_a_step(str(project / f'gated_attention_synthetic_{setting}.py'))) == {'loss', 'loss_cls'}


def test_it_keeps_the_contract(project, make_inputs, make_samples):
    method = contract.Method.named(str(project / 'gated_attention_synthetic_us.py'))
    assert method.imports == (NAME,)
    contract.test_padding_changes_nothing(method, make_inputs, make_samples)
    contract.test_predictions_have_the_shapes_of_the_contract(method, make_inputs)
    contract.test_weights_for_clustering_are_at_least_0_and_0_at_padding(method, make_inputs)
    contract.test_heads_are_renewed_or_refused(method)


def test_the_mistake_of_the_page_is_found(project, make_inputs, make_samples, monkeypatch):
    """The page says what happens to a softmax that does not know the mask."""
    assert 'replace `masked_softmax(scores, mask)` by `scores.softmax(dim=1)`' in PAGE.read_text()
    method = contract.Method.named(str(project / 'gated_attention_synthetic_us.py'))
    monkeypatch.setattr(sys.modules[NAME], 'masked_softmax', lambda scores, mask: scores.softmax(dim=1))
    with pytest.raises(AssertionError, match='not close'):
        contract.test_padding_changes_nothing(method, make_inputs, make_samples)


def test_it_trains_and_reports(project, cli, folder, write_config, tmp_path):
    method = contract.Method.named(str(project / 'gated_attention_synthetic_us.py'))
    config = write_config(folder, method.text('train_cfg = dict(num_rounds=1, epochs_per_round=1)\n'))
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'run')
    assert code == 0, error
    assert RunRecord(tmp_path / 'run').rounds == (1,)
    code, _, error = cli('analysis_tools/report.py', tmp_path / 'run')
    assert code == 0, error
    page = (tmp_path / 'run' / 'report.html').read_text()
    for heading in ('Clusters of the training videos', 'Training videos in each cluster', 'Localization, mAP (%) by'):
        assert heading in page
        assert heading.removesuffix(' by') in PAGE.read_text()
