"""The gallery of discovered actions."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from mmacl.clustering import KMeansClusterer, choose_num_clusters
from mmacl.reports.page.gallery import chosen_segments, write_gallery
from mmacl.structures import ActionNames
from tests.reports.page.browser import BROWSER, Browser
from tests.video.make_video import grey_frames, write_video

NAME = '<img src=x onerror=alert(1)>'


def row(cluster, score, start=0.0):
    return {'label': f'cluster_{cluster:02d}', 'cluster': cluster, 'score': score, 'segment': [start, start + 1.0]}


def test_segments_come_from_many_videos_best_first():
    detections = {'a': [row(0, 0.9), row(0, 0.8), row(1, 0.99)], 'b': [row(0, 0.1), row(0, 0.7)], 'c': [row(0, 0.85)]}
    chosen = [(found['video'], found['score']) for found in chosen_segments(detections, 0, 5)]
    assert chosen == [('a', 0.9), ('c', 0.85), ('b', 0.7), ('a', 0.8), ('b', 0.1)]
    assert len(chosen_segments(detections, 0, 2)) == 2
    assert chosen_segments(detections, 7, 2) == []


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    """Two videos whose grey rises, one that is damaged and one that is not there; four clusters, one empty."""
    folder = tmp_path_factory.mktemp('gallery')
    detections = {
        NAME: [row(0, 0.9), row(1, 0.8, 1.0)],
        'b': [row(0, 0.5)],
        'damaged': [row(1, 0.4)],
        'gone': [row(2, 1.0)],
    }
    videos = {
        NAME: folder / 'a.mkv',
        'b': folder / 'b.mkv',
        'damaged': folder / 'damaged.mp4',
        'gone': folder / 'gone.mp4',
    }
    for path in (videos[NAME], videos['b']):
        write_video(path, grey_frames([2 * k for k in range(75)], 48, 32))
    videos['damaged'].write_bytes(b'no video')
    return folder, detections, videos


@pytest.fixture(scope='module')
def page(made):
    folder, detections, videos = made
    rows = np.repeat(np.eye(4), 4, axis=0) + 0.01 * np.arange(16)[:, None] * np.arange(4)
    count = choose_num_clusters(rows, KMeansClusterer(), range(2, 6))
    names = ActionNames({0: 'wave "hello" & <b>bye</b>'}, not_actions=frozenset({3}))
    out = folder / 'gallery.html'
    return write_gallery(out, detections, 4, NAME, ['4 videos'], videos, folder / 'clips', names, count, simulated=True)


def test_the_page_is_one_file_and_escapes_names(page):
    text = page.read_text()
    assert NAME not in text
    assert '<b>bye' not in text
    assert text.count('src="data:image/jpeg;base64,') == 3
    assert not re.search(r'(?:src|href)="(?!data:|#)', text)
    assert 'damaged: no clips; cannot be read as a video' in text
    assert 'gone: no clips; no such file' in text
    assert 'No segment was found for this cluster' in text
    assert 'simulated data' in text
    assert 'Why 4 clusters' in text


def test_clips_are_cut_once(made, page, monkeypatch):
    folder, detections, videos = made
    text = page.read_text()
    monkeypatch.setattr('mmacl.video.filmstrips.VideoFile', None)  # nothing can be decoded
    readable = {name: path for name, path in videos.items() if name in (NAME, 'b')}
    again = write_gallery(folder / 'again.html', detections, 4, 't', (), readable, folder / 'clips').read_text()
    pictures = re.compile(r'data:image/jpeg[^"]*')
    assert pictures.findall(again) == pictures.findall(text)
    assert 'Why' not in again


def test_without_videos_only_times_are_shown(made, tmp_path):
    text = write_gallery(tmp_path / 'g.html', made[1], 4, 't').read_text()
    assert '<div class="strip">' not in text
    assert '0:01.0 to 0:02.0' in text
    assert 'id="play"' not in text


@pytest.fixture
def browser(tmp_path):
    if BROWSER is None:
        pytest.skip('needs Chromium')
    browser = Browser(tmp_path / 'profile')
    yield browser
    assert browser.complaints() == []
    browser.close()


def field(cluster):
    return f'document.querySelector("#cluster_{cluster:02d} .name")'


@pytest.mark.parametrize('width', [1280, 390], ids=['desk', 'phone'])
def test_names_are_typed_and_saved(browser, page, tmp_path, width):
    browser.call('Browser.setDownloadBehavior', behavior='allow', downloadPath=str(tmp_path))
    browser.open(page.as_uri(), width, dark=width == 390)
    assert browser.run('document.documentElement.scrollWidth <= innerWidth')
    assert browser.run(f'{field(0)}.value') == 'wave "hello" & <b>bye</b>'
    assert browser.run(f'{field(3)}.disabled')
    browser.run(f'{field(1)}.focus()')
    for key in 'spin':
        browser.press(key)
    browser.press('Enter')
    assert browser.run(f'document.activeElement === {field(2)}')
    browser.run(
        'const chosen = document.querySelector("#cluster_02 .merge"); chosen.value = "cluster_01";'
        'chosen.dispatchEvent(new Event("change", { bubbles: true })); 0'
    )
    assert browser.run(f'{field(2)}.value') == 'spin'
    assert browser.run('document.querySelector("#cluster_02 .fate").textContent') == 'same as spin'
    browser.run('document.querySelector("#cluster_03 .none").click()')
    assert 'not saved' in browser.run('document.getElementById("status").textContent')
    browser.run('document.getElementById("save").click()')
    saved = tmp_path / 'names.json'
    for _ in range(100):
        if saved.is_file() and saved.stat().st_size:
            break
        browser.run('new Promise((done) => setTimeout(done, 50))')
    names = ActionNames.from_json(json.loads(saved.read_text()))
    assert names == ActionNames({0: 'wave "hello" & <b>bye</b>', 1: 'spin'}, {2: 1})
    assert 'not saved' not in browser.run('document.getElementById("status").textContent')


def test_merges_never_end_in_a_circle(browser, page):
    browser.open(page.as_uri(), 1280)
    browser.run('toggleNone("cluster_03"); merge("cluster_00", "cluster_01"); merge("cluster_02", "cluster_00")')
    assert browser.run('content().merged') == {'cluster_00': 'cluster_01', 'cluster_02': 'cluster_01'}
    browser.run('merge("cluster_01", "cluster_02")')
    merged = browser.run('content()')
    ActionNames.from_json(merged)
    assert browser.run('rootOf("cluster_00") === rootOf("cluster_01")')
    browser.run('toggleNone("cluster_01")')
    assert 'cluster_01' not in browser.run('content().merged')
    ActionNames.from_json(browser.run('content()'))


def test_a_file_of_names_is_opened_or_refused(browser, page):
    browser.open(page.as_uri(), 1280)
    given = {'version': 1, 'names': {'cluster_02': 'jump'}, 'merged': {'cluster_01': 'cluster_02'}}
    browser.run(f'open(new File([{json.dumps(json.dumps(given))}], "n.json"))')
    browser.wait(f'{field(2)}.value === "jump" && {field(1)}.disabled')
    assert browser.run('content()') == {**given, 'not_actions': []}
    for text in ('no json', '{"version": 2}', '{"version": 1, "names": {"cluster_99": "a"}}'):
        browser.run(f'open(new File([{json.dumps(text)}], "wrong.json"))')
        browser.wait('document.getElementById("status").textContent.startsWith("wrong.json cannot be used")')
        assert browser.run(f'{field(2)}.value') == 'jump'


def test_clips_play_in_sight_and_can_be_paused(browser, page):
    browser.open(page.as_uri(), 1280)
    playing = 'document.querySelector(".strip img").getAnimations()[0].playState'
    browser.wait(f'{playing} === "running"')
    browser.run('play.click()')
    assert browser.run(playing) == 'paused'
    assert browser.run('play.textContent') == 'Play clips'
    width, frames = browser.run(
        '(({ offsetWidth, dataset }) => [offsetWidth, Number(dataset.frames)])(document.querySelector(".strip img"))'
    )
    assert (0 < width < 300, frames) == (True, 8)
