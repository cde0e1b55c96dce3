"""What setup.py builds works away from the repository, and what it links stays current."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from mmacl.config import model_configs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope='module')
def built(tmp_path_factory) -> Path:
    """The package as a wheel holds it."""
    folder = tmp_path_factory.mktemp('built')
    command = [sys.executable, 'setup.py', '--quiet', 'build_py', '--build-lib', str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_every_file_of_the_package_is_built(built):
    written = {path.relative_to(ROOT) for path in (ROOT / 'mmacl').rglob('*') if path.is_file()}
    written = {path for path in written if '.mim' not in path.parts}
    shipped = [*(ROOT / 'configs').rglob('*'), ROOT / 'model-index.yml', ROOT / 'dataset-index.yml']
    written |= {'mmacl/.mim' / path.relative_to(ROOT) for path in shipped if path.is_file()}
    found = {path.relative_to(built) for path in built.rglob('*') if path.is_file()}
    assert found == {path for path in written if path.suffix != '.pyc'}


def test_a_built_package_finds_its_configs(built, tmp_path):
    environment = {**os.environ, 'PYTHONPATH': str(built)}
    command = [sys.executable, '-m', 'mmacl', 'list_models']
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()) == (0, sorted(model_configs()))
    command = [sys.executable, '-c', 'import mmacl.config; print(mmacl.config.find_config("acl_synthetic_us"))']
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert Path(done.stdout.strip()) == built / 'mmacl/.mim/configs/acl/acl_synthetic_us.py'


@pytest.mark.parametrize('links', [True, False])
def test_an_editable_install_links_where_the_system_lets_it(links, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError('A required privilege is not held by the client')

    if not links:
        monkeypatch.setattr(Path, 'symlink_to', refuse)
    ship_configs = runpy.run_path(str(ROOT / 'setup.py'))['ship_configs']
    for _ in range(2):  # the second replaces the first
        ship_configs(tmp_path, link=True)
    place = tmp_path / '.mim'
    assert (place / 'configs').is_symlink() == links
    assert (place / 'configs/acl/metafile.yml').read_bytes() == (ROOT / 'configs/acl/metafile.yml').read_bytes()
    assert (place / 'model-index.yml').is_file()
