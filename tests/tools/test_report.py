"""The report as a program, and its page in a real browser."""

from __future__ import annotations

import pytest

from mmacl.apis import RunRecord, write_report
from mmacl.reports.page import build_report
from tests.reports.page.browser import BROWSER, Browser
from tests.reports.page.written_run import write_run

TOOL = 'analysis_tools/report.py'


@pytest.fixture(scope='module')
def work_dir(tmp_path_factory):
    """Names and actions that would be markup, script and formulas if they were not escaped."""
    names = [f'val_{index:02d}' for index in range(30)]
    names[3] = '<img src=x onerror=alert(1)>'
    classes = [
        '</script><script>alert(1)</script>',
        'separator & "quote" & \'apostrophe\'',
        'a_class_$whose$_name_is_long' * 3,
    ]
    folder = tmp_path_factory.mktemp('run') / 'work'
    return write_run(folder, num_train=12, rounds=2, planned_rounds=3, classes=classes, video_names=names)


@pytest.fixture(scope='module')
def page(work_dir, tmp_path_factory):
    return write_report(work_dir, tmp_path_factory.mktemp('page') / 'report.html')


def test_tool_writes_beside_the_run(cli, tmp_path):
    folder = write_run(tmp_path / 'work', num_val=2, detections=2)
    code, output, error = cli(TOOL, folder)
    assert (code, error) == (0, '')
    assert output.startswith(f'report written to {folder / "report.html"}')
    assert (folder / 'report.html').read_text().startswith('<!DOCTYPE html>')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('nowhere',), 'nowhere: no such folder'),
        (('.',), 'holds no records/run.json'),
        (('work', '--round', '5'), 'round 5 is not finished; choose from 1, 2'),
        (('work', '--out', '.'), 'it is a folder'),
    ],
)
def test_a_mistake_is_one_line(cli, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path / 'work', num_val=1, detections=1)
    code, _, error = cli(TOOL, *arguments)
    assert code == 2
    assert message in error
    assert len(error.splitlines()) == 1
    assert not list(tmp_path.glob('**/*.html'))


@pytest.fixture(scope='module')
def browser(tmp_path_factory):
    if BROWSER is None:
        pytest.skip('needs a browser: no chromium or chrome on PATH')
    started = Browser(tmp_path_factory.mktemp('profile'))
    yield started
    started.close()


@pytest.mark.parametrize(('width', 'dark'), [(1280, False), (1280, True), (390, False), (390, True)])
def test_page_fits_its_window(browser, page, width, dark):
    browser.open(page.as_uri(), width, dark)
    browser.run('document.querySelector("#list .open").click()')
    browser.wait('document.querySelectorAll(".tl .hit").length > 0')
    browser.run('document.querySelectorAll("details").forEach((details) => { details.open = true; })')
    browser.run('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))')
    assert browser.run('document.documentElement.scrollWidth') <= width
    colour = browser.run('getComputedStyle(document.body).backgroundColor')
    assert (colour == 'rgb(20, 23, 27)') == dark
    decoded = '[...document.querySelectorAll("main img")].map((image) => image.decode())'
    assert browser.run(f'Promise.all({decoded}).then((images) => images.length)') > 5
    assert browser.complaints() == []


def test_list_is_searched_filtered_and_sorted(browser, page):
    browser.open(page.as_uri(), 1280)
    names = '[...document.querySelectorAll("#list .open")].map((button) => button.textContent)'
    assert len(browser.run(names)) == 25
    browser.run('document.querySelector("#pager [data-page=\'1\']").click()')
    assert len(browser.run(names)) == 5
    search = 'document.getElementById("search")'
    browser.run(f'{search}.value = "VAL_1 separator"; {search}.dispatchEvent(new Event("input"))')
    browser.wait('document.querySelectorAll("#list .open").length < 5')
    # Actions repeat every three videos.
    assert browser.run(names) == ['val_10', 'val_13', 'val_16', 'val_19']
    browser.run('document.getElementById("filters").reset()')
    browser.wait('document.querySelectorAll("#list .open").length === 25')
    browser.run('document.querySelector("[data-sort=quality]").click()')
    shown = browser.run('[...document.querySelectorAll("#list .number")].map((cell) => Number(cell.textContent))')
    assert shown == sorted(shown, reverse=True)
    part = 'document.getElementById("part")'
    browser.run(f'{part}.value = "trained"; {part}.dispatchEvent(new Event("change"))')
    assert all(name.startswith('train_') for name in browser.run(names))


def test_a_choice_of_one_is_not_shown(browser, tmp_path):
    names = [f'train_{index:04d}' for index in range(12)]
    folder = write_run(tmp_path / 'work', annotated=False, video_names=names, detections=2)
    (tmp_path / 'page.html').write_text(build_report(RunRecord(folder)))
    browser.open((tmp_path / 'page.html').as_uri(), 1280)
    shown = '[...document.querySelectorAll("#filters label")].filter((label) => label.offsetWidth).length'
    # Search, action, cluster: all videos are of one part, and the headings sort.
    assert browser.run(shown) == 3


def test_names_are_text_and_links_lead_to_videos(browser, page):
    browser.open(f'{page.as_uri()}#video=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E', 1280)
    assert browser.run('document.querySelector("#list bdi").textContent') == '<img src=x onerror=alert(1)>'
    assert browser.run('document.querySelectorAll("img[src=x]").length') == 0
    browser.wait('document.querySelectorAll(".tl rect[data-i]").length > 4')
    browser.run('document.querySelector(".plot").focus()')
    browser.press('ArrowRight')
    assert 'ground truth' in browser.run('document.querySelector(".heard").textContent')
    browser.press('+')
    assert browser.run('document.querySelector(".span").textContent') != browser.run(
        'document.querySelector(".tools button:last-of-type").click() || document.querySelector(".span").textContent'
    )
    assert browser.complaints() == []


def test_everything_that_can_be_used_has_a_name(browser, page):
    browser.open(page.as_uri(), 1280)
    browser.run('document.querySelector("#list .open").click()')
    browser.wait('document.querySelectorAll(".tl .hit").length > 0')
    nodes = browser.call('Accessibility.getFullAXTree')['nodes']
    used = {'button', 'link', 'textbox', 'searchbox', 'combobox', 'region', 'image', 'columnheader'}
    nameless = [
        node['role']['value']
        for node in nodes
        if not node['ignored'] and node['role']['value'] in used and not node.get('name', {}).get('value')
    ]
    assert nameless == []
    headings = [node['name']['value'] for node in nodes if node.get('role', {}).get('value') == 'heading']
    assert headings[0] == 'acl_written_us'
    assert 'Error analysis simulated' in headings
