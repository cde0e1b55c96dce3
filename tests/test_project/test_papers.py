"""What the README, the change log and the documents say holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import mmacl
from mmacl.commands import command_names
from tests.test_project.test_tree import FLOORS

ROOT = Path(__file__).resolve().parents[2]
SET_UP = "pip install torch==2.13.0 -e '.[tests]'"
SET_UP_WITH_TORCH = "pip install -e '.[tests]'"
PAGES = [
    path
    for pattern in ('*.md', 'configs/**/*.md', 'demo/**/*.md', 'docs/**/*.md', 'projects/**/*.md')
    for path in sorted(ROOT.glob(pattern))
    if '_build' not in path.parts
]
LINK = re.compile(r'\]\(([^)#\s]+)(?:#[^)]*)?\)')
COMMAND = re.compile(r'\b((?:tools|configs|projects|demo)/[\w./-]+\.(?:py|sh))')


def readme() -> str:
    return (ROOT / 'README.md').read_text()


def test_readme_shows_the_set_up():
    assert SET_UP in readme()
    assert SET_UP_WITH_TORCH in readme().replace(SET_UP, '')


def test_readme_shows_the_first_two_commands():
    commands = ('python tools/train.py configs/acl/acl_synthetic_us.py', 'python -m pytest')
    assert 0 <= readme().find(SET_UP) < readme().find(commands[0]) < readme().find(commands[1])


def test_continuous_integration_does_what_the_readme_says():
    script = (ROOT / '.ci/run').read_text()
    assert f'pip install --quiet {SET_UP.removeprefix("pip install ")}' in script
    assert '\npython -m pytest\n' in script
    assert '\n.ci/static\n' in script


def test_make_check_runs_what_continuous_integration_runs():
    makefile = (ROOT / 'Makefile').read_text()
    assert re.search(r'^check: check-static test\b', makefile, re.MULTILINE)
    assert re.search(r'^check-static:.*\n\t\.ci/static$', makefile, re.MULTILINE)
    assert re.search(r'^test:.*\n\t\$\(PYTHON\) -m pytest$', makefile, re.MULTILINE)


def test_pre_commit_fetches_nothing():
    settings = yaml.safe_load((ROOT / '.pre-commit-config.yaml').read_text())
    assert {repository['repo'] for repository in settings['repos']} == {'local'}
    assert {hook['language'] for repository in settings['repos'] for hook in repository['hooks']} == {'system'}


def test_change_log_starts_with_this_version():
    headings = re.findall(r'^## (\S+)', (ROOT / 'CHANGELOG.md').read_text(), re.MULTILINE)
    # What is not released yet comes before.
    assert headings[headings[0] == 'Unreleased'] == mmacl.__version__


def test_the_page_of_concepts_draws_the_floors():
    page = (ROOT / 'docs/en/concepts.md').read_text()
    (drawing,) = re.findall(r'```text\n(__main__ .*?)```', page, re.DOTALL)
    assert [line.split()[0] for line in drawing.splitlines()] == list(reversed(FLOORS))


def test_the_api_page_has_every_face():
    page = (ROOT / 'docs/en/api.md').read_text()
    faces = [path.parent.relative_to(ROOT) for path in (ROOT / 'mmacl').rglob('__init__.pyi')]
    assert not [name for face in faces if (name := '.'.join(face.parts)) not in page]


def test_the_page_of_tools_lists_every_command_and_script():
    page = (ROOT / 'docs/en/tools.md').read_text()
    assert not [name for name in command_names() if f'| `{name}` |' not in page]
    scripts = [*(ROOT / 'tools').glob('*.py'), *(ROOT / 'tools/maintenance').glob('*.py')]
    assert not [path.name for path in scripts if path.relative_to(ROOT).as_posix() not in page]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    targets = [target for target in LINK.findall(page.read_text()) if not re.match(r'[a-z]+:', target)]
    assert not [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_named_on_a_page_exist(page):
    text = page.read_text()
    # The reader writes the files whose content a page shows.
    named = set(COMMAND.findall(text)) - set(re.findall(r'`([\w/]+\.py)`[^`]*:\n\n```', text))
    assert not {name for name in named if not (ROOT / name).exists() and not (page.parent / name).exists()}
